#include "ingest/notice.h"

#include <string.h>
#include <strings.h>

#include "ingest/fold.h"

/*
 * Notices of virus scanners and content filters to the alleged sender. Those
 * in the form of a delivery report (amavisd) are bounces instead.
 */
#define SCANNER(name, value, sign)                                             \
	{                                                                      \
		name, value, sign, BACKSCATTER_VIRUS_NOTICE, FAMILY_FIELD      \
	}
static const struct field_sign fields[] = {
	SCANNER("X-Mailer", "antivirus", "mailer-antivirus"),
	SCANNER("X-Mailer", "viruswall", "mailer-antivirus"),
	SCANNER("X-Mailer", "virus", "mailer-antivirus"),
	SCANNER("X-Symantec-Mail-Security", NULL, "symantec"),
	SCANNER("X-ScanMail", NULL, "scanmail"),
	SCANNER("X-Virus-Notification", NULL, "x-virus-notification"),
};

/* How scanners call themselves in From. */
static const char *const scanner_names[] = { "mailscanner", "antivirus",
	"anti-virus", "virus scan", "virusscan", "virus checker", "viruswall",
	"virus-", "virus alert", "virusalert", "virus notif", "amavis",
	"scanmail", "interscan", "groupshield", "mailsweeper", "mailmarshal",
	"symantec", "mcafee", "sophos", "kaspersky", "trend micro", "clamav",
	"content filter", "content-filter", "mimesweeper", "f-secure", "avast",
	"drweb", "dr.web", "antigen", "mailsecurity", "mail security",
	"antivir", "sybari", "norton", "panda", "nod32", "virus gateway",
	"email scanner", "mail scanner", "virusfilter", "virus filter",
	"scanner@", "esafe" };

#define ALERT(text, language)                                                  \
	{                                                                      \
		text, "subject-virus-" language, BACKSCATTER_VIRUS_NOTICE,     \
		    FAMILY_SUBJECT, PHRASE_ANYWHERE                            \
	}
/* What one scanner calls its notices. */
#define NAMED(text, scanner)                                                   \
	{                                                                      \
		text, "virus-" scanner, BACKSCATTER_VIRUS_NOTICE,              \
		    FAMILY_SYSTEM, PHRASE_ANYWHERE                             \
	}
static const struct phrase subjects[] = {
	NAMED("scanmail message:", "scanmail"),
	NAMED("norton antivirus detected", "norton"),
	NAMED("norton antivirus failed to scan", "norton"),
	NAMED("nav detected a virus", "norton"),
	NAMED("symantec avf detected", "symantec"),
	NAMED("symantec e-mail-proxy", "symantec"),
	NAMED("groupshield alert", "groupshield"),
	NAMED("interscan nt alert", "interscan"),
	NAMED("interscan mss for smtp has", "interscan"),
	NAMED("failed to clean virus", "interscan"),
	NAMED("antigen found", "antigen"),
	NAMED("mailmarshal has detected", "mailmarshal"),
	NAMED("rav antivirus scan results", "rav"),
	NAMED("antivirus scan results", "rav"),
	NAMED("inflex scan report", "inflex"),
	NAMED("gwava sender notification", "gwava"),
	NAMED("you tried to send a potential virus", "messagelabs"),
	NAMED("in mail from you", "amavis"),
	NAMED("**message you sent has been blocked**", "qmail-scanner"),
	NAMED("virus found in sent message", "qmail-scanner"),
	NAMED("groupshield ticket number", "groupshield"),
	ALERT("virus detected", "en"),
	ALERT("virus found", "en"),
	ALERT("virus alert", "en"),
	ALERT("virus warning", "en"),
	ALERT("virus notification", "en"),
	ALERT("virus in mail", "en"),
	ALERT("virus in your mail", "en"),
	ALERT("virus in message", "en"),
	ALERT("virus sent by you", "en"),
	ALERT("virus infected", "en"),
	ALERT("e-mail viruses", "en"),
	ALERT("email viruses", "en"),
	ALERT("viruses detected", "en"),
	ALERT("infected message", "en"),
	ALERT("infected mail", "en"),
	ALERT("infected file", "en"),
	ALERT("infected attachment", "en"),
	ALERT("you sent a virus", "en"),
	ALERT("contained a virus", "en"),
	ALERT("contains a virus", "en"),
	ALERT("bad filename detected", "en"),
	ALERT("banned file", "en"),
	ALERT("blocked attachment", "en"),
	ALERT("attachment blocked", "en"),
	ALERT("attachment removed", "en"),
	ALERT("unacceptable attachment", "en"),
	ALERT("unacceptable content", "en"),
	ALERT("content violation", "en"),
	ALERT("content filter", "en"),
	ALERT("mailsweeper", "en"),
	ALERT("report to sender", "en"),
	ALERT("virus intercepted", "en"),
	ALERT("virus to sender", "en"),
	ALERT("virus infected email", "en"),
	ALERT("virus in your email", "en"),
	ALERT("virus in your e-mail", "en"),
	ALERT("malware detected", "en"),
	ALERT("malware found", "en"),
	ALERT("disallowed attachment", "en"),
	ALERT("file type forbidden", "en"),
	ALERT("prohibited attachment", "en"),
	ALERT("attachment not allowed", "en"),
	ALERT("attachment type not", "en"),
	ALERT("message blocked", "en"),
	ALERT("banned or potentially offensive", "en"),
	ALERT("email rejected", "en"),
	ALERT("identified as spam", "en"),
	ALERT("classified as spam", "en"),
	ALERT("considered spam", "en"),
	ALERT("considered to be spam", "en"),
	ALERT("tagged as spam", "en"),
	ALERT("dangerous attachment", "en"),
	ALERT("forbidden attachment", "en"),
	ALERT("فيروس", "ar"),
	ALERT("вирус", "bg"),
	ALERT("nalezen virus", "cs"),
	ALERT("zjištěn virus", "cs"),
	ALERT("v mailu byl nalezen", "cs"),
	ALERT("virus fundet", "da"),
	ALERT("virusadvarsel", "da"),
	ALERT("virus i din", "da"),
	ALERT("virus i e-mail", "da"),
	ALERT("virus gefunden", "de"),
	ALERT("virus entdeckt", "de"),
	ALERT("virenwarnung", "de"),
	ALERT("viruswarnung", "de"),
	ALERT("virusalarm", "de"),
	ALERT("virenalarm", "de"),
	ALERT("virus in ihrer", "de"),
	ALERT("viren in ihrer", "de"),
	ALERT("virus festgestellt", "de"),
	ALERT("virusfund", "de"),
	ALERT("als spam eingestuft", "de"),
	ALERT("als spam erkannt", "de"),
	ALERT("schadsoftware", "de"),
	ALERT("virus detectado", "es"),
	ALERT("detectado un virus", "es"),
	ALERT("identificado como spam", "es"),
	ALERT("considerado spam", "es"),
	ALERT("virus de e-mail", "es"),
	ALERT("alerta de virus", "es"),
	ALERT("aviso de virus", "es"),
	ALERT("virus encontrado", "es"),
	ALERT("virus en su", "es"),
	ALERT("mensaje infectado", "es"),
	ALERT("virus löyty", "fi"),
	ALERT("viruksen", "fi"),
	ALERT("virus sähköposti", "fi"),
	ALERT("un virus a été", "fr"),
	ALERT("virus détecté", "fr"),
	ALERT("alerte virus", "fr"),
	ALERT("pièces jointes suspectes", "fr"),
	ALERT("virus trouvé", "fr"),
	ALERT("virus dans votre", "fr"),
	ALERT("message infecté", "fr"),
	ALERT("וירוס", "he"),
	ALERT("vírust", "hu"),
	ALERT("vírusos", "hu"),
	ALERT("rilevato virus", "it"),
	ALERT("rilevato un virus", "it"),
	ALERT("e-mail infetta", "it"),
	ALERT("messaggio infetto", "it"),
	ALERT("virus trovato", "it"),
	ALERT("virus nel messaggio", "it"),
	ALERT("ウイルスを検出", "ja"),
	ALERT("ウイルス検出", "ja"),
	ALERT("ウィルス", "ja"),
	ALERT("ウイルス", "ja"),
	ALERT("바이러스", "ko"),
	ALERT("virus funnet", "nb"),
	ALERT("virus i ditt", "nb"),
	ALERT("virus gevonden", "nl"),
	ALERT("virus aangetroffen", "nl"),
	ALERT("virus gedetecteerd", "nl"),
	ALERT("virus ontdekt", "nl"),
	ALERT("viruswaarschuwing", "nl"),
	ALERT("virusmelding", "nl"),
	ALERT("virus in uw", "nl"),
	ALERT("besmet bericht", "nl"),
	ALERT("wykryto wirus", "pl"),
	ALERT("znaleziono wirus", "pl"),
	ALERT("wirus w", "pl"),
	ALERT("wirus w wiadomości", "pl"),
	ALERT("detectado vírus", "pt"),
	ALERT("vírus detectado", "pt"),
	ALERT("alerta de vírus", "pt"),
	ALERT("vírus encontrado", "pt"),
	ALERT("vírus em sua", "pt"),
	ALERT("vírus no seu", "pt"),
	ALERT("virus detectat", "ro"),
	ALERT("virus găsit", "ro"),
	ALERT("обнаружен вирус", "ru"),
	ALERT("найден вирус", "ru"),
	ALERT("вирус в", "ru"),
	ALERT("вирусы в", "ru"),
	ALERT("вирус обнаружен", "ru"),
	ALERT("nájdený vírus", "sk"),
	ALERT("zistený vírus", "sk"),
	ALERT("virus hittat", "sv"),
	ALERT("virus upptäckt", "sv"),
	ALERT("virusvarning", "sv"),
	ALERT("virus i ditt", "sv"),
	ALERT("ไวรัส", "th"),
	ALERT("virüs tespit", "tr"),
	ALERT("virüs bulundu", "tr"),
	ALERT("virüslü", "tr"),
	ALERT("вірус", "uk"),
	ALERT("vi rút", "vi"),
	ALERT("病毒", "zh"),
};
const struct phrase_table virus_subjects = { subjects,
	sizeof(subjects) / sizeof(subjects[0]) };

/* That the reader sent it. */
#define TOLD(text, language)                                                   \
	{                                                                      \
		text, "text-sent-by-you-" language, BACKSCATTER_VIRUS_NOTICE,  \
		    FAMILY_REPLY, PHRASE_ANYWHERE                              \
	}
#define FOUND(text, language)                                                  \
	{                                                                      \
		text, "text-virus-" language, BACKSCATTER_VIRUS_NOTICE,        \
		    FAMILY_TEXT, PHRASE_ANYWHERE                               \
	}
static const struct phrase phrases[] = {
	NAMED("scanmail for microsoft exchange has", "scanmail"),
	NAMED("messagelabs email security system", "messagelabs"),
	NAMED("mailmarshal rule:", "mailmarshal"),
	NAMED("mailsweeper has found", "mailsweeper"),
	NAMED("blocked by mailsweeper", "mailsweeper"),
	NAMED("antigen for exchange found", "antigen"),
	NAMED("gwava has blocked", "gwava"),
	NAMED("group securiq.wall", "securiq"),
	NAMED("reporting-mta: norton antivirus", "norton"),
	NAMED("our content checker found", "amavis"),
	NAMED("this email scanner intercepted it", "qmail-scanner"),
	NAMED("and has not been accepted for delivery", "clamav"),
	NAMED("virus scanner deleted your message", "generic"),
	FOUND("virus detector has just been triggered", "en"),
	FOUND("virus detector", "en"),
	FOUND("virus scanner", "en"),
	FOUND("message you sent contained a virus", "en"),
	FOUND("infected with a virus", "en"),
	FOUND("infected with the", "en"),
	FOUND("infected with w32", "en"),
	FOUND("infected with win32", "en"),
	FOUND("hostile content", "en"),
	FOUND("was infected", "en"),
	FOUND("is infected", "en"),
	FOUND("contains a virus", "en"),
	FOUND("contained a virus", "en"),
	FOUND("a virus was", "en"),
	FOUND("a virus has been", "en"),
	FOUND("virus was found", "en"),
	FOUND("virus found", "en"),
	FOUND("virus detected", "en"),
	FOUND("viruses found", "en"),
	FOUND("viruses detected", "en"),
	FOUND("detected a virus", "en"),
	FOUND("found a virus", "en"),
	FOUND("found the virus", "en"),
	FOUND("prohibited attachment", "en"),
	FOUND("dangerous attachment", "en"),
	FOUND("forbidden attachment", "en"),
	FOUND("file with the extension", "en"),
	FOUND("identified as spam", "en"),
	FOUND("classified as spam", "en"),
	FOUND("considered to be spam", "en"),
	FOUND("attachment type is not allowed", "en"),
	FOUND("contains an attachment", "en"),
	FOUND("contained an attachment", "en"),
	TOLD("message you sent", "en"),
	TOLD("mail you sent", "en"),
	TOLD("in an attachment you", "en"),
	TOLD("message that you sent", "en"),
	TOLD("message you have sent", "en"),
	TOLD("you have sent", "en"),
	TOLD("email you sent", "en"),
	TOLD("e-mail you sent", "en"),
	TOLD("sent by you", "en"),
	TOLD("from you contained", "en"),
	TOLD("presumably from you", "en"),
	TOLD("apparently from you", "en"),
	TOLD("a message from you", "en"),
	TOLD("in your e-mail attachment", "en"),
	TOLD("your message contained", "en"),
	TOLD("your message to", "en"),
	TOLD("your email to", "en"),
	TOLD("your e-mail to", "en"),
	TOLD("your system may", "en"),
	TOLD("you tried to send", "en"),
	FOUND("contained one or more virus", "en"),
	FOUND("possible virus", "en"),
	FOUND("contains the virus", "en"),
	FOUND("contained the virus", "en"),
	FOUND("contains malware", "en"),
	FOUND("contained malware", "en"),
	FOUND("malicious code", "en"),
	FOUND("infected attachment", "en"),
	FOUND("attachment was quarantined", "en"),
	FOUND("infected file", "en"),
	FOUND("virus name:", "en"),
	FOUND("detected virus", "en"),
	FOUND("found virus", "en"),
	FOUND("has detected virus", "en"),
	FOUND("virus-infected", "en"),
	FOUND("potentially executable attachment", "en"),
	FOUND("file attachments that are not permitted", "en"),
	FOUND("فيروس", "ar"),
	FOUND("detektor viru", "cs"),
	TOLD("jste odeslal", "cs"),
	TOLD("jste zaslali", "cs"),
	FOUND("obsahuje virus", "cs"),
	TOLD("du har sendt", "da"),
	FOUND("indeholdt en virus", "da"),
	FOUND("indeholder virus", "da"),
	FOUND("virenscanner", "de"),
	FOUND("virus gefunden", "de"),
	FOUND("virus entdeckt", "de"),
	FOUND("virenprüfung", "de"),
	FOUND("enthielt einen virus", "de"),
	FOUND("enthält einen virus", "de"),
	FOUND("enthielt den virus", "de"),
	FOUND("enthält den virus", "de"),
	FOUND("als spam eingestuft", "de"),
	FOUND("als spam erkannt", "de"),
	TOLD("von ihnen gesendet", "de"),
	TOLD("von ihnen versandt", "de"),
	TOLD("sie gesendet haben", "de"),
	TOLD("nachricht von ihnen", "de"),
	TOLD("ihre nachricht an", "de"),
	FOUND("ein virus gefunden", "de"),
	FOUND("schadsoftware gefunden", "de"),
	FOUND("infizierten", "de"),
	FOUND("detector de virus", "es"),
	FOUND("antivirus ha", "es"),
	TOLD("usted ha enviado", "es"),
	TOLD("que envió", "es"),
	TOLD("enviado por usted", "es"),
	TOLD("que usted envió", "es"),
	FOUND("contiene un virus", "es"),
	FOUND("contenía un virus", "es"),
	FOUND("contenía el virus", "es"),
	FOUND("contiene el virus", "es"),
	FOUND("detectado un virus", "es"),
	FOUND("identificado como spam", "es"),
	FOUND("considerado spam", "es"),
	TOLD("lähettämäsi", "fi"),
	FOUND("sisälsi viruksen", "fi"),
	FOUND("passerelle antivirus", "fr"),
	FOUND("a détecté un virus", "fr"),
	FOUND("virus a été détecté", "fr"),
	FOUND("contient un virus", "fr"),
	FOUND("contenait un virus", "fr"),
	FOUND("contenait le virus", "fr"),
	FOUND("contient le virus", "fr"),
	FOUND("considéré comme spam", "fr"),
	FOUND("identifié comme spam", "fr"),
	TOLD("vous avez envoyé", "fr"),
	TOLD("que vous avez expédié", "fr"),
	FOUND("un virus dans", "fr"),
	FOUND("contains worm.", "generic"),
	FOUND("clamav:", "generic"),
	FOUND("mailscanner", "generic"),
	FOUND("email virus scanner", "generic"),
	FOUND("וירוס", "he"),
	FOUND("víruskereső", "hu"),
	TOLD("ön által küldött", "hu"),
	FOUND("vírust tartalmaz", "hu"),
	FOUND("sistema antivirus", "it"),
	TOLD("da lei inviat", "it"),
	TOLD("da voi inviat", "it"),
	TOLD("che ha inviato", "it"),
	FOUND("contiene un virus", "it"),
	FOUND("conteneva un virus", "it"),
	FOUND("conteneva il virus", "it"),
	FOUND("contiene il virus", "it"),
	FOUND("identificato come spam", "it"),
	FOUND("ウイルス", "ja"),
	TOLD("送信されたメール", "ja"),
	FOUND("바이러스", "ko"),
	TOLD("보내신 메일", "ko"),
	FOUND("virusscanner", "nl"),
	FOUND("virus in de", "nl"),
	TOLD("door u verzonden", "nl"),
	TOLD("u verzonden", "nl"),
	TOLD("u heeft verstuurd", "nl"),
	FOUND("virus gevonden", "nl"),
	FOUND("virus aangetroffen", "nl"),
	FOUND("besmet met", "nl"),
	FOUND("skaner antywirusowy", "pl"),
	FOUND("system antywirusowy", "pl"),
	TOLD("wysłanej przez", "pl"),
	FOUND("wykryto wirusa", "pl"),
	FOUND("detecção de vírus", "pt"),
	FOUND("antivírus", "pt"),
	FOUND("anti-vírus", "pt"),
	TOLD("você enviou", "pt"),
	TOLD("enviada por você", "pt"),
	FOUND("contém um vírus", "pt"),
	FOUND("continha um vírus", "pt"),
	FOUND("continha o vírus", "pt"),
	FOUND("contém o vírus", "pt"),
	FOUND("identificada como spam", "pt"),
	FOUND("detectorul de virusi", "ro"),
	FOUND("detectorul de viruși", "ro"),
	TOLD("trimis de dumneavoastră", "ro"),
	FOUND("conține un virus", "ro"),
	FOUND("антивирус", "ru"),
	FOUND("обнаружен вирус", "ru"),
	TOLD("отправленном вами", "ru"),
	TOLD("отправленное вами", "ru"),
	TOLD("с вашего адреса", "ru"),
	FOUND("зараженный объект", "ru"),
	FOUND("содержит вирус", "ru"),
	FOUND("найден вирус", "ru"),
	FOUND("antivírusov", "sk"),
	FOUND("detektor vírus", "sk"),
	TOLD("ste odoslali", "sk"),
	FOUND("obsahuje vírus", "sk"),
	FOUND("virusskanner", "sv"),
	FOUND("virusdetektor", "sv"),
	FOUND("viruskontroll", "sv"),
	TOLD("du har skickat", "sv"),
	FOUND("innehöll virus", "sv"),
	FOUND("innehåller virus", "sv"),
	FOUND("virus detekterat", "sv"),
	FOUND("virüs tespit", "tr"),
	FOUND("virüs bulundu", "tr"),
	TOLD("gönderdiğiniz", "tr"),
	FOUND("病毒", "zh"),
	TOLD("您发送的", "zh"),
	TOLD("您寄出的", "zh"),
};
const struct phrase_table virus_phrases = { phrases,
	sizeof(phrases) / sizeof(phrases[0]) };

/*
 * MailScanner marks what it looked at with X-SITE-MailScanner; its own notices
 * bear one word there ("generated" in the site's language), passed mail a
 * sentence ("Found to be clean").
 */
static void
look_at_mailscanner(struct notice *notice)
{
	struct message_fields *list = message_fields(notice->message);

	for (unsigned i = 0; i < list->count; i++) {
		const char *name = list->list[i].name, *value;
		const char *end = fold_find(name, "-MailScanner");
		unsigned from = i;

		if (strncasecmp(name, "X-", 2) != 0 || end == NULL ||
		    end[strlen("-MailScanner")] != '\0')
			continue;
		value = message_next_field(notice->message, list, name, &from);
		if (value != NULL && *value != '\0' &&
		    strchr(value, ' ') == NULL)
			finding_add(&notice->findings, BACKSCATTER_VIRUS_NOTICE,
			    FAMILY_MARK, "mailscanner-generated");
		return;
	}
}

static void
look_at_from(struct notice *notice)
{
	char value[NOTICE_VALUE_MAX];

	if (!notice_field(notice, "From", value))
		return;
	for (size_t i = 0; i < sizeof(scanner_names) / sizeof(scanner_names[0]);
	     i++) {
		if (strstr(value, scanner_names[i]) != NULL) {
			finding_add(&notice->findings, BACKSCATTER_VIRUS_NOTICE,
			    FAMILY_FROM, "from-scanner");
			return;
		}
	}
}

void
virus_notice_look(struct notice *notice)
{
	notice_look_fields(notice, fields, sizeof(fields) / sizeof(fields[0]));
	look_at_mailscanner(notice);
	look_at_from(notice);
	if (notice_sender_is_null(notice))
		finding_add(&notice->findings, BACKSCATTER_VIRUS_NOTICE,
		    FAMILY_ENVELOPE, "null-sender");
}
