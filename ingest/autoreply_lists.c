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

/* What such notices are called. */
/* That somebody has to approve: robots of other trades write it as well. */
#define WAITS(text, language)                                                  \
	{                                                                      \
		text, "subject-held-" language, BACKSCATTER_AUTOREPLY,         \
		    FAMILY_HELD, PHRASE_ANYWHERE                               \
	}
#define REPLY(text)                                                            \
	{                                                                      \
		text, "subject-auto-list", BACKSCATTER_AUTOREPLY,              \
		    FAMILY_SUBJECT, PHRASE_START                               \
	}
static const struct phrase subjects[] = {
	WAITS("is awaiting moderation", "en"),
	WAITS("is pending approval", "en"),
	WAITS("is awaiting approval", "en"),
	WAITS("pending moderator approval", "en"),
	WAITS("awaits moderator approval", "en"),
	WAITS("message awaiting moderator", "en"),
	WAITS("requires moderator approval", "en"),
	WAITS("moderation in progress", "en"),
	WAITS("espera l'aprovació", "ca"),
	WAITS("pendent d'aprovació", "ca"),
	WAITS("čeká na schválení", "cs"),
	WAITS("čeká na souhlas", "cs"),
	WAITS("afventer godkendelse", "da"),
	WAITS("venter på godkendelse", "da"),
	WAITS("wartet auf bestätigung", "de"),
	WAITS("wartet auf die freigabe", "de"),
	WAITS("wartet auf freigabe", "de"),
	WAITS("wartet auf genehmigung", "de"),
	WAITS("wartet auf die genehmigung", "de"),
	WAITS("espera la aprobación", "es"),
	WAITS("pendiente de aprobación", "es"),
	WAITS("espera de aprobación", "es"),
	WAITS("odottaa hyväksyntää", "fi"),
	WAITS("en attente d'approbation", "fr"),
	WAITS("attend l'approbation", "fr"),
	WAITS("ממתינה לאישור", "he"),
	WAITS("čeka odobrenje", "hr"),
	WAITS("jóváhagyásra vár", "hu"),
	WAITS("jóváhagyására vár", "hu"),
	WAITS("engedélyezésre vár", "hu"),
	WAITS("in attesa di approvazione", "it"),
	WAITS("承認待ち", "ja"),
	WAITS("承認を待って", "ja"),
	WAITS("승인을 기다", "ko"),
	WAITS("request to mailing list", "list"),
	WAITS("post acknowledg", "list"),
	WAITS("venter på godkjen", "nb"),
	WAITS("wacht op goedkeuring", "nl"),
	WAITS("wacht op toestemming", "nl"),
	WAITS("oczekuje na zatwierdzenie", "pl"),
	WAITS("oczekuje na akceptację", "pl"),
	WAITS("aguarda aprovação", "pt"),
	WAITS("aguardando aprovação", "pt"),
	WAITS("așteaptă aprob", "ro"),
	WAITS("asteapta aprob", "ro"),
	WAITS("ожидает проверки", "ru"),
	WAITS("ожидает одобрения", "ru"),
	WAITS("ожидает подтверждения", "ru"),
	WAITS("čaká na schválenie", "sk"),
	WAITS("čaka na odobritev", "sl"),
	WAITS("чека одобрење", "sr"),
	WAITS("väntar på godkännande", "sv"),
	WAITS("inväntar godkännande", "sv"),
	WAITS("onay bekliyor", "tr"),
	WAITS("onayını bekliyor", "tr"),
	WAITS("chờ duyệt", "vi"),
	WAITS("等待审核", "zh"),
	WAITS("等待审批", "zh"),
	WAITS("等待批准", "zh"),
	WAITS("等候審核", "zh"),
	REPLY("post to*denied"),
	REPLY("post to*rejected"),
	REPLY("post to*moderat"),
	REPLY("moderate for "),
	REPLY("awaiting release to"),
	REPLY("unable to unsubscribe from"),
	REPLY("unable to subscribe to"),
	REPLY("already subscribed to"),
	REPLY("majordomo results"),
	REPLY("rejected posting to"),
	REPLY("output of your job"),
	REPLY("ecartis command results"),
	REPLY("listar command results"),
};
const struct phrase_table autoreply_list_subjects = { subjects,
	sizeof(subjects) / sizeof(subjects[0]) };
