#include "ctl/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "db/exemption.h"
#include "db/listing.h"

#define CONFIG_PATH "/etc/bsbl/bsbl.conf"
#define REASON_MAX LISTING_REASON_MAX
_Static_assert(LISTING_REASON_MAX == EXEMPTION_REASON_MAX, "one bound for all");

const struct option_row option_rows[] = {
	{ "reason", "TEXT", OPTION_REASON },
	{ "until", "WHEN", OPTION_UNTIL },
	{ "from", "WHEN", OPTION_FROM },
	{ "to", "WHEN", OPTION_TO },
	{ "sensor", "NUMBER", OPTION_SENSOR },
	{ "trap", "PATTERN", OPTION_TRAP },
	{ "campaign", "ID", OPTION_CAMPAIGN },
	{ "list", "NAME", OPTION_LIST },
	{ "policy", "FILE", OPTION_POLICY },
	{ "watch", NULL, OPTION_WATCH },
	{ "dry-run", NULL, OPTION_DRY_RUN },
	{ "all", NULL, OPTION_ALL },
	{ "public", NULL, OPTION_PUBLIC },
	{ "most", "NUMBER", OPTION_MOST },
	{ "weight", "PERCENT", OPTION_WEIGHT },
	{ "state", "STATE", OPTION_STATE },
	{ "server", "ADDRESS", OPTION_SERVER },
	{ "role", "ROLE", OPTION_ROLE },
	{ "client", "PREFIX,...", OPTION_CLIENT },
	{ "confirm", NULL, OPTION_CONFIRM },
};
const size_t option_row_count = sizeof(option_rows) / sizeof(option_rows[0]);
_Static_assert(sizeof(option_rows) / sizeof(option_rows[0]) <= OPTION_ROWS_MAX,
    "each row has its value");

/* More lines than anybody reads, and less than memory holds. */
#define MOST_MAX 1000000

/* Above every letter: what getopt answers for a row. */
#define ROW_BASE 1000

static const struct option general[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ "json", no_argument, NULL, 'j' },
};
#define GENERAL_COUNT (sizeof(general) / sizeof(general[0]))

static void
make_table(struct option table[GENERAL_COUNT + OPTION_ROWS_MAX + 1])
{
	memcpy(table, general, sizeof(general));
	table += GENERAL_COUNT;
	for (size_t i = 0; i < option_row_count; i++)
		table[i] = (struct option){ option_rows[i].name,
			option_rows[i].value != NULL ? required_argument
						     : no_argument,
			NULL, ROW_BASE + (int)i };
	table[option_row_count] = (struct option){ NULL, 0, NULL, 0 };
}

static void
take_one(struct options *options, int option)
{
	switch (option) {
	case 'c':
		options->config_path = optarg;
		options->config_is_usual = false;
		break;
	case 'h':
		options->help = true;
		break;
	case 'V':
		options->version = true;
		break;
	case 'j':
		options->json = true;
		break;
	default:
		options->values[option - ROW_BASE] = optarg;
		options->given |= option_rows[option - ROW_BASE].option;
	}
}

int
options_read(int argc, char *argv[], struct options *options)
{
	struct option table[GENERAL_COUNT + OPTION_ROWS_MAX + 1];
	static char name[] = "bsblctl";
	int option;

	make_table(table);
	/* For getopt's own complaints: the name, not the path. */
	argv[0] = name;
	options->config_path = CONFIG_PATH;
	options->config_is_usual = true;
	while ((option = getopt_long(argc, argv, "c:hV", table, NULL)) != -1) {
		if (option == '?') {
			ctl_say("`bsblctl VERB -h` tells what a verb takes");
			return CTL_USAGE;
		}
		take_one(options, option);
	}
	return CTL_OK;
}

/* --- against the verb ----------------------------------------------------- */

static bool
check_option(const struct verb *verb, const struct options *options,
    const struct option_row *row)
{
	bool given = (options->given & row->option) != 0;
	const char *wrong = NULL;

	if (!given && (verb->needs & row->option) != 0)
		wrong = "needs";
	if (given && (verb->takes & row->option) == 0)
		wrong = "takes no";
	if (wrong != NULL)
		ctl_say("%s %s --%s%s%s", verb->name, wrong, row->name,
		    row->value != NULL ? " " : "",
		    row->value != NULL ? row->value : "");
	return wrong == NULL;
}

int
options_check(const struct verb *verb, const struct options *options, int count)
{
	bool right = true;

	for (size_t i = 0; i < option_row_count; i++)
		right &= check_option(verb, options, &option_rows[i]);
	if (count < verb->least || (verb->most >= 0 && count > verb->most)) {
		ctl_say("%s %s", verb->name,
		    count < verb->least ? "needs more words"
					: "takes fewer words");
		right = false;
	}
	if (right)
		return CTL_OK;
	ctl_say("usage: bsblctl %s%s%s", verb->name,
	    *verb->arguments != '\0' ? " " : "", verb->arguments);
	return CTL_USAGE;
}

/* --- what verbs work with ------------------------------------------------- */

static const char *
value_of(const struct options *options, unsigned option)
{
	for (size_t i = 0; i < option_row_count; i++) {
		if (option_rows[i].option == option)
			return options->values[i];
	}
	return NULL;
}

static int
complain_of_time(const char *text)
{
	ctl_say("%s is no time: 12h, 30d, 2026-12-31 or 2026-12-31T12:00:00Z",
	    text);
	return CTL_USAGE;
}

static int
take_until(struct ctl *ctl, const char *text)
{
	if (text == NULL)
		return CTL_OK;
	if (clock_parse(text, ctl->now, &ctl->until) != 0)
		return complain_of_time(text);
	if (ctl->until > ctl->now)
		return CTL_OK;
	ctl_say("%s is over already", text);
	return CTL_REFUSED;
}

/* Looking back, a distance is one from now: "30d" is 30 days ago. */
static int
take_past(struct ctl *ctl, const char *text, int64_t *time)
{
	int64_t distance;

	if (text == NULL)
		return CTL_OK;
	if (clock_parse_distance(text, &distance) == 0)
		*time = ctl->now - distance;
	else if (clock_parse(text, ctl->now, time) != 0)
		return complain_of_time(text);
	return CTL_OK;
}

static int
take_reason(struct ctl *ctl, const char *text)
{
	ctl->reason = text;
	if (text == NULL || strlen(text) <= REASON_MAX)
		return CTL_OK;
	ctl_say("the reason is longer than %d octets", REASON_MAX);
	return CTL_REFUSED;
}

static int
take_times(struct ctl *ctl, const struct options *options)
{
	int status = take_until(ctl, value_of(options, OPTION_UNTIL));

	if (status == CTL_OK)
		status =
		    take_past(ctl, value_of(options, OPTION_FROM), &ctl->from);
	if (status == CTL_OK)
		status = take_past(ctl, value_of(options, OPTION_TO), &ctl->to);
	if (status != CTL_OK || ctl->from == 0 || ctl->to == 0 ||
	    ctl->from < ctl->to)
		return status;
	ctl_say("--from must lie before --to");
	return CTL_USAGE;
}

/* A number in bounds; where none is given, `usual`. */
static int
take_number(const struct options *options, unsigned option, int least, int most,
    int usual, int *number)
{
	const char *text = value_of(options, option);
	char *end;
	long value;

	*number = usual;
	if (text == NULL)
		return CTL_OK;
	errno = 0;
	value = strtol(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || value < least ||
	    value > most) {
		ctl_say("%s is no number from %d to %d", text, least, most);
		return CTL_USAGE;
	}
	*number = (int)value;
	return CTL_OK;
}

static int
take_numbers(struct ctl *ctl, const struct options *options)
{
	int status =
	    take_number(options, OPTION_MOST, 1, MOST_MAX, 0, &ctl->most);

	return status != CTL_OK ? status
				: take_number(options, OPTION_WEIGHT, 1, 100,
				      -1, &ctl->weight);
}

int
options_take(struct ctl *ctl, const struct options *options)
{
	int status;

	ctl->json = options->json;
	ctl->confirmed = (options->given & OPTION_CONFIRM) != 0;
	ctl->dry_run = (options->given & OPTION_DRY_RUN) != 0;
	ctl->all = (options->given & OPTION_ALL) != 0;
	ctl->watch = (options->given & OPTION_WATCH) != 0;
	ctl->list = value_of(options, OPTION_LIST);
	ctl->public = (options->given & OPTION_PUBLIC) != 0;
	ctl->sensor = value_of(options, OPTION_SENSOR);
	ctl->state = value_of(options, OPTION_STATE);
	ctl->server = value_of(options, OPTION_SERVER);
	ctl->trap = value_of(options, OPTION_TRAP);
	ctl->campaign = value_of(options, OPTION_CAMPAIGN);
	ctl->policy = value_of(options, OPTION_POLICY);
	ctl->role = value_of(options, OPTION_ROLE);
	ctl->client = value_of(options, OPTION_CLIENT);
	ctl->now = clock_seconds();
	ctl_name_caller(ctl);
	status = take_times(ctl, options);
	if (status == CTL_OK)
		status = take_numbers(ctl, options);
	return status != CTL_OK
		   ? status
		   : take_reason(ctl, value_of(options, OPTION_REASON));
}
