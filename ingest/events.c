#include "ingest/events.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/event.h"
#include "ingest/batch.h"

static const struct option long_options[] = {
	{ "events", no_argument, NULL, 'e' },
	{ "sensor", required_argument, NULL, 's' },
	{ NULL, 0, NULL, 0 },
};

struct events {
	struct batch batch;
	const char *config_path;
	uint32_t sensor;
	uint64_t line;
	bool refused;
};

/* --- lines ---------------------------------------------------------------- */

/*
 * The next line without its end; -1 at the end of the file. Of a line that is
 * too long so much is kept that it is seen to be.
 */
static int
read_line(FILE *file, char line[EVENT_MAX + 1])
{
	int c, len = 0;

	while ((c = getc_unlocked(file)) != EOF && c != '\n') {
		if (len <= EVENT_MAX)
			line[len++] = (char)c;
	}
	return c == EOF && len == 0 ? -1 : len;
}

static bool
is_blank(const char *line, int len)
{
	while (len > 0 && strchr(" \t\r", line[len - 1]) != NULL)
		len--;
	return len == 0;
}

static void
refuse(struct events *events, const char *why)
{
	events->refused = true;
	fprintf(
	    stderr, "bsbl-ingest: line %" PRIu64 ": %s\n", events->line, why);
}

/* --- one event ------------------------------------------------------------ */

static int
make_evidence(
    struct events *events, const struct event *event, struct evidence *evidence)
{
	struct store_txn *txn;
	int code = store_begin_read(events->batch.store, &txn);

	if (code != 0)
		return code;
	code = event_evidence(
	    txn, event, events->sensor, clock_seconds(), evidence);
	store_abort(txn);
	return code;
}

static int
submit(struct events *events, const struct evidence *evidence)
{
	struct recorder_job *job = calloc(1, sizeof(*job));

	if (job == NULL)
		return -ENOMEM;
	job->what = RECORDER_SIGHTING;
	job->envelope.client = evidence->address;
	job->sightings.list = malloc(sizeof(*evidence));
	if (job->sightings.list == NULL) {
		recorder_job_free(job);
		return -ENOMEM;
	}
	*job->sightings.list = *evidence;
	job->sightings.count = 1;
	return batch_submit(&events->batch, job);
}

static int
take_line(struct events *events, const char *line, int len)
{
	struct evidence evidence;
	char why[EVENT_WHY_MAX];
	struct event event;
	int code;

	events->line++;
	if (is_blank(line, len))
		return 0;
	if (event_read(line, (size_t)len, &event, why) != 0) {
		refuse(events, why);
		return 0;
	}
	code = make_evidence(events, &event, &evidence);
	if (code == ERROR_NOT_FOUND) {
		refuse(events, "trap is no trap of ours that counts");
		return 0;
	}
	return code != 0 ? code : submit(events, &evidence);
}

static int
take_file(struct events *events, FILE *file)
{
	char line[EVENT_MAX + 1];
	int len, code = 0, drained;

	while (code == 0 && (len = read_line(file, line)) >= 0)
		code = take_line(events, line, len);
	if (code == 0 && ferror(file))
		code = -EIO;
	drained = batch_drain(&events->batch);
	return code != 0 ? code : drained;
}

/* --- the command line ----------------------------------------------------- */

static int
usage(void)
{
	fputs("usage: bsbl-ingest --events [-c FILE] [--sensor NUMBER] "
	      "[FILE]\n",
	    stderr);
	return 2;
}

static bool
parse_sensor(const char *text, uint32_t *sensor)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	*sensor = (uint32_t)value;
	return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0 &&
	       value <= UINT32_MAX;
}

static int
read_options(int argc, char *argv[], struct events *events)
{
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, "c:", long_options, NULL)) !=
	       -1) {
		switch (option) {
		case 'e':
			break;
		case 'c':
			events->config_path = optarg;
			break;
		case 's':
			if (!parse_sensor(optarg, &events->sensor))
				return usage();
			break;
		default:
			return usage();
		}
	}
	return argc - optind <= 1 ? 0 : usage();
}

static int
open_file(int argc, char *argv[], FILE **file)
{
	*file = stdin;
	if (optind == argc || strcmp(argv[optind], "-") == 0)
		return 0;
	*file = fopen(argv[optind], "re");
	if (*file != NULL)
		return 0;
	fprintf(stderr, "bsbl-ingest: %s: %s\n", argv[optind], strerror(errno));
	return 1;
}

int
events_main(int argc, char *argv[])
{
	struct events events = { .sensor = 0 };
	FILE *file = NULL;
	int code, status = read_options(argc, argv, &events);

	if (status == 0)
		status = open_file(argc, argv, &file);
	if (status != 0)
		return status;
	code = batch_open(&events.batch, events.config_path);
	if (code == 0)
		code = take_file(&events, file);
	if (code != 0)
		fprintf(stderr, "bsbl-ingest: %s\n", error_text(code));
	batch_close(&events.batch);
	if (file != stdin)
		fclose(file);
	if (code != 0)
		return EX_TEMPFAIL;
	return events.refused ? 1 : 0;
}
