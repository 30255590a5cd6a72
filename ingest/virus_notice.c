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
	"scanner@" };

#define ALERT(text, language)                                                  \
	{                                                                      \
		text, "subject-virus-" language, BACKSCATTER_VIRUS_NOTICE,     \
		    FAMILY_SUBJECT, PHRASE_ANYWHERE                            \
	}
static const struct phrase subjects[] = {
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
	ALERT("mailmarshal has detected", "en"),
	ALERT("scanmail", "en"),
	ALERT("antigen found", "en"),
	ALERT("norton antivirus", "en"),
	ALERT("report to sender", "en"),
	ALERT("inflex scan report", "en"),
	ALERT("virus gefunden", "de"),
	ALERT("virus entdeckt", "de"),
	ALERT("virenwarnung", "de"),
	ALERT("viruswarnung", "de"),
	ALERT("virusalarm", "de"),
	ALERT("virenalarm", "de"),
	ALERT("virus in ihrer", "de"),
	ALERT("viren in ihrer", "de"),
	ALERT("un virus a été", "fr"),
	ALERT("virus détecté", "fr"),
	ALERT("alerte virus", "fr"),
	ALERT("pièces jointes suspectes", "fr"),
	ALERT("virus detectado", "es"),
	ALERT("virus de e-mail", "es"),
	ALERT("alerta de virus", "es"),
	ALERT("aviso de virus", "es"),
	ALERT("rilevato virus", "it"),
	ALERT("rilevato un virus", "it"),
	ALERT("e-mail infetta", "it"),
	ALERT("messaggio infetto", "it"),
	ALERT("detectado vírus", "pt"),
	ALERT("vírus detectado", "pt"),
	ALERT("alerta de vírus", "pt"),
	ALERT("virus gevonden", "nl"),
	ALERT("virus gedetecteerd", "nl"),
	ALERT("virus ontdekt", "nl"),
	ALERT("viruswaarschuwing", "nl"),
	ALERT("virus hittat", "sv"),
	ALERT("virus upptäckt", "sv"),
	ALERT("virusvarning", "sv"),
	ALERT("virus fundet", "da"),
	ALERT("virusadvarsel", "da"),
	ALERT("virus i din", "da"),
	ALERT("virus i e-mail", "da"),
	ALERT("virus funnet", "nb"),
	ALERT("virus löyty", "fi"),
	ALERT("viruksen", "fi"),
	ALERT("wykryto wirus", "pl"),
	ALERT("znaleziono wirus", "pl"),
	ALERT("wirus w", "pl"),
	ALERT("nalezen virus", "cs"),
	ALERT("zjištěn virus", "cs"),
	ALERT("nájdený vírus", "sk"),
	ALERT("zistený vírus", "sk"),
	ALERT("vírust", "hu"),
	ALERT("vírusos", "hu"),
	ALERT("virus detectat", "ro"),
	ALERT("virus găsit", "ro"),
	ALERT("обнаружен вирус", "ru"),
	ALERT("найден вирус", "ru"),
	ALERT("вирус в", "ru"),
	ALERT("вирусы в", "ru"),
	ALERT("virüs tespit", "tr"),
	ALERT("virüs bulundu", "tr"),
	ALERT("ウイルスを検出", "ja"),
	ALERT("ウイルス検出", "ja"),
	ALERT("ウィルス", "ja"),
	ALERT("ウイルス", "ja"),
	ALERT("病毒", "zh"),
	ALERT("바이러스", "ko"),
};
const struct phrase_table virus_subjects = { subjects,
	sizeof(subjects) / sizeof(subjects[0]) };

#define FOUND(text, language)                                                  \
	{                                                                      \
		text, "text-virus-" language, BACKSCATTER_VIRUS_NOTICE,        \
		    FAMILY_TEXT, PHRASE_ANYWHERE                               \
	}
static const struct phrase phrases[] = {
	FOUND("virus detector has just been triggered", "en"),
	FOUND("virus detector", "en"),
	FOUND("virus scanner", "en"),
	FOUND("message you sent contained a virus", "en"),
	FOUND("infected with a virus", "en"),
	FOUND("infected with the", "en"),
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
	FOUND("attachment type is not allowed", "en"),
	FOUND("virenscanner", "de"),
	FOUND("virus gefunden", "de"),
	FOUND("virus entdeckt", "de"),
	FOUND("virenprüfung", "de"),
	FOUND("passerelle antivirus", "fr"),
	FOUND("a détecté un virus", "fr"),
	FOUND("virus a été détecté", "fr"),
	FOUND("contient un virus", "fr"),
	FOUND("contenait un virus", "fr"),
	FOUND("enthielt einen virus", "de"),
	FOUND("enthält einen virus", "de"),
	FOUND("detector de virus", "es"),
	FOUND("antivirus ha", "es"),
	FOUND("sistema antivirus", "it"),
	FOUND("detecção de vírus", "pt"),
	FOUND("antivírus", "pt"),
	FOUND("anti-vírus", "pt"),
	FOUND("virusscanner", "nl"),
	FOUND("virus in de", "nl"),
	FOUND("virusskanner", "sv"),
	FOUND("virusdetektor", "sv"),
	FOUND("viruskontroll", "sv"),
	FOUND("detektor viru", "cs"),
	FOUND("antivírusov", "sk"),
	FOUND("detektor vírus", "sk"),
	FOUND("víruskereső", "hu"),
	FOUND("detectorul de virusi", "ro"),
	FOUND("detectorul de viruși", "ro"),
	FOUND("skaner antywirusowy", "pl"),
	FOUND("system antywirusowy", "pl"),
	FOUND("антивирус", "ru"),
	FOUND("обнаружен вирус", "ru"),
	FOUND("virüs tespit", "tr"),
	FOUND("virüs bulundu", "tr"),
	FOUND("ウイルス", "ja"),
	FOUND("病毒", "zh"),
	FOUND("바이러스", "ko"),
	FOUND("contains worm.", "generic"),
	FOUND("clamav:", "generic"),
	FOUND("mailscanner", "generic"),
	FOUND("email virus scanner", "generic"),
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
		const char *end = strcasestr(name, "-MailScanner");
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
