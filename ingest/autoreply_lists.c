#include "ingest/notice.h"

/*
 * What software of mailing lists says to those whose mail it did not take, by
 * program or language (ISO 639-1).
 */
#define LISTBOT(text, program)                                                 \
	{                                                                      \
		text, "text-" program, BACKSCATTER_AUTOREPLY, FAMILY_SYSTEM,   \
		    PHRASE_START                                               \
	}
#define HELD(text, language)                                                   \
	{                                                                      \
		text, "text-held-" language, BACKSCATTER_AUTOREPLY,            \
		    FAMILY_TEXT, PHRASE_ANYWHERE                               \
	}
static const struct phrase phrases[] = {
	HELD("unknown command - \"", "listserv"),
	HELD("bis der moderator der liste", "de"),
	HELD("bis der listenmoderator", "de"),
	HELD("nicht mitglied der liste", "de"),
	HELD("nur mitglieder*liste", "de"),
	HELD("job execution complete", "ecartis"),
	HELD("is being held until the list moderator", "en"),
	HELD("held for moderator approval", "en"),
	HELD("awaiting moderator approval", "en"),
	HELD("awaits moderator approval", "en"),
	HELD("waiting for moderator", "en"),
	HELD("moderators are being asked to", "en"),
	HELD("the moderators of the list", "en"),
	HELD("not allowed to post to", "en"),
	HELD("you are not subscribed to this list", "en"),
	HELD("post by non-member to a members-only list", "en"),
	HELD("held for moderation", "en"),
	HELD("you are not allowed to post", "en"),
	HELD("forwarded to the list's moderators", "en"),
	HELD("has been forwarded to the moderator", "en"),
	HELD("pending approval by a moderator", "en"),
	HELD("pending approval by the moderator", "en"),
	HELD("no está suscrito", "es"),
	HELD("moderador de la lista", "es"),
	LISTBOT("hi! this is the ezmlm program", "ezmlm"),
	LISTBOT("bonjour, ici le programme ezmlm", "ezmlm"),
	LISTBOT("hallo, dies ist das ezmlm-programm", "ezmlm"),
	LISTBOT("hola! este es el programa ezmlm", "ezmlm"),
	HELD("modérateur de la liste", "fr"),
	HELD("pas abonné", "fr"),
	HELD("moderatore della lista", "it"),
	HELD("non è iscritto", "it"),
	HELD("non sei iscritto", "it"),
	HELD("登録されていない", "ja"),
	HELD("投稿は受け付け", "ja"),
	HELD("/mailman/confirm/", "link"),
	HELD("/mailman3/", "link"),
	HELD("not authorized to send mail to the", "listserv"),
	HELD("you are not authorized to send mail to the", "listserv"),
	HELD("summary of resource utilization", "listserv"),
	LISTBOT("hi, this is the mlmmj program", "mlmmj"),
	LISTBOT("greetings! this is the mlmmj program", "mlmmj"),
	LISTBOT("hallo, dies ist das mlmmj-programm", "mlmmj"),
	LISTBOT("bonjour, ici le programme mlmmj", "mlmmj"),
	HELD("message has been rejected by the list", "sympa"),
	HELD("n'a pas été diffusé", "sympa"),
	HELD("envoyer un message à cette liste", "sympa"),
	HELD("pas autorisé à envoyer", "sympa"),
	{ "**** command '", "text-majordomo", BACKSCATTER_AUTOREPLY,
	    FAMILY_TEXT, PHRASE_ANYWHERE },
	{ "**** help for majordomo", "text-majordomo", BACKSCATTER_AUTOREPLY,
	    FAMILY_TEXT, PHRASE_ANYWHERE },
};
const struct phrase_table autoreply_lists = { phrases,
	sizeof(phrases) / sizeof(phrases[0]) };
