#include "ingest/notice.h"

#include <string.h>
#include <strings.h>

/*
 * Mail that came through a list, and what lists tell those who run them.
 */

static const char *const list_fields[] = { "List-Id", "List-Post",
	"X-Mailing-List", "X-BeenThere", "Mailing-List", "List-Unsubscribe",
	"X-Mailman-Version", "X-ML-Name" };

/* What follows the list's name in the addresses that it manages itself by. */
static const char *const administrative[] = { "-admin", "-owner", "-bounces",
	"-bounce", "-request", "-errors", "-return", "owner-" };

bool
notice_is_administrative(const char *address)
{
	size_t len = strcspn(address, "@+");

	for (size_t i = 0;
	     i < sizeof(administrative) / sizeof(administrative[0]); i++) {
		size_t n = strlen(administrative[i]);

		if (len > n &&
		    (strncasecmp(address + len - n, administrative[i], n) ==
			    0 ||
			strncasecmp(address, administrative[i], n) == 0))
			return true;
	}
	return false;
}

/* RFC 2919: a list's name is most often its address, with a dot for the "@". */
static bool
is_list_name(struct notice *notice, const char *address)
{
	const char *value = message_field(notice->message, "List-Id");
	const char *name = value == NULL ? NULL : strrchr(value, '<');
	const char *at = strchr(address, '@');
	size_t local = at == NULL ? 0 : (size_t)(at - address);

	return name != NULL && local > 0 &&
	       strncasecmp(name + 1, address, local) == 0 &&
	       name[1 + local] == '.' &&
	       strncasecmp(name + 2 + local, at + 1, strlen(at + 1)) == 0 &&
	       name[2 + local + strlen(at + 1)] == '>';
}

/* Fields that name the address by which a list is posted to. */
static const char *const post_fields[] = { "List-Post", "X-BeenThere",
	"X-Mailing-List" };

static bool
is_posting_address(struct notice *notice, const char *address)
{
	char post[MESSAGE_ADDRESS_MAX];

	for (size_t i = 0; i < sizeof(post_fields) / sizeof(post_fields[0]);
	     i++) {
		const char *value =
		    message_field(notice->message, post_fields[i]);
		const char *begin = post;

		if (message_address(value, post) == 0)
			continue;
		if (strncmp(post, "mailto:", 7) == 0)
			begin += 7;
		if (strcmp(begin, address) == 0)
			return true;
	}
	return is_list_name(notice, address);
}

bool
notice_is_listed(const struct notice *notice)
{
	for (size_t i = 0; i < sizeof(list_fields) / sizeof(list_fields[0]);
	     i++) {
		if (message_field(notice->message, list_fields[i]) != NULL)
			return true;
	}
	return false;
}

static bool
same_site(const char *a, const char *b)
{
	return strcmp(a + strcspn(a, "@"), b + strcspn(b, "@")) == 0;
}

/* What the software of a list tells those who run it. */
static bool
is_for_administrator(struct notice *notice, const char *to)
{
	char from[MESSAGE_ADDRESS_MAX];
	const char *value = message_field(notice->message, "From");

	return message_field(notice->message, "X-List-Administrivia") != NULL &&
	       notice_is_administrative(to) &&
	       message_address(value, from) > 0 &&
	       notice_is_administrative(from) && same_site(from, to);
}

/* ezmlm tells subscribers that mail to them came back. */
static const char *const member_senders[] = { "-return-warn-",
	"-return-probe-" };

/*
 * "list-return-100-user=example.test@": a list's bounces, one by one, as ezmlm
 * and Google Groups tell them.
 */
static bool
is_list_sender(const char *sender)
{
	return notice_is_administrative(sender) ||
	       strstr(sender, "-return-") != NULL ||
	       strstr(sender, "+bnc") != NULL;
}

/* "garden-help@..." of the list that is posted to by "garden@...". */
static bool
is_address_of_list(struct notice *notice, const char *address)
{
	char post[MESSAGE_ADDRESS_MAX];
	const char *begin = post;
	size_t len;

	message_address(message_field(notice->message, "List-Post"), post);
	if (strncmp(post, "mailto:", 7) == 0)
		begin += 7;
	len = strcspn(begin, "@");
	return notice_is_administrative(address) ||
	       (len > 0 && strncmp(address, begin, len) == 0 &&
		   strchr("-+@", address[len]) != NULL);
}

/*
 * An absence that a member's program told the whole list: from a person, by
 * way of the list's own sender.
 */
static bool
is_passed_on(struct notice *notice)
{
	const struct envelope *envelope = notice->envelope;
	const char *from = message_field(notice->message, "From");
	char address[MESSAGE_ADDRESS_MAX];

	return envelope->sender_known && is_list_sender(envelope->sender) &&
	       !finding_has(&notice->findings, BACKSCATTER_DSN, FAMILY_FROM) &&
	       message_address(from, address) > 0 &&
	       !is_address_of_list(notice, address) &&
	       (message_field(notice->message, "List-Post") != NULL ||
		   message_field(notice->message, "X-Mailing-List") != NULL);
}

/* What a list passes on has its own sender: here is none, or may be none. */
static bool
is_bounce_to_list(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return notice_sender_is_null(notice) ||
	       (!notice->envelope->sender_known &&
		   message_field(notice->message, "X-BeenThere") == NULL &&
		   message_field(notice->message, "List-Post") == NULL &&
		   finding_has(findings, BACKSCATTER_DSN, FAMILY_FROM) &&
		   finding_has(findings, BACKSCATTER_DSN, FAMILY_FIELD));
}

static bool
is_for_member(const struct notice *notice)
{
	const struct envelope *envelope = notice->envelope;

	for (size_t i = 0;
	     i < sizeof(member_senders) / sizeof(member_senders[0]); i++) {
		if (envelope->sender_known &&
		    strstr(envelope->sender, member_senders[i]) != NULL)
			return true;
	}
	return signs_have(notice->findings.signs, "list-moderation");
}

/*
 * A list sends from its own address, never from the null one; and what it
 * passes on was addressed to the list. A bounce addressed to one of the list's
 * administrative addresses answered mail of the list.
 */
const char *
list_look(struct notice *notice)
{
	const char *to = message_field(notice->message, "To");
	char address[MESSAGE_ADDRESS_MAX];

	if ((message_address(to, address) > 0 &&
		is_for_administrator(notice, address)) ||
	    is_for_member(notice))
		return "list-administration";
	/* Notices of the list software itself are no list mail. */
	if (!notice_is_listed(notice) ||
	    message_field(notice->message, "X-List-Administrivia") != NULL)
		return NULL;
	if (is_passed_on(notice))
		return "list-mail";
	if (message_address(to, address) > 0) {
		if (is_posting_address(notice, address))
			return "list-mail";
		if (notice_is_administrative(address))
			return NULL;
		/* Addressed to the trap itself, not by way of a list. */
		if (notice_is_trap(notice, address) &&
		    message_field(notice->message, "X-BeenThere") == NULL)
			return NULL;
	}
	return is_bounce_to_list(notice) ? NULL : "list-mail";
}
