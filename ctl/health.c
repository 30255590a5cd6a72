#include <inttypes.h>
#include <stdio.h>

#include "common/clock.h"
#include "ctl/verb.h"
#include "db/condition_json.h"
#include "db/zonesettings.h"

struct health {
	struct condition condition;
	struct zone_settings zone;
	struct probe_answer dnsd;
};

static int
take(struct ctl *ctl, struct store_txn *txn, void *context)
{
	struct health *health = context;
	int code = zone_settings_get(txn, &health->zone);

	if (code == 0)
		code = condition_take(
		    ctl->store, txn, ctl->now, &health->condition);
	/* Nobody misses it where it has nowhere to answer. */
	if (ctl->settings.httpapi.listen.count == 0 &&
	    ctl->settings.httpapi.tls_listen.count == 0)
		health->condition.values[CONDITION_HTTPAPI_SILENT] = 0;
	return code;
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

/* The state, and what is wrong or the serial. */
static void
print_state(const struct condition *condition)
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
}

static void
print_figures(const struct condition *condition)
{
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
}

static void
print_life(const struct store_life *life, const char *name, int64_t now)
{
	char since[CLOCK_TEXT_MAX];

	if (life->runs)
		printf("%s runs since %s, last sign of life %" PRId64
		       " s ago\n",
		    name, clock_format(life->since, since),
		    now > life->last ? now - life->last : 0);
	else
		printf("%s does not run\n", name);
}

/*
 * As plugins do: all that matters in the first line, with the figures behind
 * |, then what else there is to say.
 */
static void
print_health(const struct condition *condition, int64_t now)
{
	print_state(condition);
	printf(" |");
	print_figures(condition);
	putchar('\n');
	for (int i = 0; i < STORE_PROGRAMS; i++)
		print_life(&condition->lives[i],
		    store_program_name((enum store_program)i), now);
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
		print_health(&health.condition, ctl->now);
	if (ctl_finish(ctl, condition_json(&health.condition, &health.dnsd)) !=
	    CTL_OK)
		return CTL_DATABASE;
	return (int)condition_worst(&health.condition);
}
