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
	"anti-virus", "virus scan", "virusscan", "virus checker", "viruscheck",
	"viruswall", "virus-", "virus alert", "virusalert", "virus notif",
	"amavis", "scanmail", "interscan", "groupshield", "mailsweeper",
	"mailmarshal", "symantec", "mcafee", "sophos", "kaspersky",
	"trend micro", "clamav", "content filter", "content-filter",
	"mimesweeper", "f-secure", "avast", "drweb", "dr.web", "antigen",
	"mailsecurity", "mail security", "antivir", "sybari", "norton", "panda",
	"nod32", "virus gateway", "email scanner", "mail scanner",
	"virusfilter", "virus filter", "scanner@", "esafe" };

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

/* How notices name the sender of the mail they found, before its address. */
static const char *const sender_words[] = { "from", "sender", "von ",
	"absender", "expediteur", "de:", "remitente", "mittente", "afzender",
	"van:", "avsandare", "fran:", "afsender", "fra:", "nadawc",
	"od:", "отправител", "от:", "gonderen", "送信者", "差出人", "发件人",
	"寄件者", "보낸" };
/* Octets before an address in which such a word stands. */
#define SENDER_WORD_WITHIN 24

static bool
is_named_sender(const char *text, const char *at)
{
	size_t len = (size_t)(at - text);
	const char *begin =
	    len > SENDER_WORD_WITHIN ? at - SENDER_WORD_WITHIN : text;

	for (size_t i = 0; i < sizeof(sender_words) / sizeof(sender_words[0]);
	     i++) {
		if (memmem(begin, (size_t)(at - begin), sender_words[i],
			strlen(sender_words[i])) != NULL)
			return true;
	}
	return false;
}

/* It found something in a mail of the reader's, whose address it gives. */
static void
look_for_named_sender(struct notice *notice)
{
	const struct envelope *envelope = notice->envelope;

	for (unsigned i = 0; i < envelope->recipient_count; i++) {
		const char *path = envelope->recipients[i].path, *at;

		if (*path == '\0')
			continue;
		at = strcasestr(notice->text, path);
		if (at != NULL && is_named_sender(notice->text, at)) {
			finding_add(&notice->findings, BACKSCATTER_VIRUS_NOTICE,
			    FAMILY_REPLY, "named-as-sender");
			return;
		}
	}
}

void
virus_notice_look(struct notice *notice)
{
	look_for_named_sender(notice);
	notice_look_fields(notice, fields, sizeof(fields) / sizeof(fields[0]));
	look_at_mailscanner(notice);
	look_at_from(notice);
	if (notice_sender_is_null(notice))
		finding_add(&notice->findings, BACKSCATTER_VIRUS_NOTICE,
		    FAMILY_ENVELOPE, "null-sender");
}
