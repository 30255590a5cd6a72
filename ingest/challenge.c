#include "ingest/notice.h"

#include <string.h>

/*
 * Challenge-response: "prove that you are a person and your message will be
 * delivered", and requests to confirm a subscription that a mail asked for.
 */
#define VENDOR(name, value, sign)                                              \
	{                                                                      \
		name, value, sign, BACKSCATTER_CHALLENGE, FAMILY_MARK          \
	}
/* Written into ordinary mail of the system's users as well. */
#define USER(name, value, sign)                                                \
	{                                                                      \
		name, value, sign, BACKSCATTER_CHALLENGE, FAMILY_FIELD         \
	}
static const struct field_sign fields[] = {
	VENDOR("X-Bluebottle-Request", NULL, "bluebottle"),
	USER("X-Delivery-Agent", "^tmda", "tmda"),
	VENDOR("X-TMDA-Confirm", NULL, "tmda"),
	USER("X-AskVersion", NULL, "ask"),
	USER("X-ASK-Auth", NULL, "ask"),
	VENDOR("X-Boxtrapper", NULL, "boxtrapper"),
	USER("X-Spamarrest-noauth", NULL, "spamarrest"),
	USER("X-Spamarrest-ID", NULL, "spamarrest"),
	USER("X-SpamArrest", NULL, "spamarrest"),
	USER("X-Qconfirm", NULL, "qconfirm"),
	USER("X-Mailinblack", NULL, "mailinblack"),
	VENDOR("X-AntiSpamUOL", NULL, "uol"),
	VENDOR("X-UOL-Challenge", NULL, "uol"),
	USER("X-Challenge", NULL, "x-challenge"),
	VENDOR("X-Boxbe-Notice", NULL, "boxbe"),
	USER("X-Vanquish", NULL, "vanquish"),
	USER("X-TMDA-Fingerprint", NULL, "tmda"),
	VENDOR("Content-Type", "mailinblack", "mailinblack"),
	VENDOR("From", "antispam uol", "uol"),
	VENDOR("From", "mailinblack", "mailinblack"),
	VENDOR("From", "boxtrapper", "boxtrapper"),
	VENDOR("Subject", "antispam uol", "uol"),
	VENDOR("X-Mailer", "qconfirm", "qconfirm"),
	VENDOR("X-Mailer", "boxtrapper", "boxtrapper"),
};

/* Senders by whom nothing else is sent. */
static const struct {
	const char *part; /* of the From value, folded by message_address */
	const char *sign;
} senders[] = {
	{ "@boxbe.com", "boxbe" },
	{ ".boxbe.com", "boxbe" },
	{ "antispam@uol.com", "uol" },
	{ "antispamuol@", "uol" },
	{ "@spamarrest.com", "spamarrest" },
	{ "@mailinblack.com", "mailinblack" },
	{ "@knowspam.net", "knowspam" },
	{ "@choicemail.com", "choicemail" },
	{ "@sendio.com", "sendio" },
};

#define ASKS(text, language)                                                   \
	{                                                                      \
		text, "subject-challenge-" language, BACKSCATTER_CHALLENGE,    \
		    FAMILY_SUBJECT, PHRASE_ANYWHERE                            \
	}
static const struct phrase subjects[] = {
	ASKS("please confirm your message", "en"),
	ASKS("please confirm your email", "en"),
	ASKS("confirm your email to", "en"),
	ASKS("please confirm (conf", "en"),
	ASKS("confirmation required", "en"),
	ASKS("requires confirmation", "en"),
	ASKS("requires your confirmation", "en"),
	ASKS("your email requires verification", "en"),
	ASKS("email verification verify#", "en"),
	ASKS("verify your email", "en"),
	ASKS("verification required", "en"),
	ASKS("message waiting for confirmation", "en"),
	ASKS("message confirmation", "en"),
	ASKS("sender verification", "en"),
	ASKS("sender confirmation", "en"),
	ASKS("sender authentication", "en"),
	ASKS("(action required)", "en"),
	ASKS("challenge response", "en"),
	ASKS("confirm subscription", "en"),
	ASKS("subscription confirmation", "en"),
	ASKS("confirm unsubscription", "en"),
	ASKS("confirm subscribe", "en"),
	ASKS("your confirmation is required to join", "en"),
	ASKS("your confirmation is required to leave", "en"),
	{ "confirm ", "subject-challenge-token", BACKSCATTER_CHALLENGE,
	    FAMILY_SUBJECT, PHRASE_START },
	ASKS("bestätigung erforderlich", "de"),
	ASKS("bitte bestätigen", "de"),
	ASKS("confirmation requise", "fr"),
	ASKS("authentification requise", "fr"),
	ASKS("demande d'authentification", "fr"),
	ASKS("confirmez votre", "fr"),
	ASKS("confirmación requerida", "es"),
	ASKS("confirme su mensaje", "es"),
	ASKS("confirmação de e-mail", "pt"),
	ASKS("antispam uol", "pt"),
	ASKS("conferma richiesta", "it"),
	ASKS("potwierdzenie wymagane", "pl"),
	ASKS("подтвердите", "ru"),
	ASKS("подтверждение отправки", "ru"),
	ASKS("確認メール", "ja"),
	ASKS("送信確認", "ja"),
};
const struct phrase_table challenge_subjects = { subjects,
	sizeof(subjects) / sizeof(subjects[0]) };

/* A request to join a list, which anybody may have typed into a form. */
#define JOINS(text)                                                            \
	{                                                                      \
		text, "subscription-request", BACKSCATTER_CHALLENGE,           \
		    FAMILY_SYSTEM, PHRASE_ANYWHERE                             \
	}
#define DEMANDS(text, language)                                                \
	{                                                                      \
		text, "text-challenge-" language, BACKSCATTER_CHALLENGE,       \
		    FAMILY_TEXT, PHRASE_ANYWHERE                               \
	}
#define HOLDS(text, language)                                                  \
	{                                                                      \
		text, "text-held-for-sender-" language, BACKSCATTER_CHALLENGE, \
		    FAMILY_LINK, PHRASE_ANYWHERE                               \
	}
static const struct phrase phrases[] = {
	JOINS("for subscription of your email address"),
	JOINS("for subscription of your e-mail address"),
	JOINS("for the removal of your email address"),
	JOINS("subscription of your address to the"),
	JOINS("to confirm that you would like"),
	JOINS("/mailman/confirm/"),
	JOINS("requested to join the mailing list"),
	JOINS("has requested that your email address"),
	DEMANDS("confirm that you sent", "en"),
	DEMANDS("confirm you sent", "en"),
	DEMANDS("confirm your message", "en"),
	DEMANDS("to confirm that your message", "en"),
	DEMANDS("verify that you are a", "en"),
	DEMANDS("verify you are a human", "en"),
	DEMANDS("verify that you are human", "en"),
	DEMANDS("prove you are human", "en"),
	DEMANDS("prove that you are", "en"),
	DEMANDS("verify that you sent", "en"),
	DEMANDS("verify your email address to", "en"),
	DEMANDS("confirm your identity as", "en"),
	DEMANDS("have your address added", "en"),
	DEMANDS("add yourself to my guest list", "en"),
	DEMANDS("recipient's allowed list", "en"),
	DEMANDS("sender verification", "en"),
	DEMANDS("one-time confirmation", "en"),
	DEMANDS("simply reply to this", "en"),
	DEMANDS("just reply to this", "en"),
	DEMANDS("replying to this message", "en"),
	DEMANDS("controls unsolicited", "en"),
	DEMANDS("confirmer que vous", "fr"),
	DEMANDS("vous authentifier", "fr"),
	DEMANDS("confirme o envio", "pt"),
	HOLDS("is being held", "en"),
	HOLDS("has been held", "en"),
	HOLDS("held awaiting", "en"),
	HOLDS("held pending", "en"),
	HOLDS("was waitlisted", "en"),
	HOLDS("has been quarantined", "en"),
	HOLDS("awaiting your confirmation", "en"),
	HOLDS("awaiting confirmation", "en"),
	HOLDS("awaiting verification", "en"),
	HOLDS("before it can be delivered", "en"),
	HOLDS("before your message can be delivered", "en"),
	HOLDS("before delivering", "en"),
	HOLDS("before your email", "en"),
	HOLDS("delivery of your email", "en"),
	HOLDS("delivery of your message", "en"),
	HOLDS("your message will be delivered", "en"),
	HOLDS("your message to be delivered", "en"),
	HOLDS("messages will be delivered", "en"),
	HOLDS("will be released", "en"),
	HOLDS("will be delivered to", "en"),
	HOLDS("is protected", "en"),
	HOLDS("is protecting", "en"),
	HOLDS("wird zugestellt", "de"),
	HOLDS("zurückgehalten", "de"),
	HOLDS("votre message sera", "fr"),
	HOLDS("est protégé par", "fr"),
	HOLDS("est protégée par", "fr"),
	HOLDS("será entregue", "pt"),
	HOLDS("será entregado", "es"),
	HOLDS("está protegid", "es"),
	HOLDS("verrà consegnat", "it"),
	HOLDS("будет доставлено", "ru"),
};
const struct phrase_table challenge_phrases = { phrases,
	sizeof(phrases) / sizeof(phrases[0]) };

void
challenge_look(struct notice *notice)
{
	const char *from = message_field(notice->message, "From");
	char address[MESSAGE_ADDRESS_MAX];

	notice_look_fields(notice, fields, sizeof(fields) / sizeof(fields[0]));
	if (notice_sender_is_null(notice))
		finding_add(&notice->findings, BACKSCATTER_CHALLENGE,
		    FAMILY_ENVELOPE, "null-sender");
	if (message_address(from, address) == 0)
		return;
	for (size_t i = 0; i < sizeof(senders) / sizeof(senders[0]); i++) {
		if (strstr(address, senders[i].part) != NULL)
			finding_add(&notice->findings, BACKSCATTER_CHALLENGE,
			    FAMILY_MARK, senders[i].sign);
	}
}
