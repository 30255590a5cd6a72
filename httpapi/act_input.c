#include "httpapi/act_input.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/listing.h"

/* --- members -------------------------------------------------------------- */

enum member_type { MEMBER_TEXT, MEMBER_NUMBER, MEMBER_TRUTH, MEMBER_LIST };

static const struct {
	const char *name;
	enum member_type type;
} members[] = {
	{ "all", MEMBER_TRUTH },
	{ "asked_at", MEMBER_TEXT },
	{ "campaign", MEMBER_TEXT },
	{ "clients", MEMBER_TEXT },
	{ "decision", MEMBER_TEXT },
	{ "disabled", MEMBER_TRUTH },
	{ "dry_run", MEMBER_TRUTH },
	{ "from", MEMBER_TEXT },
	{ "into", MEMBER_TEXT },
	{ "name", MEMBER_TEXT },
	{ "password", MEMBER_TEXT },
	{ "pattern", MEMBER_TEXT },
	{ "prefix", MEMBER_TEXT },
	{ "reason", MEMBER_TEXT },
	{ "role", MEMBER_TEXT },
	{ "sensor", MEMBER_NUMBER },
	{ "sign_out", MEMBER_TRUTH },
	{ "state", MEMBER_TEXT },
	{ "to", MEMBER_TEXT },
	{ "totp", MEMBER_TEXT },
	{ "trap", MEMBER_TEXT },
	{ "units", MEMBER_LIST },
	{ "until", MEMBER_TEXT },
	{ "weight", MEMBER_NUMBER },
};
#define MEMBERS (sizeof(members) / sizeof(members[0]))

static bool
is_of(const json_t *value, enum member_type type)
{
	switch (type) {
	case MEMBER_TEXT:
		return json_is_string(value);
	case MEMBER_NUMBER:
		return json_is_integer(value);
	case MEMBER_TRUTH:
		return json_is_boolean(value);
	default:
		return json_is_array(value);
	}
}

const char *
act_input_refusal(const json_t *input)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)input, name, value)
	{
		size_t i = 0;

		while (i < MEMBERS && strcmp(members[i].name, name) != 0)
			i++;
		if (i == MEMBERS)
			return "The body has a member that means nothing here.";
		if (!is_of(value, members[i].type))
			return "A member of the body is not of its type.";
	}
	return NULL;
}

/* --- one of them ---------------------------------------------------------- */

int
act_refuse(struct act *act, int code, const char *why)
{
	act->why = why;
	return code;
}

int
act_refuse_at(struct act *act, const char *at, const char *why)
{
	act->at = at;
	return act_refuse(act, ERROR_FORMAT, why);
}

int
act_prefix(struct act *act, const char *text, struct ipprefix *prefix)
{
	struct ipaddr address;

	if (text != NULL && ipaddr_parse(text, &address) == 0) {
		prefix->address = listing_unit(&address);
		prefix->length = ipaddr_is_ipv4(&address) ? 128 : 64;
		return 0;
	}
	if (text != NULL && ipprefix_parse(text, prefix) == 0)
		return 0;
	return act_refuse_at(act, "prefix",
	    "An address is expected, or a prefix with zeros behind it.");
}

const char *
act_text(const struct act *act, const char *name)
{
	return json_string_value(json_object_get(act->input, name));
}

int
act_until(struct act *act, int64_t *until)
{
	const char *text = act_text(act, "until");

	*until = 0;
	if (text == NULL || text[0] == '\0')
		return 0;
	if (clock_parse(text, act->now, until) != 0)
		return act_refuse_at(act, "until",
		    "The end is no time: 12h, 30d, 2026-12-31 or "
		    "2026-12-31T12:00:00Z.");
	if (*until > act->now)
		return 0;
	act->at = "until";
	return act_refuse(act, ERROR_REFUSED, "That time is over already.");
}

int
act_reason(struct act *act, const char **reason)
{
	const char *text = act_text(act, "reason");

	*reason = text != NULL ? text : "";
	if (strlen(*reason) > LISTING_REASON_MAX)
		return act_refuse_at(
		    act, "reason", "The reason is longer than 200 octets.");
	return 0;
}
