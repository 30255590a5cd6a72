#include "ingest/notice.h"

/*
 * Words of what looks like backscatter and is none.
 */
#define BAIT(text)                                                             \
	{                                                                      \
		text, "bait", BACKSCATTER_NONE, FAMILY_TEXT, PHRASE_ANYWHERE   \
	}
#define ROBOT(text, sign)                                                      \
	{                                                                      \
		text, sign, BACKSCATTER_NONE, FAMILY_MARK, PHRASE_ANYWHERE     \
	}
/* "Your mail could not be delivered: log in here to get it." */
static const struct phrase phrases[] = {
	BAIT("verify your account"),
	BAIT("validate your account"),
	BAIT("confirm your account"),
	BAIT("update your account"),
	BAIT("upgrade your mailbox"),
	BAIT("verify your mailbox"),
	BAIT("verify your email account"),
	BAIT("release messages"),
	BAIT("release your messages"),
	BAIT("release pending"),
	BAIT("release all"),
	BAIT("review messages"),
	BAIT("retrieve your messages"),
	BAIT("retrieve pending"),
	BAIT("recover messages"),
	BAIT("recover your"),
	BAIT("receive pending messages"),
	BAIT("incoming messages"),
	BAIT("pending messages"),
	BAIT("undelivered messages"),
	BAIT("keep same password"),
	BAIT("keep current password"),
	BAIT("your password"),
	BAIT("click here"),
	BAIT("click below"),
	BAIT("click on the link below"),
	BAIT("unsubscribe"),
	BAIT("your storage"),
	BAIT("deliver messages to inbox"),
	BAIT("move to inbox"),
	ROBOT("\"notificationtype\":\"bounce\"", "notification-service"),
	ROBOT("\"notificationtype\": \"bounce\"", "notification-service"),
	ROBOT("sns.us-", "notification-service"),
};
const struct phrase_table veto_phrases = { phrases,
	sizeof(phrases) / sizeof(phrases[0]) };

/* What a list tells its members: it answers nothing that they have posted. */
#define MEMBER(text)                                                           \
	{                                                                      \
		text, "list-membership", BACKSCATTER_NONE, FAMILY_SUBJECT,     \
		    PHRASE_ANYWHERE                                            \
	}
static const struct phrase subjects[] = {
	MEMBER("unsubscribed"),
	MEMBER("welcome to"),
	MEMBER("willkommen"),
	MEMBER("bienvenue"),
	MEMBER("bienvenid"),
	MEMBER("benvenut"),
	MEMBER("bem-vindo"),
	MEMBER("välkommen"),
	MEMBER("добро пожаловать"),
	MEMBER("membership"),
	MEMBER("subscription"),
	MEMBER("mitgliedschaft"),
	MEMBER("abonnement"),
	MEMBER("abonnent"),
	MEMBER("abgemeldet"),
	MEMBER("désabonn"),
	MEMBER("inscription"),
	MEMBER("suscripción"),
	MEMBER("iscrizione"),
	MEMBER("inscrição"),
	MEMBER("assinatura"),
	MEMBER("subskrypcj"),
	MEMBER("členství"),
	MEMBER("подписк"),
	MEMBER("üyeli"),
	MEMBER("退会"),
	MEMBER("会員"),
};
const struct phrase_table veto_subjects = { subjects,
	sizeof(subjects) / sizeof(subjects[0]) };
