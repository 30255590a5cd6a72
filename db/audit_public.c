#include <stdio.h>
#include <string.h>

#include "common/ipaddr.h"
#include "db/audit.h"

/* What the public may know of; "listed" and what ended it, and big acts. */
static const char *const events[] = { "listed", "expired", "delisted",
	"withdrawn", "exempted", "removed", "manual", "manual_expired",
	"imported", "strict", "strict_ended", "callout_listed",
	"callout_expired", "exempt", "purged", "guard_holds", "guard_released",
	"policy_changed", "policy_in_force", "zone_applied", "shutdown",
	"restored", "upgraded" };

/* Of the details those that name no trap and let nobody recognise himself. */
static const char *const keys[] = { "kind", "step", "units", "until", "preset",
	"list_score", "relist_score", "networks", "evidence", "addresses",
	"ended", "additions", "seconds", "serial", "zone", "stage", "changed",
	"format" };

#define HOUR 3600

static bool
is_one_of(const char *const *list, size_t count, const char *word, size_t len)
{
	for (size_t i = 0; i < count; i++) {
		if (strlen(list[i]) == len && memcmp(list[i], word, len) == 0)
			return true;
	}
	return false;
}
#define IS_ONE_OF(list, word, len)                                             \
	is_one_of(list, sizeof(list) / sizeof((list)[0]), word, len)

/* "bsblctl:NAME" is whoever runs the list. */
static void
redact_who(const char *from, char *to, size_t size)
{
	snprintf(to, size, "%s", strchr(from, ':') != NULL ? "operator" : from);
}

/* The network it lies in; what is no address is left out. */
static void
redact_subject(const char *from, char *to, size_t size)
{
	char text[IPPREFIX_TEXT_MAX];
	struct ipprefix prefix, network;

	to[0] = '\0';
	if (ipaddr_parse(from, &prefix.address) == 0)
		prefix.length = 128;
	else if (ipprefix_parse(from, &prefix) != 0)
		return;
	network = ipaddr_network(&prefix.address, 24, 48);
	if (prefix.length > network.length)
		prefix = network;
	snprintf(to, size, "%s", ipprefix_format(&prefix, text));
}

/* A value may be quoted, with blanks in it. */
static size_t
pair_len(const char *text)
{
	bool quoted = false;
	size_t len = 0;

	for (; text[len] != '\0' && (quoted || text[len] != ' '); len++)
		quoted ^= text[len] == '"';
	return len;
}

static void
redact_details(const char *from, char *to, size_t size)
{
	size_t used = 0;

	to[0] = '\0';
	while (*from != '\0') {
		size_t len = pair_len(from), name = strcspn(from, "= ");

		if (IS_ONE_OF(keys, from, name) && used + len + 2 <= size)
			used += (size_t)snprintf(to + used, size - used,
			    "%s%.*s", used > 0 ? " " : "", (int)len, from);
		from += len;
		from += strspn(from, " ");
	}
}

bool
audit_redact(const struct audit_entry *entry, struct audit_entry *redacted)
{
	if (!IS_ONE_OF(events, entry->what, strlen(entry->what)))
		return false;
	*redacted = *entry;
	redacted->at -= redacted->at % HOUR;
	redact_who(entry->who, redacted->who, sizeof(redacted->who));
	redact_subject(
	    entry->subject, redacted->subject, sizeof(redacted->subject));
	redact_details(
	    entry->details, redacted->details, sizeof(redacted->details));
	return true;
}
