#include <errno.h>
#include <getopt.h>
#include <stdio.h>

#include "common/log.h"
#include "ctl/options.h"

static int
run(const struct verb *verb, const struct options *options, int count,
    char *words[])
{
	struct ctl ctl = { .store = NULL };
	int status = options_take(&ctl, options);

	if (status != CTL_OK)
		return status;
	if (!verb->needs_no_settings &&
	    settings_read(options->config_path, &ctl.settings) != 0) {
		settings_free(&ctl.settings);
		if (options->config_is_usual)
			ctl_say("-c FILE names other settings");
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
	status = options_read(argc, argv, &options);
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
	status = options_check(verb, &options, argc - used);
	if (status == CTL_OK)
		status = run(verb, &options, argc - used, argv + used);
	/* An answer that did not get out is no answer. */
	if (fflush(stdout) != 0 && status == CTL_OK)
		status = ctl_fail(-EIO, "standard output");
	return status;
}
