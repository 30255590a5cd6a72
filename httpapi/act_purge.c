#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/trap.h"
#include "httpapi/act.h"
#include "httpapi/act_input.h"
#include "httpapi/view.h"

/* --- which ---------------------------------------------------------------- */

/* As bsblctl reads them: a distance is one back from now. */
static int
read_past(struct act *act, const char *name, int64_t usual, int64_t *at)
{
	const char *text = json_string_value(json_object_get(act->input, name));
	int64_t distance;

	*at = usual;
	if (text == NULL || text[0] == '\0')
		return 0;
	if (clock_parse_distance(text, &distance) == 0)
		*at = act->now - distance;
	else if (clock_parse(text, act->now, at) != 0)
		return act_refuse_at(act, name,
		    "A time is 12h, 30d, 2026-12-31 or "
		    "2026-12-31T12:00:00Z.");
	return 0;
}

static int
read_number(
    struct act *act, const char *text, int base, uint64_t most, uint64_t *to)
{
	char *end;

	errno = 0;
	*to = strtoull(text, &end, base);
	if (errno != 0 || end == text || *end != '\0' || *text == '-' ||
	    *to > most)
		return act_refuse_at(act, "which",
		    "A sensor is a number; a campaign has 16 hexadecimal "
		    "figures.");
	return 0;
}

static int
read_trap(struct act *act, const char *text, uint64_t *id)
{
	struct store_txn *txn;
	int code = store_begin_read(act->exchange->service->store, &txn);

	if (code != 0)
		return code;
	code = trap_id_of(txn, text, id);
	store_abort(txn);
	if (code == ERROR_FORMAT || code == ERROR_REFUSED)
		return act_refuse_at(act, "which",
		    "A trap is user@domain, @domain or @.domain.");
	return code;
}

/* One of the three, as text; a sensor may be a number, too. */
static int
read_which(struct act *act, struct purge *purge)
{
	const json_t *number = json_object_get(act->input, "sensor");
	const char *sensor = json_string_value(number);
	const char *trap =
	    json_string_value(json_object_get(act->input, "trap"));
	const char *campaign =
	    json_string_value(json_object_get(act->input, "campaign"));

	if ((number != NULL) + (trap != NULL) + (campaign != NULL) != 1)
		return act_refuse_at(
		    act, "which", "Name one of sensor, trap and campaign.");
	purge->by = trap != NULL       ? PURGE_TRAP
		    : campaign != NULL ? PURGE_CAMPAIGN
				       : PURGE_SENSOR;
	if (trap != NULL)
		return read_trap(act, trap, &purge->which);
	if (campaign != NULL)
		return read_number(
		    act, campaign, 16, UINT64_MAX, &purge->which);
	if (sensor != NULL)
		return read_number(act, sensor, 10, UINT32_MAX, &purge->which);
	purge->which = (uint64_t)json_integer_value(number);
	return json_is_integer(number) && purge->which <= UINT32_MAX
		   ? 0
		   : act_refuse_at(act, "which", "A sensor is a number.");
}

int
act_read_purge(struct act *act, struct purge *purge)
{
	int code = read_which(act, purge);

	if (code == 0)
		code = read_past(act, "from", -1, &purge->from);
	if (code == 0)
		code = read_past(act, "to", act->now + 1, &purge->to);
	if (code == 0 && purge->from < 0)
		code =
		    act_refuse_at(act, "from", "From when on has to be named.");
	if (code == 0 && purge->from >= purge->to)
		code = act_refuse_at(act, "from", "From must lie before to.");
	return code;
}

/* All of its evidence, whenever it came. */
int
act_read_merge(struct act *act, struct purge *purge)
{
	const char *into =
	    json_string_value(json_object_get(act->input, "into"));

	purge->by = PURGE_CAMPAIGN;
	purge->from = 0;
	purge->to = act->now + 1;
	if (into == NULL || view_parse_campaign(into, &purge->into) != 0 ||
	    view_parse_campaign(act->subject, &purge->which) != 0)
		return act_refuse_at(act, "into",
		    "A campaign has 16 hexadecimal figures, in lower case.");
	return 0;
}
