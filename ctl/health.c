#include <inttypes.h>
#include <stdio.h>

#include "ctl/verb.h"
#include "db/condition.h"
#include "db/zonesettings.h"

struct health {
	struct condition condition;
	struct zone_settings zone;
	struct probe_answer dnsd;
};

static int
take(struct ctl *ctl, struct store_txn *txn, void *context)
{
	const struct guard_limit guard = { ctl->settings.safety.guard_additions,
		ctl->settings.safety.guard_seconds };
	struct health *health = context;
	int code = zone_settings_get(txn, &health->zone);

	return code != 0 ? code
			 : condition_take(ctl->store, txn, &guard, ctl->now,
			       &health->condition);
}

/* Once nothing is read any more: it may take a while to answer. */
static void
ask_dnsd(struct ctl *ctl, struct health *health)
{
	struct probe probe;

	if (probe_open(&probe, &ctl->settings) == 0)
		probe_wait(&probe, health->zone.origin, health->zone.origin_len,
		    health->condition.version.serial, &health->dnsd);
	else
		health->dnsd = (struct probe_answer){ .state = PROBE_SILENT };
	probe_close(&probe);
	condition_add_dnsd(&health->condition, &health->dnsd);
}

/* --- telling -------------------------------------------------------------- */

/* A limit as plugins write it: "60", "1073741824:" for what may not be less. */
static void
print_limit(int64_t limit, bool low)
{
	putchar(';');
	if (limit != CONDITION_NEVER)
		printf("%" PRId64 "%s", limit, low ? ":" : "");
}

/* One line: the state, what is wrong or the serial, and behind | the figures.
 */
static void
print_health(const struct condition *condition)
{
	enum condition_state state = condition_worst(condition);
	const char *between = ": ";

	printf("bsbl %s", condition_state_name(state));
	for (int i = 0; i < CONDITION_MEASURES; i++) {
		if (condition_judge(condition, (enum condition_measure)i) ==
		    CONDITION_OK)
			continue;
		printf("%s%s", between, condition_limits[i].complaint);
		between = "; ";
	}
	if (state == CONDITION_OK)
		printf(": serial %" PRIu32, condition->version.serial);
	printf(" |");
	for (int i = 0; i < CONDITION_MEASURES; i++) {
		const struct condition_limits *limits = &condition_limits[i];

		/* "U" is a plugin's word for what it cannot know. */
		if (condition->values[i] == CONDITION_EVER)
			printf(" %s=U", limits->name);
		else
			printf(" %s=%" PRId64 "%s", limits->name,
			    condition->values[i], limits->unit);
		print_limit(limits->warning, limits->low);
		print_limit(limits->critical, limits->low);
	}
	putchar('\n');
}

static json_t *
dnsd_json(const struct probe_answer *answer)
{
	bool told =
	    answer->state == PROBE_CURRENT || answer->state == PROBE_BEHIND;

	return json_pack("{s:s, s:o, s:o}", "state",
	    probe_state_name(answer->state), "serial",
	    told ? json_integer(answer->serial) : json_null(), "rcode",
	    answer->state == PROBE_UNTOLD
		? json_string(probe_rcode_name(answer->rcode))
		: json_null());
}

static json_t *
health_json(const struct health *health)
{
	const struct condition *condition = &health->condition;
	json_t *complaints = json_array(), *figures = json_object();

	for (int i = 0; i < CONDITION_MEASURES; i++) {
		json_object_set_new(figures, condition_limits[i].name,
		    condition->values[i] != CONDITION_EVER
			? json_integer((json_int_t)condition->values[i])
			: json_null());
		if (condition_judge(condition, (enum condition_measure)i) !=
		    CONDITION_OK)
			json_array_append_new(complaints,
			    json_string(condition_limits[i].complaint));
	}
	return json_pack("{s:s, s:I, s:o, s:o, s:o}", "health",
	    condition_state_name(condition_worst(condition)), "serial",
	    (json_int_t)condition->version.serial, "complaints", complaints,
	    "figures", figures, "dnsd", dnsd_json(&health->dnsd));
}

/* The reason is on standard error; plugins speak on the other. */
static int
tell_unreadable(struct ctl *ctl)
{
	static const char complaint[] = "the database cannot be read";
	const char *name = condition_state_name(CONDITION_CRITICAL);

	if (!ctl->json)
		printf("bsbl %s: %s\n", name, complaint);
	ctl_finish(ctl,
	    json_pack("{s:s, s:[s]}", "health", name, "complaints", complaint));
	return CONDITION_CRITICAL;
}

int
verb_health(struct ctl *ctl, int count, char *words[])
{
	struct health health;

	(void)count;
	(void)words;
	if (ctl_open(ctl, STORE_READ) != CTL_OK ||
	    ctl_look(ctl, take, &health) != 0)
		return tell_unreadable(ctl);
	ask_dnsd(ctl, &health);
	if (!ctl->json)
		print_health(&health.condition);
	if (ctl_finish(ctl, health_json(&health)) != CTL_OK)
		return CTL_DATABASE;
	return (int)condition_worst(&health.condition);
}
