#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/log.h"
#include "tests/sim/report.h"

/*
 * Judges a simulated world by a policy:
 *
 *	simulate [-p PRESET] [-t TRAPS] [-n SERVERS] [-w WEEKS] [-s SEED]
 *	    [-v PERCENT] [-c bsbl.conf]
 *
 * -c takes the policy from a file, -p its preset alone; -v is the share of
 * runs in which each message has a content of its own. Ends with 1 when a bar
 * is missed, but by the preset eager. tests/sim/README.md tells of the model.
 */
struct options {
	struct sim_terms terms;
	const char *preset, *path;
};

static int
usage(void)
{
	fprintf(stderr,
	    "usage: simulate [-p PRESET] [-t TRAPS] [-n SERVERS] [-w WEEKS] "
	    "[-s SEED] [-v PERCENT] [-c bsbl.conf]\n");
	return 2;
}

static int
read_options(int argc, char *argv[], struct options *options)
{
	struct sim_terms *terms = &options->terms;
	int c;

	while ((c = getopt(argc, argv, "p:t:n:w:s:v:c:")) != -1) {
		switch (c) {
		case 'p':
			options->preset = optarg;
			break;
		case 't':
			terms->traps = (unsigned)atoi(optarg);
			break;
		case 'n':
			terms->servers = (unsigned)atoi(optarg);
			break;
		case 'w':
			terms->weeks = (unsigned)atoi(optarg);
			break;
		case 's':
			terms->seed = strtoull(optarg, NULL, 10);
			break;
		case 'v':
			terms->varied = atof(optarg) / 100;
			break;
		case 'c':
			options->path = optarg;
			break;
		default:
			return usage();
		}
	}
	if (optind != argc || terms->traps < 1 || terms->servers < 1 ||
	    terms->weeks < 2)
		return usage();
	return 0;
}

/* The policy, and where the shared pools of the model are. */
static int
read_policy(const struct options *options, struct policy *policy,
    struct shared **shared)
{
	static char pools[] = SIM_POOL_NETWORK;
	static char *networks[] = { pools };
	struct settings settings;
	struct settings_list configured;
	int code = settings_read(options->path, &settings);

	if (code != 0)
		return code;
	if (options->preset != NULL) {
		free(settings.policy.preset);
		settings.policy.preset = strdup(options->preset);
	}
	configured = settings.policy.shared_networks;
	settings.policy.shared_networks = (struct settings_list){ networks, 1 };
	code = policy_from_settings(&settings, policy);
	if (code == 0)
		code = shared_new(&settings, shared);
	settings.policy.shared_networks = configured;
	settings_free(&settings);
	return code;
}

int
main(int argc, char *argv[])
{
	struct options options = { .terms = { .seed = 1,
				       .servers = 100000,
				       .traps = 5,
				       .weeks = 6 } };
	struct sim_world world;
	struct sim_outcome *outcomes;
	struct sim_report report;
	struct policy policy;
	struct shared *shared;
	int code = read_options(argc, argv, &options);

	if (code != 0)
		return code;
	log_open("simulate", LOG_LEVEL_WARNING);
	if (read_policy(&options, &policy, &shared) != 0)
		return 2;
	sim_world_make(&world, &options.terms);
	outcomes = calloc(world.terms.servers, sizeof(*outcomes));
	if (outcomes == NULL ||
	    sim_run_course(&world, &policy, shared, outcomes) != 0)
		return 2;
	printf("preset %s, %u trap domains: %u servers, %u weeks, %u runs, "
	       "%zu events, seed %llu\n",
	    policy.preset, world.terms.traps, world.terms.servers,
	    world.terms.weeks, world.run_count, world.event_count,
	    (unsigned long long)world.terms.seed);
	sim_report_make(&world, outcomes, &report);
	sim_report_print(&report);
	/* It lists at the first event: its bars are shown, not asked for. */
	code = sim_report_check(&report, stdout) > 0 &&
	       strcmp(policy.preset, "eager") != 0;
	free(outcomes);
	sim_world_free(&world);
	shared_free(shared);
	return code;
}
