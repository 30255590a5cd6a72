#include "ingest/notice.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "ingest/fold.h"

/*
 * Bounces that are no RFC 3464 report: who sends them, what they are called,
 * what they say, in the words of mail systems and in people's languages.
 */
#define SUBJECT(text, language)                                                \
	{                                                                      \
		text, "subject-bounce-" language, BACKSCATTER_DSN,             \
		    FAMILY_SUBJECT, PHRASE_ANYWHERE                            \
	}
#define BEGINS(text, language)                                                 \
	{                                                                      \
		text, "subject-bounce-" language, BACKSCATTER_DSN,             \
		    FAMILY_SUBJECT, PHRASE_START                               \
	}
#define DELAYED(text, language)                                                \
	{                                                                      \
		text, "subject-delay-" language, BACKSCATTER_DSN,              \
		    FAMILY_SUBJECT, PHRASE_ANYWHERE                            \
	}

static const struct phrase subjects[] = {
	SUBJECT("undelivered mail", "en"),
	SUBJECT("undelivered message", "en"),
	SUBJECT("undeliverable mail", "en"),
	SUBJECT("undeliverable message", "en"),
	SUBJECT("message undeliverable", "en"),
	SUBJECT("mail undeliverable", "en"),
	SUBJECT("email undeliverable", "en"),
	BEGINS("undeliverable:", "en"),
	BEGINS("undeliverable", "en"),
	BEGINS("undelivered:", "en"),
	BEGINS("not delivered:", "en"),
	BEGINS("delivery failed:", "en"),
	SUBJECT("delivery status notification", "en"),
	SUBJECT("delivery notification", "en"),
	SUBJECT("delivery failure", "en"),
	SUBJECT("delivery failed", "en"),
	SUBJECT("delivery has failed", "en"),
	SUBJECT("failed delivery", "en"),
	SUBJECT("failure delivery", "en"),
	SUBJECT("delivery error", "en"),
	SUBJECT("delivery problem", "en"),
	SUBJECT("mail delivery", "en"),
	SUBJECT("non-delivery", "en"),
	SUBJECT("nondelivery", "en"),
	SUBJECT("nondeliverable", "en"),
	SUBJECT("non deliverable", "en"),
	SUBJECT("non-deliverable", "en"),
	SUBJECT("failure notice", "en"),
	SUBJECT("failure notification", "en"),
	SUBJECT("unzugestellt", "de"),
	SUBJECT("rückläufer", "de"),
	SUBJECT("zurückgewiesen", "de"),
	SUBJECT("zustellung", "de"),
	BEGINS("returned mail", "en"),
	BEGINS("returned message", "en"),
	BEGINS("mail returned", "en"),
	BEGINS("message returned", "en"),
	SUBJECT("returned to sender", "en"),
	SUBJECT("returning message to sender", "en"),
	SUBJECT("returning mail to sender", "en"),
	SUBJECT("return to sender", "en"),
	SUBJECT("could not be delivered", "en"),
	SUBJECT("couldn't be delivered", "en"),
	SUBJECT("cannot be delivered", "en"),
	SUBJECT("can't be delivered", "en"),
	SUBJECT("was not delivered", "en"),
	SUBJECT("wasn't delivered", "en"),
	SUBJECT("not be delivered", "en"),
	SUBJECT("mail not delivered", "en"),
	SUBJECT("message not delivered", "en"),
	SUBJECT("could not deliver", "en"),
	SUBJECT("unable to deliver", "en"),
	SUBJECT("unable to send", "en"),
	SUBJECT("could not send message", "en"),
	SUBJECT("mail failure", "en"),
	SUBJECT("mail error", "en"),
	SUBJECT("mail system error", "en"),
	SUBJECT("email error", "en"),
	SUBJECT("error sending", "en"),
	BEGINS("rejected mail", "en"),
	BEGINS("mail rejected", "en"),
	BEGINS("message rejected", "en"),
	BEGINS("rejected:", "en"),
	BEGINS("bounced mail", "en"),
	BEGINS("bounced message", "en"),
	SUBJECT("automatically rejected mail", "en"),
	SUBJECT("address not found", "en"),
	SUBJECT("user unknown", "en"),
	SUBJECT("unknown user", "en"),
	SUBJECT("unknown recipient", "en"),
	SUBJECT("invalid recipient", "en"),
	SUBJECT("invalid address", "en"),
	SUBJECT("mailbox full", "en"),
	SUBJECT("mailbox unavailable", "en"),
	SUBJECT("over quota", "en"),
	SUBJECT("processing error", "en"),
	SUBJECT("your message did not", "en"),
	SUBJECT("message blocked", "en"),
	SUBJECT("considered unsolicited bulk", "en"),
	SUBJECT("banned contents from you", "en"),
	SUBJECT("delivery report", "en"),
	DELAYED("delayed mail", "en"),
	DELAYED("message delayed", "en"),
	DELAYED("mail delayed", "en"),
	DELAYED("delivery delayed", "en"),
	DELAYED("has been delayed", "en"),
	DELAYED("delivery delay", "en"),
	DELAYED("delivery is delayed", "en"),
	DELAYED("delivery warning", "en"),
	DELAYED("not yet been delivered", "en"),
	DELAYED("still being retried", "en"),
	DELAYED("notification (delay", "en"),
	DELAYED("could not send message for past", "en"),
	DELAYED("delayed 24 hours", "en"),
	DELAYED("delayed by", "en"),
	BEGINS("warning: message", "en"),
	SUBJECT("unzustellbar", "de"),
	SUBJECT("nicht zustellbar", "de"),
	SUBJECT("nicht zugestellt", "de"),
	SUBJECT("nicht ausgeliefert", "de"),
	SUBJECT("konnte nicht", "de"),
	SUBJECT("zustellung fehlgeschlagen", "de"),
	SUBJECT("zustellfehler", "de"),
	SUBJECT("zustellungsfehler", "de"),
	SUBJECT("fehler bei der zustellung", "de"),
	SUBJECT("fehlgeschlagene zustellung", "de"),
	SUBJECT("unzustellbarkeitsbericht", "de"),
	DELAYED("zustellung verzögert", "de"),
	DELAYED("verzögerte zustellung", "de"),
	SUBJECT("non remis", "fr"),
	SUBJECT("non délivré", "fr"),
	SUBJECT("non distribu", "fr"),
	SUBJECT("non-remise", "fr"),
	SUBJECT("échec de remise", "fr"),
	SUBJECT("échec de la remise", "fr"),
	SUBJECT("échec de livraison", "fr"),
	SUBJECT("échec de distribution", "fr"),
	SUBJECT("échec d'acheminement", "fr"),
	SUBJECT("erreur de livraison", "fr"),
	SUBJECT("remise impossible", "fr"),
	SUBJECT("retour à l'expéditeur", "fr"),
	SUBJECT("impossible de remettre", "fr"),
	SUBJECT("n'a pas pu être", "fr"),
	DELAYED("remise différée", "fr"),
	DELAYED("remise retardée", "fr"),
	SUBJECT("no se puede entregar", "es"),
	SUBJECT("no se pudo entregar", "es"),
	SUBJECT("no se ha podido entregar", "es"),
	SUBJECT("no entregado", "es"),
	SUBJECT("no entregable", "es"),
	SUBJECT("devolución de correo", "es"),
	SUBJECT("correo devuelto", "es"),
	SUBJECT("mensaje devuelto", "es"),
	SUBJECT("fallo en la entrega", "es"),
	SUBJECT("fallo de entrega", "es"),
	SUBJECT("error de entrega", "es"),
	SUBJECT("error en la entrega", "es"),
	SUBJECT("entrega fallida", "es"),
	SUBJECT("estado de entrega", "es"),
	DELAYED("entrega retrasada", "es"),
	DELAYED("retraso en la entrega", "es"),
	SUBJECT("mancato recapito", "it"),
	SUBJECT("mancata consegna", "it"),
	SUBJECT("non recapitabile", "it"),
	SUBJECT("non recapitat", "it"),
	SUBJECT("non consegnat", "it"),
	SUBJECT("impossibile recapitare", "it"),
	SUBJECT("impossibile consegnare", "it"),
	SUBJECT("errore di consegna", "it"),
	SUBJECT("consegna fallita", "it"),
	DELAYED("consegna ritardata", "it"),
	SUBJECT("não entregue", "pt"),
	SUBJECT("não pôde ser entregue", "pt"),
	SUBJECT("não é possível entregar", "pt"),
	SUBJECT("não foi possível entregar", "pt"),
	SUBJECT("falha na entrega", "pt"),
	SUBJECT("falha de entrega", "pt"),
	SUBJECT("erro na entrega", "pt"),
	SUBJECT("erro de entrega", "pt"),
	SUBJECT("mensagem devolvida", "pt"),
	SUBJECT("e-mail devolvido", "pt"),
	SUBJECT("notificação de falha", "pt"),
	SUBJECT("status de entrega", "pt"),
	DELAYED("entrega atrasada", "pt"),
	SUBJECT("onbestelbaar", "nl"),
	SUBJECT("niet bezorgd", "nl"),
	SUBJECT("niet afgeleverd", "nl"),
	SUBJECT("kan niet worden bezorgd", "nl"),
	SUBJECT("kan niet worden afgeleverd", "nl"),
	SUBJECT("bezorging mislukt", "nl"),
	SUBJECT("aflevering mislukt", "nl"),
	DELAYED("bezorging vertraagd", "nl"),
	SUBJECT("går inte att leverera", "sv"),
	SUBJECT("kunde inte levereras", "sv"),
	SUBJECT("kan inte levereras", "sv"),
	SUBJECT("olevererbar", "sv"),
	SUBJECT("leveransfel", "sv"),
	SUBJECT("kunne ikke leveres", "da"),
	SUBJECT("kan ikke leveres", "da"),
	SUBJECT("ikke leveret", "da"),
	SUBJECT("uleverbar", "da"),
	SUBJECT("leveringsfejl", "da"),
	SUBJECT("ikke levert", "nb"),
	SUBJECT("leveringsfeil", "nb"),
	SUBJECT("toimitus epäonnistui", "fi"),
	SUBJECT("toimittaminen epäonnistui", "fi"),
	SUBJECT("ei voitu toimittaa", "fi"),
	SUBJECT("ei voi toimittaa", "fi"),
	SUBJECT("toimittamaton", "fi"),
	SUBJECT("niedostarczal", "pl"),
	SUBJECT("nie dostarczono", "pl"),
	SUBJECT("niedostarczon", "pl"),
	SUBJECT("nie można dostarczyć", "pl"),
	SUBJECT("nie może być dostarczon", "pl"),
	SUBJECT("zwrot wiadomości", "pl"),
	SUBJECT("zwrot poczty", "pl"),
	SUBJECT("błąd dostarcz", "pl"),
	SUBJECT("nedoručiteľn", "sk"),
	SUBJECT("nedoručitel", "cs"),
	SUBJECT("nedoručen", "cs"),
	SUBJECT("nelze doručit", "cs"),
	SUBJECT("nie je možné doručiť", "sk"),
	SUBJECT("kézbesíthetetlen", "hu"),
	SUBJECT("nem kézbesíthető", "hu"),
	SUBJECT("kézbesítési hiba", "hu"),
	SUBJECT("sikertelen kézbesítés", "hu"),
	SUBJECT("nelivrabil", "ro"),
	SUBJECT("nelivrat", "ro"),
	SUBJECT("nu a putut fi livrat", "ro"),
	SUBJECT("nu poate fi livrat", "ro"),
	SUBJECT("livrare eșuată", "ro"),
	SUBJECT("недоставлен", "ru"),
	SUBJECT("не доставлен", "ru"),
	SUBJECT("не удалось доставить", "ru"),
	SUBJECT("не удается доставить", "ru"),
	SUBJECT("невозможно доставить", "ru"),
	SUBJECT("ошибка доставки", "ru"),
	SUBJECT("сбой доставки", "ru"),
	SUBJECT("недоставк", "ru"),
	SUBJECT("возврат почты", "ru"),
	SUBJECT("возврат письма", "ru"),
	SUBJECT("состоянии доставки", "ru"),
	DELAYED("доставка отложена", "ru"),
	DELAYED("задержка доставки", "ru"),
	SUBJECT("не вдалося доставити", "uk"),
	SUBJECT("неможливо доставити", "uk"),
	SUBJECT("недоставимо", "bg"),
	SUBJECT("не може да бъде доставено", "bg"),
	SUBJECT("nije isporučen", "hr"),
	SUBJECT("neisporuč", "hr"),
	SUBJECT("nije moguće isporučiti", "hr"),
	SUBJECT("ni mogoče dostaviti", "sl"),
	SUBJECT("nedostavljiv", "sl"),
	SUBJECT("nepristatyt", "lt"),
	SUBJECT("neįmanoma pristatyti", "lt"),
	SUBJECT("nav piegādāt", "lv"),
	SUBJECT("nepiegādā", "lv"),
	SUBJECT("nevar piegādāt", "lv"),
	SUBJECT("kohaletoimetamatu", "et"),
	SUBJECT("kohale toimetada", "et"),
	SUBJECT("no s'ha pogut lliurar", "ca"),
	SUBJECT("no s'ha pogut entregar", "ca"),
	SUBJECT("teslim edilemedi", "tr"),
	SUBJECT("teslim edilemez", "tr"),
	SUBJECT("teslim edilemeyen", "tr"),
	SUBJECT("iletilemedi", "tr"),
	SUBJECT("δεν είναι δυνατή η παράδοση", "el"),
	SUBJECT("δεν παραδόθηκε", "el"),
	SUBJECT("αδυναμία παράδοσης", "el"),
	SUBJECT("αποτυχία παράδοσης", "el"),
	SUBJECT("配信不能", "ja"),
	SUBJECT("配信できません", "ja"),
	SUBJECT("配信に失敗", "ja"),
	SUBJECT("配信失敗", "ja"),
	SUBJECT("配信エラー", "ja"),
	SUBJECT("配送エラー", "ja"),
	SUBJECT("送信エラー", "ja"),
	SUBJECT("エラーメール", "ja"),
	SUBJECT("送信できません", "ja"),
	SUBJECT("送信不能", "ja"),
	SUBJECT("未配信", "ja"),
	SUBJECT("不達", "ja"),
	SUBJECT("届けできません", "ja"),
	SUBJECT("届けられません", "ja"),
	SUBJECT("宛先不明", "ja"),
	DELAYED("配信遅延", "ja"),
	SUBJECT("失败", "zh"),
	SUBJECT("失敗", "zh"),
	SUBJECT("メールエラー", "ja"),
	SUBJECT("エラー通知", "ja"),
	SUBJECT("退信", "zh"),
	SUBJECT("退件", "zh"),
	SUBJECT("无法送达", "zh"),
	SUBJECT("無法送達", "zh"),
	SUBJECT("未送达", "zh"),
	SUBJECT("未送達", "zh"),
	SUBJECT("投递失败", "zh"),
	SUBJECT("投遞失敗", "zh"),
	SUBJECT("传递失败", "zh"),
	SUBJECT("传送失败", "zh"),
	SUBJECT("傳送失敗", "zh"),
	SUBJECT("发送失败", "zh"),
	SUBJECT("无法投递", "zh"),
	SUBJECT("無法傳遞", "zh"),
	SUBJECT("无法传递", "zh"),
	SUBJECT("被退回", "zh"),
	SUBJECT("배달되지", "ko"),
	SUBJECT("배달할 수 없", "ko"),
	SUBJECT("전송 실패", "ko"),
	SUBJECT("전달 실패", "ko"),
	SUBJECT("발송 실패", "ko"),
	SUBJECT("배달 실패", "ko"),
	SUBJECT("반송", "ko"),
	SUBJECT("تعذر التسليم", "ar"),
	SUBJECT("تعذر تسليم", "ar"),
	SUBJECT("غير قابل للتسليم", "ar"),
	SUBJECT("فشل تسليم", "ar"),
	SUBJECT("לא ניתן למסור", "he"),
	SUBJECT("לא נמסר", "he"),
	SUBJECT("không gửi được", "vi"),
	SUBJECT("không thể gửi", "vi"),
	SUBJECT("không thể phân phối", "vi"),
	SUBJECT("ไม่สามารถส่ง", "th"),
	SUBJECT("ไม่สามารถนำส่ง", "th"),
	SUBJECT("tidak terkirim", "id"),
	SUBJECT("tidak dapat terkirim", "id"),
	SUBJECT("gagal dikirim", "id"),
};
const struct phrase_table bounce_subjects = { subjects,
	sizeof(subjects) / sizeof(subjects[0]) };

/* What mail systems say: one sign for each system, so that it is known. */
#define SYSTEM(text, system)                                                   \
	{                                                                      \
		text, "text-" system, BACKSCATTER_DSN, FAMILY_SYSTEM,          \
		    PHRASE_ANYWHERE                                            \
	}
#define SAYS(text, language)                                                   \
	{                                                                      \
		text, "text-bounce-" language, BACKSCATTER_DSN, FAMILY_TEXT,   \
		    PHRASE_ANYWHERE                                            \
	}
#define WAITS(text, language)                                                  \
	{                                                                      \
		text, "text-delay-" language, BACKSCATTER_DSN, FAMILY_TEXT,    \
		    PHRASE_ANYWHERE                                            \
	}
#define ENCLOSES(text)                                                         \
	{                                                                      \
		text, "copy-announced", BACKSCATTER_DSN, FAMILY_ORIGINAL,      \
		    PHRASE_ANYWHERE                                            \
	}

static const struct phrase phrases[] = {
	SYSTEM("this is the mail system at host", "postfix"),
	SYSTEM("this is the postfix program", "postfix"),
	SYSTEM("i'm sorry to have to inform you that", "postfix"),
	SYSTEM("created automatically by mail delivery software", "exim"),
	SYSTEM("message created by mail delivery software", "exim"),
	SYSTEM("this is the qmail-send program", "qmail"),
	SYSTEM("i'm afraid i wasn't able to deliver your message", "qmail"),
	SYSTEM("this is a permanent error; i've given up", "qmail"),
	SYSTEM("i'm not going to try again", "qmail"),
	SYSTEM("the original message was received at", "sendmail"),
	SYSTEM(
	    "the following addresses had permanent fatal errors", "sendmail"),
	SYSTEM("transcript of session follows", "sendmail"),
	SYSTEM("... while talking to", "sendmail"),
	SYSTEM("did not reach the following recipient", "exchange"),
	SYSTEM(
	    "did not reach some or all of the intended recipients", "exchange"),
	SYSTEM("the following recipient(s) could not be reached", "exchange"),
	SYSTEM("delivery has failed to these recipients", "exchange"),
	SYSTEM("diagnostic information for administrators", "exchange"),
	SYSTEM("mts-id of the original message", "exchange"),
	SYSTEM("hmailserver sent:", "hmailserver"),
	SYSTEM("this is the dragonfly mail agent", "dragonfly"),
	SYSTEM("this is the machine generated message from mail service",
	    "mailru"),
	SYSTEM("this is a delivery status notification from", "courier"),
	SYSTEM("the courier mail server", "courier"),
	SYSTEM("undeliverable to:", "domino"),
	SYSTEM("was not delivered to:", "domino"),
	SYSTEM("message from interscan", "interscan"),
	SYSTEM("this message was undeliverable due to the following reason",
	    "netscape"),
	SYSTEM("your message cannot be delivered to the following recipients",
	    "messagingserver"),
	SYSTEM("your message could not be delivered to the following "
	       "recipients",
	    "messagingserver"),
	SYSTEM("this report relates to a message you sent", "messagingserver"),
	SYSTEM("message could not be delivered to mobile", "mms"),
	SYSTEM("this is the opensmtpd", "opensmtpd"),
	SYSTEM("technical details of permanent failure", "google"),
	SYSTEM("technical details of temporary failure", "google"),
	SYSTEM("group you tried to contact", "google"),
	SYSTEM("an email that you attempted to send to the following address",
	    "mimecast"),
	SYSTEM("sorry, we were unable to deliver your message", "yahoo"),
	SYSTEM("error from remote mail server after", "exim"),
	SYSTEM("smtp error from remote server", "kundenserver"),
	SYSTEM("the mta program at", "outblaze"),
	SYSTEM("the following addresses had delivery problems", "mcafee"),
	SYSTEM("we had trouble delivering your message", "generic"),
	SYSTEM("user mailbox exceeds allowed size", "imail"),
	SYSTEM("not listed in domino directory", "domino"),
	SYSTEM("not listed in public name & address book", "domino"),
	SYSTEM("------- failure reasons", "domino"),
	SYSTEM("this is the machine generated message", "mailru"),
	SYSTEM("this is an automatically generated delivery status "
	       "notification",
	    "generic"),
	SYSTEM("reporting-mta: dns", "report"),
	SYSTEM("final-recipient: rfc822", "report"),
	SYSTEM("delivery attempts will continue", "generic"),
	SYSTEM("the error that the other server returned was", "google"),
	SYSTEM("remote host said:", "qmail"),
	SYSTEM("giving up on ", "qmail"),
	SYSTEM("が自動的に生成して送信しています", "mfilter"),
	SAYS("could not be delivered", "en"),
	SAYS("account is disabled", "en"),
	SAYS("invalid user address", "en"),
	SAYS("the intended recipients of your message", "en"),
	SAYS("couldn't be delivered", "en"),
	SAYS("cannot be delivered", "en"),
	SAYS("can not be delivered", "en"),
	SAYS("can't be delivered", "en"),
	SAYS("was not delivered", "en"),
	SAYS("wasn't delivered", "en"),
	SAYS("not been delivered", "en"),
	SAYS("has not been delivered", "en"),
	SAYS("not delivered to", "en"),
	SAYS("was undeliverable", "en"),
	SAYS("is undeliverable", "en"),
	SAYS("undeliverable address", "en"),
	SAYS("delivery failed", "en"),
	SAYS("delivery to the following recipient", "en"),
	SAYS("delivery to these recipients", "en"),
	SAYS("failed permanently", "en"),
	SAYS("unable to deliver", "en"),
	SAYS("not able to deliver", "en"),
	SAYS("could not deliver", "en"),
	SAYS("cannot deliver", "en"),
	SAYS("error delivering your", "en"),
	SAYS("error while attempting to deliver", "en"),
	SAYS("failed to deliver", "en"),
	SAYS("failed recipient", "en"),
	SAYS("the following address(es) failed", "en"),
	SAYS("following addresses failed", "en"),
	SAYS("message has been rejected", "en"),
	SAYS("message was rejected", "en"),
	SAYS("was automatically rejected", "en"),
	SAYS("mail has been returned", "en"),
	SAYS("returned to sender", "en"),
	SAYS("message is being returned", "en"),
	SAYS("could not be sent", "en"),
	SAYS("has been blocked", "en"),
	SAYS("does not exist", "en"),
	SAYS("no such user", "en"),
	SAYS("user unknown", "en"),
	SAYS("unknown user", "en"),
	SAYS("unknown recipient", "en"),
	SAYS("user doesn't have", "en"),
	SAYS("no mailbox here by that name", "en"),
	SAYS("mailbox is full", "en"),
	SAYS("mailbox full", "en"),
	SAYS("quota exceeded", "en"),
	SAYS("exceeded quota", "en"),
	SAYS("mailbox exceeds", "en"),
	SAYS("recipient address rejected", "en"),
	SAYS("message you sent blocked by", "en"),
	WAITS("not yet been delivered", "en"),
	WAITS("will continue trying", "en"),
	WAITS("will continue to attempt", "en"),
	WAITS("continue to try to deliver", "en"),
	WAITS("will be retried", "en"),
	WAITS("will keep trying", "en"),
	WAITS("this is a warning message only", "en"),
	WAITS("this is a warning only", "en"),
	WAITS("do not need to resend", "en"),
	WAITS("no need to resend", "en"),
	WAITS("has been delayed", "en"),
	WAITS("delivery has been delayed", "en"),
	SAYS("nicht zugestellt werden", "de"),
	SAYS("nicht ausgeliefert werden", "de"),
	SAYS("konnte nicht zugestellt", "de"),
	SAYS("kann nicht zugestellt", "de"),
	SAYS("nicht zustellbar", "de"),
	SAYS("fehler bei der zustellung", "de"),
	SAYS("existiert nicht", "de"),
	WAITS("noch nicht zugestellt", "de"),
	SAYS("n'a pas pu être remis", "fr"),
	SAYS("n'a pu être remis", "fr"),
	SAYS("n'a pas pu être délivré", "fr"),
	SAYS("n'a pu être délivré", "fr"),
	SAYS("n'a pas été remis", "fr"),
	SAYS("n'a pas pu être distribué", "fr"),
	SAYS("n'a pas pu être envoyé", "fr"),
	SAYS("n'a pas pu être acheminé", "fr"),
	SAYS("échec de la remise", "fr"),
	SAYS("impossible de remettre", "fr"),
	SAYS("impossible de délivrer", "fr"),
	SAYS("no se pudo entregar", "es"),
	SAYS("no se ha podido entregar", "es"),
	SAYS("no pudo ser entregado", "es"),
	SAYS("no ha podido ser entregado", "es"),
	SAYS("no fue entregado", "es"),
	SAYS("no se puede entregar", "es"),
	SAYS("no ha sido posible entregar", "es"),
	SAYS("impossibile recapitare", "it"),
	SAYS("non è stato possibile recapitare", "it"),
	SAYS("non è stato possibile consegnare", "it"),
	SAYS("non è stato recapitato", "it"),
	SAYS("non è stato consegnato", "it"),
	SAYS("non può essere consegnat", "it"),
	SAYS("não pôde ser entregue", "pt"),
	SAYS("não foi entregue", "pt"),
	SAYS("não pode ser entregue", "pt"),
	SAYS("não foi possível entregar", "pt"),
	SAYS("nao pode ser enviada", "pt"),
	SAYS("kon niet worden bezorgd", "nl"),
	SAYS("kan niet worden bezorgd", "nl"),
	SAYS("kon niet worden afgeleverd", "nl"),
	SAYS("kan niet worden afgeleverd", "nl"),
	SAYS("niet afgeleverd worden", "nl"),
	SAYS("is niet afgeleverd", "nl"),
	SAYS("kunde inte levereras", "sv"),
	SAYS("gick inte att leverera", "sv"),
	SAYS("kunne ikke leveres", "da"),
	SAYS("kunne ikke afleveres", "da"),
	SAYS("ei voitu toimittaa", "fi"),
	SAYS("nie została dostarczona", "pl"),
	SAYS("nie mogła zostać dostarczona", "pl"),
	SAYS("nie mogła być dostarczona", "pl"),
	SAYS("nie można dostarczyć", "pl"),
	SAYS("nie udało się dostarczyć", "pl"),
	SAYS("nelze doručit", "cs"),
	SAYS("nemohla být doručena", "cs"),
	SAYS("nebylo možné doručit", "cs"),
	SAYS("se nepodařilo doručit", "cs"),
	SAYS("nebolo možné doručiť", "sk"),
	SAYS("nem kézbesíthető", "hu"),
	SAYS("nem sikerült kézbesíteni", "hu"),
	SAYS("nu a putut fi livrat", "ro"),
	SAYS("не удалось доставить", "ru"),
	SAYS("не может быть доставлено", "ru"),
	SAYS("не было доставлено", "ru"),
	SAYS("не доставлено", "ru"),
	SAYS("невозможно доставить", "ru"),
	SAYS("письмо не доставлено", "ru"),
	SAYS("не вдалося доставити", "uk"),
	SAYS("teslim edilemedi", "tr"),
	SAYS("iletilemedi", "tr"),
	SAYS("δεν ήταν δυνατή η παράδοση", "el"),
	SAYS("送信できませんでした", "ja"),
	SAYS("配信できませんでした", "ja"),
	SAYS("配信できません", "ja"),
	SAYS("配送できませんでした", "ja"),
	SAYS("送信に失敗", "ja"),
	SAYS("配信に失敗", "ja"),
	SAYS("配送に失敗", "ja"),
	SAYS("届けできません", "ja"),
	SAYS("届けすることができません", "ja"),
	SAYS("宛先不明", "ja"),
	SAYS("無法送達", "zh"),
	SAYS("无法送达", "zh"),
	SAYS("未能送达", "zh"),
	SAYS("无法投递", "zh"),
	SAYS("無法傳送", "zh"),
	SAYS("无法发送", "zh"),
	SAYS("发送失败", "zh"),
	SAYS("投递失败", "zh"),
	SAYS("被退回", "zh"),
	SAYS("退信", "zh"),
	SAYS("전송하지 못했습니다", "ko"),
	SAYS("전달하지 못했습니다", "ko"),
	SAYS("배달하지 못했습니다", "ko"),
	SAYS("배달할 수 없", "ko"),
	SAYS("전송되지 않았", "ko"),
	SAYS("반송되었습니다", "ko"),
	ENCLOSES("this is a copy of the message"),
	ENCLOSES("this is a copy of your message"),
	ENCLOSES("below this line is a copy of the message"),
	ENCLOSES("below the next line is a copy"),
	ENCLOSES("copy of the message header"),
	ENCLOSES("original message follows"),
	ENCLOSES("original message header"),
	ENCLOSES("message header follows"),
	ENCLOSES("message headers follow"),
	ENCLOSES("message headers are included"),
	ENCLOSES("header of the original message"),
	ENCLOSES("headers of the original message"),
	ENCLOSES("lines of your original message"),
	ENCLOSES("lines of the message follow"),
	ENCLOSES("copy of the original message"),
	ENCLOSES("returned mail follows"),
	ENCLOSES("unsent message below"),
	ENCLOSES("unsent message follows"),
	ENCLOSES("undelivered message follows"),
	ENCLOSES("returned message follows"),
	ENCLOSES("your original message is attached"),
	ENCLOSES("original message attached"),
	ENCLOSES("mensaje original adjunto"),
	ENCLOSES("copia del mensaje"),
	ENCLOSES("kopie der nachricht"),
	ENCLOSES("copie du message"),
	ENCLOSES("copie de votre message"),
	ENCLOSES("copia del messaggio"),
	ENCLOSES("cópia da mensagem"),
	ENCLOSES("kopia wiadomości"),
	ENCLOSES("копия сообщения"),
	ENCLOSES("копия письма"),
};
const struct phrase_table bounce_phrases = { phrases,
	sizeof(phrases) / sizeof(phrases[0]) };

/* --- the sender, as the header names it ------------------------------------
 */

/* Local parts without punctuation, and what display names hold. */
static const char *const daemon_names[] = { "mailerdaemon", "maildaemon",
	"mdaemon", "maildelivery", "maildeliverysystem",
	"maildeliverysubsystem", "deliverydaemon" };
static const char *const administrator_names[] = { "postmaster", "mailer",
	"mailadmin", "mailmaster", "mailadministrator", "systemadministrator",
	"ndr", "bounce", "mailsystem" };
static const char *const daemon_display[] = { "mail delivery s",
	"mailer-daemon", "mailer daemon", "mail delivery", "maildelivery",
	"mail administrator", "system administrator", "systemadministrator",
	"mail system", "internet mail delivery", "postmaster", "mailzustell",
	"ndr administrator", "administrateur systeme",
	"administrador del sistema", "administrador do sistema",
	"amministratore di sistema", "systeembeheer" };

static size_t
squeeze(const char *value, size_t len, char *out, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < len && used + 1 < size; i++) {
		if (isalnum((unsigned char)value[i]))
			out[used++] = (char)tolower((unsigned char)value[i]);
	}
	out[used] = '\0';
	return used;
}

static bool
is_one_of(const char *word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(word, words[i]) == 0)
			return true;
	}
	return false;
}
#define IS_ONE_OF(word, words)                                                 \
	is_one_of(word, words, sizeof(words) / sizeof(words[0]))

static void
look_at_from(struct notice *notice)
{
	const char *value = message_field(notice->message, "From");
	char address[MESSAGE_ADDRESS_MAX], local[64], folded[NOTICE_VALUE_MAX];

	if (value == NULL)
		return;
	fold_text(value, strlen(value), folded, sizeof(folded));
	message_address(value, address);
	squeeze(address, strcspn(address, "@"), local, sizeof(local));
	if (IS_ONE_OF(local, daemon_names) ||
	    strncmp(folded, "mailer-daemon", 13) == 0) {
		finding_add(&notice->findings, BACKSCATTER_DSN, FAMILY_FROM,
		    "from-mailer-daemon");
		return;
	}
	if (IS_ONE_OF(local, administrator_names)) {
		finding_add(&notice->findings, BACKSCATTER_DSN, FAMILY_FROM,
		    "from-postmaster");
		return;
	}
	for (size_t i = 0;
	     i < sizeof(daemon_display) / sizeof(daemon_display[0]); i++) {
		if (strstr(folded, daemon_display[i]) != NULL) {
			finding_add(&notice->findings, BACKSCATTER_DSN,
			    FAMILY_FROM, "from-mail-system");
			return;
		}
	}
}

static void
look_at_envelope(struct notice *notice)
{
	const struct envelope *envelope = notice->envelope;
	char local[64];

	if (!envelope->sender_known)
		return;
	squeeze(envelope->sender, strcspn(envelope->sender, "@"), local,
	    sizeof(local));
	if (envelope->sender[0] == '\0')
		finding_add(&notice->findings, BACKSCATTER_DSN, FAMILY_ENVELOPE,
		    "null-sender");
	else if (IS_ONE_OF(local, daemon_names))
		finding_add(&notice->findings, BACKSCATTER_DSN, FAMILY_ENVELOPE,
		    "daemon-sender");
}

/* --- fields that mail systems put into their bounces ------------------------
 */

static const struct field_sign fields[] = {
	{ "X-Failed-Recipients", NULL, "x-failed-recipients", BACKSCATTER_DSN,
	    FAMILY_FIELD },
	{ "X-MS-Embedded-Report", NULL, "embedded-report", BACKSCATTER_DSN,
	    FAMILY_FIELD },
	{ "X-DSNContext", NULL, "x-dsncontext", BACKSCATTER_DSN, FAMILY_FIELD },
	{ "X-Mailer", "^m-filter", "mailer-mfilter", BACKSCATTER_DSN,
	    FAMILY_FIELD },
	{ "X-AHMAILID", NULL, "x-ahmailid", BACKSCATTER_DSN, FAMILY_FIELD },
	{ "X-Mimecast-Originator", "^<>", "mimecast-originator",
	    BACKSCATTER_DSN, FAMILY_FIELD },
	{ "Auto-Submitted", "^auto-generated (failure)",
	    "auto-generated-failure", BACKSCATTER_DSN, FAMILY_FIELD },
	{ "Auto-Submitted", "^auto-replied (rejected)", "sieve-rejected",
	    BACKSCATTER_DSN, FAMILY_FIELD },
	{ "X-Yahoo-Newman-Property", "^bmbounce", "yahoo-bounce",
	    BACKSCATTER_DSN, FAMILY_FIELD },
	{ "X-SRS-Return", "^dsn", "srs-return", BACKSCATTER_DSN, FAMILY_FIELD },
};

/* --- codes ------------------------------------------------------------------
 */

/* Reply codes of RFC 5321 that refuse a message or put it off. */
static const char *const reply_codes[] = { "421", "450", "451", "452", "454",
	"471", "500", "501", "503", "504", "511", "512", "513", "521", "523",
	"525", "530", "534", "535", "541", "550", "551", "552", "553", "554",
	"555", "556", "557", "571" };

/* What a bare code means is said, and of whom, that near to it. */
#define NEAR 160

/* Replies are in English nearly everywhere. */
static const char *const reply_words[] = { "mailbox", "user", "recipient",
	"address", "unknown", "relay", "reject", "denied", "quota", "no such",
	"invalid", "unavailable", "blocked", "account", "disabled", "refused",
	"not exist", "not found", "sender", "permitted", "undeliverable",
	"message", "mail " };

/* "5.1.1" (RFC 3463) at `at`, with nothing that makes it a longer number. */
static bool
is_status_code(const char *text, size_t at, size_t len)
{
	size_t i = at + 1;

	if (len - at < 5 || text[i] != '.' || text[i + 1] < '0' ||
	    text[i + 1] > '7' || text[i + 2] != '.')
		return false;
	for (i = at + 4; i < len && isdigit((unsigned char)text[i]); i++)
		;
	if (i == at + 4 || i > at + 7)
		return false;
	return i >= len || (text[i] != '.' && !isalnum((unsigned char)text[i]));
}

static bool
holds(const char *text, size_t len, const char *word)
{
	return memmem(text, len, word, strlen(word)) != NULL;
}

static bool
is_reply_code(const char *text, size_t at, size_t len)
{
	size_t left = len - at < NEAR ? len - at : NEAR;
	char code[4];

	if (left < 5 ||
	    (text[at + 3] != ' ' && text[at + 3] != '-' && text[at + 3] != ':'))
		return false;
	memcpy(code, text + at, 3);
	code[3] = '\0';
	if (!IS_ONE_OF(code, reply_codes))
		return false;
	for (size_t i = 0; i < sizeof(reply_words) / sizeof(reply_words[0]);
	     i++) {
		if (holds(text + at, left, reply_words[i]))
			return true;
	}
	return false;
}

static bool
has_address_near(const char *text, size_t at, size_t len)
{
	size_t begin = at > NEAR ? at - NEAR : 0;
	size_t end = len - at > NEAR ? at + NEAR : len;

	return memchr(text + begin, '@', end - begin) != NULL;
}

static void
look_for_code(struct notice *notice)
{
	const char *text = notice->text;
	size_t len = notice->text_len;

	for (size_t at = 0; at < len; at++) {
		if (text[at] != '5' && text[at] != '4')
			continue;
		if (at > 0 && (isalnum((unsigned char)text[at - 1]) ||
				  strchr("./-@", text[at - 1]) != NULL))
			continue;
		if (!is_status_code(text, at, len) &&
		    !is_reply_code(text, at, len))
			continue;
		if (has_address_near(text, at, len)) {
			finding_add(&notice->findings, BACKSCATTER_DSN,
			    FAMILY_CODE, "code-by-address");
			return;
		}
	}
}

/* --- the report and the original -------------------------------------------
 */

static void
look_at_structure(struct notice *notice)
{
	struct findings *findings = &notice->findings;
	unsigned count;
	const struct message_part *parts =
	    message_parts(notice->message, &count);

	if (notice->has_report)
		finding_add(findings, BACKSCATTER_DSN, FAMILY_STRUCTURE,
		    "report-delivery-status");
	else if (notice->inline_report)
		finding_add(findings, BACKSCATTER_DSN, FAMILY_STRUCTURE,
		    "inline-delivery-status");
	else if (notice->dsn.has_recipient)
		finding_add(findings, BACKSCATTER_DSN, FAMILY_STRUCTURE,
		    "report-without-action");
	if (count > 0 && strcmp(parts[0].type, "multipart/report") == 0 &&
	    strcmp(parts[0].report_type, "delivery-status") == 0)
		signs_add(findings->signs, "labelled-report");
	if (notice->original.found)
		finding_add(findings, BACKSCATTER_DSN, FAMILY_ORIGINAL,
		    "original-quoted");
}

void
bounce_text_look(struct notice *notice)
{
	look_at_structure(notice);
	look_at_envelope(notice);
	look_at_from(notice);
	notice_look_fields(notice, fields, sizeof(fields) / sizeof(fields[0]));
	look_for_code(notice);
}
