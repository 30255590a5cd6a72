#include "ingest/notice.h"

#include <string.h>
#include <strings.h>

#include "ingest/fold.h"
#include "ingest/received.h"

bool
notice_field(
    struct notice *notice, const char *name, char value[NOTICE_VALUE_MAX])
{
	const char *decoded = message_field(notice->message, name);

	value[0] = '\0';
	if (decoded == NULL)
		return false;
	fold_text(decoded, strlen(decoded), value, NOTICE_VALUE_MAX);
	return true;
}

static bool
matches(const char *value, const char *pattern)
{
	if (pattern == NULL)
		return true;
	if (*pattern == '^')
		return strncmp(value, pattern + 1, strlen(pattern + 1)) == 0;
	return strstr(value, pattern) != NULL;
}

void
notice_look_fields(
    struct notice *notice, const struct field_sign *rows, size_t count)
{
	char value[NOTICE_VALUE_MAX];
	const char *last = NULL;
	bool present = false;

	/* Rows of one name stand together: it is looked up once. */
	for (size_t i = 0; i < count; i++) {
		if (last != rows[i].name &&
		    (last == NULL || strcmp(last, rows[i].name) != 0)) {
			last = rows[i].name;
			present = notice_field(notice, last, value);
		}
		if (present && matches(value, rows[i].value))
			finding_add(&notice->findings, rows[i].kind,
			    rows[i].family, rows[i].sign);
	}
}

bool
notice_sender_is_null(const struct notice *notice)
{
	return notice->envelope->sender_known &&
	       notice->envelope->sender[0] == '\0';
}

static bool
is_domain_or_below(const char *name, size_t len, const char *domain)
{
	size_t n = strlen(domain);

	return len >= n && strncasecmp(name + len - n, domain, n) == 0 &&
	       (len == n || name[len - n - 1] == '.');
}

/* More than these are a long conversation, which no trap has had. */
#define IDS_MAX 16

static bool
names_id_of(const char *value, const char *domain)
{
	const char *at = value;

	for (unsigned i = 0; at != NULL && i < IDS_MAX; i++) {
		at = strchr(at, '@');
		if (at != NULL &&
		    is_domain_or_below(at + 1, strcspn(at + 1, "> \t"), domain))
			return true;
		at = at == NULL ? NULL : at + 1;
	}
	return false;
}

static bool
answers_domain_of(const struct notice *notice, const char *path)
{
	static const char *const names[] = { "In-Reply-To", "References" };
	const char *at = strrchr(path, '@');

	for (size_t i = 0; at != NULL && i < sizeof(names) / sizeof(names[0]);
	     i++) {
		if (names_id_of(
			message_field(notice->message, names[i]), at + 1))
			return true;
	}
	return false;
}

bool
notice_answers_trap(const struct notice *notice)
{
	return notice->recipient != NULL &&
	       answers_domain_of(notice, notice->recipient->path);
}

/* Does it answer an id of the organisation that the field's value names? */
static bool
answers_organisation_of(const struct notice *notice, const char *name)
{
	char address[MESSAGE_ADDRESS_MAX];
	const char *at;

	message_address(message_field(notice->message, name), address);
	at = strrchr(address, '@');
	return at != NULL &&
	       names_id_of(message_field(notice->message, "In-Reply-To"),
		   received_organisation(at + 1));
}

bool
notice_answers_itself(const struct notice *notice)
{
	const struct envelope *envelope = notice->envelope;

	if (message_field(notice->message, "In-Reply-To") == NULL ||
	    (!answers_organisation_of(notice, "From") &&
		!answers_organisation_of(notice, "Message-ID")))
		return false;
	for (unsigned i = 0; i < envelope->recipient_count; i++) {
		if (answers_domain_of(notice, envelope->recipients[i].path))
			return false;
	}
	return true;
}

static bool
same_domain(const char *a, const char *b)
{
	a = strrchr(a, '@');
	b = strrchr(b, '@');
	return a != NULL && b != NULL && strcasecmp(a, b) == 0;
}

/* A role address (trap 0) stands for itself alone. */
static bool
same_trap(
    const struct envelope_recipient *a, const struct envelope_recipient *b)
{
	return a == b || (a->trap != 0 && a->trap == b->trap);
}

bool
notice_is_trap(const struct notice *notice, const char *address)
{
	const struct envelope *envelope = notice->envelope;
	const struct envelope_recipient *trap = notice->recipient;

	if (trap == NULL || *address == '\0')
		return false;
	for (unsigned i = 0; i < envelope->recipient_count; i++) {
		const struct envelope_recipient *other =
		    &envelope->recipients[i];

		if (!same_trap(trap, other))
			continue;
		if (strcasecmp(other->path, address) == 0 ||
		    (other->whole_domain && same_domain(other->path, address)))
			return true;
	}
	return false;
}
