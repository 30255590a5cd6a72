#include "ingest/notice.h"

/*
 * What software of mailing lists says that asks to confirm a subscription: a
 * request to join a list, which anybody may have typed into a form.
 */
#define JOINS(text)                                                            \
	{                                                                      \
		text, "subscription-request", BACKSCATTER_CHALLENGE,           \
		    FAMILY_SYSTEM, PHRASE_ANYWHERE                             \
	}
static const struct phrase phrases[] = {
	{ "?subject=confirm", "token-link", BACKSCATTER_CHALLENGE, FAMILY_TOKEN,
	    PHRASE_ANYWHERE },
	JOINS("for subscription of your email address"),
	JOINS("for subscription of your e-mail address"),
	JOINS("for the removal of your email address"),
	JOINS("subscription of your address to the"),
	JOINS("to confirm that you would like"),
	JOINS("/mailman/confirm/"),
	JOINS("you must first confirm that this is your email"),
	JOINS("asked to subscribe your address"),
	JOINS("command confirmation"),
	JOINS("asked to be subscribed to"),
	JOINS("registration request for the email address"),
	JOINS("added to the list, please send"),
	JOINS("subscribe request for"),
	JOINS("requested to join the mailing list"),
	JOINS("has requested that your email address"),
	JOINS("must now reply to this message"),
};
const struct phrase_table challenge_lists = { phrases,
	sizeof(phrases) / sizeof(phrases[0]) };
