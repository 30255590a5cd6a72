#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "ctl/verb.h"
#include "db/exemption.h"
#include "db/listing.h"

#define CONFIG_PATH "/etc/bsbl/bsbl.conf"
#define REASON_MAX LISTING_REASON_MAX
_Static_assert(LISTING_REASON_MAX == EXEMPTION_REASON_MAX, "one bound for all");

struct options {
	const char *config_path;
	bool help, version, json;
	const char *reason, *until;
	unsigned given; /* enum verb_option */
};

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ "json", no_argument, NULL, 'j' },
	{ "reason", required_argument, NULL, 'r' },
	{ "until", required_argument, NULL, 'u' },
	{ "confirm", no_argument, NULL, 'y' },
	{ NULL, 0, NULL, 0 },
};

/* Options may stand before the verb, behind it and between its words. */
static int
read_options(int argc, char *argv[], struct options *options)
{
	int option;

	options->config_path = CONFIG_PATH;
	while ((option = getopt_long(argc, argv, "c:hV", long_options, NULL)) !=
	       -1) {
		switch (option) {
		case 'c':
			options->config_path = optarg;
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
		case 'r':
			options->reason = optarg;
			options->given |= OPTION_REASON;
			break;
		case 'u':
			options->until = optarg;
			options->given |= OPTION_UNTIL;
			break;
		case 'y':
			options->given |= OPTION_CONFIRM;
			break;
		default:
			ctl_say("`bsblctl -h` lists the options");
			return CTL_USAGE;
		}
	}
	return CTL_OK;
}

static const struct {
	unsigned option;
	const char *name;
} option_names[] = {
	{ OPTION_REASON, "--reason TEXT" },
	{ OPTION_UNTIL, "--until WHEN" },
	{ OPTION_CONFIRM, "--confirm" },
};

static int
check_usage(const struct verb *verb, const struct options *options, int count)
{
	const char *wrong = NULL;

	for (size_t i = 0; i < sizeof(option_names) / sizeof(option_names[0]);
	     i++) {
		unsigned option = option_names[i].option;
		bool given = (options->given & option) != 0;

		if (!given && (verb->needs & option) != 0) {
			ctl_say(
			    "%s needs %s", verb->name, option_names[i].name);
			wrong = "";
		}
		if (given && (verb->takes & option) == 0) {
			ctl_say(
			    "%s takes no %s", verb->name, option_names[i].name);
			wrong = "";
		}
	}
	if (count < verb->least)
		wrong = "needs more words";
	else if (verb->most >= 0 && count > verb->most)
		wrong = "takes fewer words";
	if (wrong == NULL)
		return CTL_OK;
	if (*wrong != '\0')
		ctl_say("%s %s", verb->name, wrong);
	ctl_say("usage: bsblctl %s %s", verb->name, verb->arguments);
	return CTL_USAGE;
}

static int
take_options(struct ctl *ctl, const struct options *options)
{
	ctl->json = options->json;
	ctl->reason = options->reason;
	ctl->confirm = (options->given & OPTION_CONFIRM) != 0;
	ctl->now = clock_seconds();
	ctl_name_caller(ctl);
	if (options->until != NULL &&
	    clock_parse(options->until, ctl->now, &ctl->until) != 0) {
		ctl_say("%s is no time: 12h, 30d, 2026-12-31 or "
			"2026-12-31T12:00:00Z",
		    options->until);
		return CTL_USAGE;
	}
	if (options->until != NULL && ctl->until <= ctl->now) {
		ctl_say("%s is over already", options->until);
		return CTL_REFUSED;
	}
	if (ctl->reason != NULL && strlen(ctl->reason) > REASON_MAX) {
		ctl_say("the reason is longer than %d octets", REASON_MAX);
		return CTL_REFUSED;
	}
	return CTL_OK;
}

static int
run(const struct verb *verb, const struct options *options, int count,
    char *words[])
{
	struct ctl ctl = { .store = NULL };
	int status = take_options(&ctl, options);

	if (status != CTL_OK)
		return status;
	if (settings_read(options->config_path, &ctl.settings) != 0) {
		settings_free(&ctl.settings);
		return CTL_DATABASE;
	}
	status = verb->run(&ctl, count, words);
	ctl_close(&ctl);
	settings_free(&ctl.settings);
	return status;
}

/* No verb: help, or what there might have been. */
static int
explain(const struct options *options, int count, char *words[])
{
	const char *group = NULL;

	if (count > 0 && verb_is_group(words[0]))
		group = words[0];
	if (options->help) {
		verb_list(group, stdout);
		return CTL_OK;
	}
	if (count > 0 && group == NULL)
		ctl_say(
		    "there is no verb %s; `bsblctl -h` lists them", words[0]);
	else
		verb_list(group, stderr);
	return CTL_USAGE;
}

int
main(int argc, char *argv[])
{
	struct options options = { .config_path = NULL };
	const struct verb *verb;
	int status, used;

	log_open("bsblctl", LOG_LEVEL_WARNING);
	status = read_options(argc, argv, &options);
	if (status != CTL_OK)
		return status;
	if (options.version) {
		puts("bsblctl " BSBL_VERSION);
		return CTL_OK;
	}
	argc -= optind;
	argv += optind;
	verb = verb_find(argc, argv, &used);
	if (verb == NULL)
		return explain(&options, argc, argv);
	if (options.help) {
		verb_help(verb, stdout);
		return CTL_OK;
	}
	status = check_usage(verb, &options, argc - used);
	if (status == CTL_OK)
		status = run(verb, &options, argc - used, argv + used);
	/* An answer that did not get out is no answer. */
	if (fflush(stdout) != 0 && status == CTL_OK)
		status = ctl_fail(-EIO, "standard output");
	return status;
}
