#include "httpapi/act_input.h"

#include <jansson.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/listing.h"

int
act_refuse(struct act *act, int code, const char *why)
{
	act->why = why;
	return code;
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
		return act_refuse(act, ERROR_FORMAT,
		    "The end is no time: 12h, 30d, 2026-12-31 or "
		    "2026-12-31T12:00:00Z.");
	return *until > act->now ? 0
				 : act_refuse(act, ERROR_REFUSED,
				       "That time is over already.");
}

int
act_reason(struct act *act, const char **reason)
{
	const char *text = act_text(act, "reason");

	*reason = text != NULL ? text : "";
	if (strlen(*reason) > LISTING_REASON_MAX)
		return act_refuse(
		    act, ERROR_FORMAT, "The reason is longer than 200 octets.");
	return 0;
}
