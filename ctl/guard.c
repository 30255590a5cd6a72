#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/decision.h"
#include "ctl/terminal.h"
#include "ctl/verb.h"
#include "db/evidence.h"
#include "db/guard_json.h"
#include "db/told.h"
#include "db/tops.h"
#include "db/trap.h"

/* Listings shown; and looked at, to say what those held back rest on. */
#define SHOWN_MAX 10
#define LOOKED_AT_MAX 1000
/* Of each the newest sightings. */
#define SIGHTINGS_MAX 16
#define TOPS_MAX 5

/* --- who waits ------------------------------------------------------------ */

struct pending {
	struct ipaddr *units;
	size_t count, size;
	struct guard_held held;
};

static int
note_pending(const struct listing *listing, void *context)
{
	struct pending *pending = context;

	if (!guard_held_add(&pending->held, listing))
		return 0;
	if (pending->count == pending->size) {
		size_t size = pending->size > 0 ? 2 * pending->size : 1024;
		struct ipaddr *units =
		    realloc(pending->units, size * sizeof(*units));

		if (units == NULL)
			return -ENOMEM;
		pending->units = units;
		pending->size = size;
	}
	pending->units[pending->count++] = listing->unit;
	return 0;
}

static int
find_pending(struct store_txn *txn, struct pending *pending)
{
	const struct ipaddr first = { { 0 } };

	return listing_list(txn, &first, note_pending, pending);
}

/* --- show ----------------------------------------------------------------- */

/* What one unit rests on: each trap, campaign, sensor and kind of it once. */
struct grounds {
	struct store_txn *txn;
	json_t *traps, *campaigns, *sensors, *kinds;
	json_t *of_unit;
	unsigned left;
};

static void
note_once(struct grounds *grounds, json_t *counts, const char *name)
{
	char key[TRAP_TEXT_MAX + 32];

	snprintf(key, sizeof(key), "%p %s", (void *)counts, name);
	if (json_object_get(grounds->of_unit, key) != NULL)
		return;
	json_object_set_new(grounds->of_unit, key, json_true());
	tops_add(counts, name);
}

static int
note_grounds(const struct evidence *evidence, void *context)
{
	struct grounds *grounds = context;
	char text[TRAP_TEXT_MAX];
	struct trap trap;

	note_once(grounds, grounds->kinds, backscatter_name(evidence->kind));
	snprintf(text, sizeof(text), "%" PRIu32, evidence->sensor);
	note_once(grounds, grounds->sensors, text);
	if ((evidence->flags & EVIDENCE_FINGERPRINTED) != 0) {
		snprintf(text, sizeof(text), "%016" PRIx64, evidence->campaign);
		note_once(grounds, grounds->campaigns, text);
	}
	if (trap_get(grounds->txn, evidence->trap, &trap) == 0)
		trap_format(&trap, text);
	else
		snprintf(text, sizeof(text), "%016" PRIx64, evidence->trap);
	note_once(grounds, grounds->traps, text);
	return --grounds->left == 0;
}

static int
read_grounds(
    struct store_txn *txn, const struct pending *pending, json_t *answer)
{
	struct grounds grounds = { txn, json_object(), json_object(),
		json_object(), json_object(), NULL, 0 };
	const struct {
		const char *name;
		json_t *counts;
	} parts[] = {
		{ "traps", grounds.traps },
		{ "campaigns", grounds.campaigns },
		{ "sensors", grounds.sensors },
		{ "kinds", grounds.kinds },
	};
	int code = 0;

	for (size_t i = 0; code >= 0 && i < pending->count && i < LOOKED_AT_MAX;
	     i++) {
		grounds.of_unit = json_object();
		grounds.left = SIGHTINGS_MAX;
		code = evidence_of_newest(
		    txn, &pending->units[i], note_grounds, &grounds);
		json_decref(grounds.of_unit);
	}
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		json_object_set_new(answer, parts[i].name,
		    tops_best(parts[i].counts, TOPS_MAX));
		json_decref(parts[i].counts);
	}
	return code < 0 ? code : 0;
}

static json_t *
describe(const struct listing *listing)
{
	char unit[IPPREFIX_TEXT_MAX];
	int kind = BACKSCATTER_DSN;

	/* Where its callouts alone wait, the others are on the list, or few. */
	while (kind < BACKSCATTER_CALLOUT &&
	       (listing->state != LISTING_PENDING ||
		   (listing->kinds & BACKSCATTER_BIT(kind)) == 0))
		kind++;
	return json_pack("{s:s, s:s, s:o, s:f, s:i, s:i, s:i, s:o}", "unit",
	    listing_unit_format(&listing->unit, unit), "kind",
	    backscatter_name((enum backscatter_kind)kind), "pending_in",
	    guard_json_lists(listing), "score", listing->score, "sightings",
	    (int)listing->sightings, "traps", (int)listing->traps, "campaigns",
	    (int)listing->campaigns, "pending_since",
	    told_time(listing_waits_since(listing)));
}

static int
read_first(struct store_txn *txn, const struct pending *pending, json_t *list)
{
	for (size_t i = 0; i < pending->count && i < SHOWN_MAX; i++) {
		struct listing listing;
		int code = listing_get(txn, &pending->units[i], &listing);

		if (code != 0)
			return code;
		json_array_append_new(list, describe(&listing));
	}
	return 0;
}

static int
read_guard(struct ctl *ctl, struct store_txn *txn, void *answer)
{
	const struct guard_limit limit = { ctl->settings.safety.guard_additions,
		ctl->settings.safety.guard_seconds };
	struct pending pending = { .units = NULL };
	json_t *first = json_array();
	int code = find_pending(txn, &pending);

	json_object_set_new(answer, "first", first);
	if (code == 0)
		code = guard_json_add(
		    txn, &limit, &pending.held, ctl->now, answer);
	if (code == 0)
		code = read_first(txn, &pending, first);
	if (code == 0)
		code = read_grounds(txn, &pending, answer);
	free(pending.units);
	return code;
}

static void
print_grounds(const json_t *answer)
{
	static const char *const parts[][2] = { { "traps", "trap" },
		{ "campaigns", "campaign" }, { "sensors", "sensor" },
		{ "kinds", "kind" } };

	puts("\nWhat they rest on, by how many of them:");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		json_t *list = json_object_get(answer, parts[i][0]), *item;
		size_t j;

		json_array_foreach(list, j, item)
		    printf("  %-9s %-40s %6" JSON_INTEGER_FORMAT "\n",
			j == 0 ? parts[i][1] : "",
			json_string_value(json_object_get(item, "name")),
			json_integer_value(json_object_get(item, "count")));
	}
}

static void
print_first(const json_t *answer, uint64_t pending)
{
	json_t *item;
	size_t i;

	puts("\nWho they are:");
	json_array_foreach(json_object_get(answer, "first"), i, item)
	{
		const char *unit, *kind, *since = "";
		int sightings, traps, campaigns;
		double score;

		json_unpack(item, "{s:s, s:s, s:f, s:i, s:i, s:i, s?:s}",
		    "unit", &unit, "kind", &kind, "score", &score, "sightings",
		    &sightings, "traps", &traps, "campaigns", &campaigns,
		    "pending_since", &since);
		printf("  %-24s %-9s score %5.2f  %3d sighting%s  %2d trap%s  "
		       "since %s\n",
		    unit, kind, score, sightings, sightings == 1 ? " " : "s",
		    traps, traps == 1 ? " " : "s", since);
	}
	if (pending > i)
		printf("  ... and %" PRIu64 " more\n", pending - i);
}

/* "main list: 5 held back, 3 listed ..." */
static void
print_list(const json_t *list, const char *title, json_int_t seconds)
{
	static const char *const names[] = { "pending", "listed", "peak_of_7d",
		"added", "added_at_most", "pending_anew" };
	char texts[6][TERMINAL_NUMBER_MAX];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		terminal_number((uint64_t)json_integer_value(
				    json_object_get(list, names[i])),
		    texts[i]);
	printf("%s\n  held back %10s", title, texts[0]);
	if (strcmp(texts[5], "0") != 0)
		printf("   (%s since the policy changed, until seen again)",
		    texts[5]);
	putchar('\n');
	printf("  listed    %10s   (peak of seven days: %s)\n", texts[1],
	    texts[2]);
	printf("  added     %10s   within %" JSON_INTEGER_FORMAT
	       " s, of %s that may be\n",
	    texts[3], seconds, texts[4]);
}

static void
print_lists(const json_t *answer)
{
	static const char *const titles[GUARD_LISTS] = {
		[GUARD_MAIN] = "The main list",
		[GUARD_CALLOUTS] = "The list of callouts",
	};
	const json_t *lists = json_object_get(answer, "lists");
	json_int_t seconds =
	    json_integer_value(json_object_get(answer, "within_seconds"));

	for (size_t i = 0; i < GUARD_LISTS; i++)
		print_list(json_array_get(lists, i), titles[i], seconds);
}

static void
print_guard(const json_t *answer)
{
	uint64_t pending =
	    (uint64_t)json_integer_value(json_object_get(answer, "pending"));
	char text[TERMINAL_NUMBER_MAX];

	if (pending == 0)
		puts("The guard holds nothing back.\n");
	else
		printf("The guard holds %s listing%s back: in no list, until "
		       "you decide.\n\n",
		    terminal_number(pending, text), pending == 1 ? "" : "s");
	print_lists(answer);
	if (pending == 0)
		return;
	print_grounds(answer);
	print_first(answer, pending);
	puts("\nnext: bsblctl guard release --all   puts them on the list\n"
	     "      bsblctl guard reject --all    forgets their score\n"
	     "      bsblctl purge -h              takes bad evidence away");
}

int
verb_guard_show(struct ctl *ctl, int count, char *words[])
{
	(void)count;
	(void)words;
	return ctl_show(
	    ctl, json_object(), read_guard, print_guard, "the listings");
}

/* --- release and reject --------------------------------------------------- */

static int
decide(struct ctl *ctl, int count, char *words[], struct decision *decision)
{
	struct ipprefix *prefixes = NULL;
	int status = CTL_OK;

	if ((count > 0) == ctl->all) {
		ctl_say("name addresses or prefixes, or --all");
		return CTL_USAGE;
	}
	if (count > 0)
		prefixes = calloc((size_t)count, sizeof(*prefixes));
	for (int i = 0; status == CTL_OK && i < count; i++)
		status = prefixes != NULL
			     ? ctl_parse_target(words[i], &prefixes[i])
			     : ctl_fail(-ENOMEM, "%s", words[i]);
	if (status == CTL_OK)
		status = ctl_open(ctl, STORE_WRITE);
	decision->nothing = "nothing of it is pending";
	decision->asks = true;
	decision->prefixes = prefixes;
	decision->count = count;
	if (status == CTL_OK)
		status = decision_run(ctl, decision);
	free(prefixes);
	return status;
}

int
verb_guard_release(struct ctl *ctl, int count, char *words[])
{
	struct decision decision = {
		.kind = BULK_RELEASE, .word = "release", .done_word = "released"
	};

	return decide(ctl, count, words, &decision);
}

int
verb_guard_reject(struct ctl *ctl, int count, char *words[])
{
	struct decision decision = {
		.kind = BULK_REJECT, .word = "reject", .done_word = "rejected"
	};

	return decide(ctl, count, words, &decision);
}
