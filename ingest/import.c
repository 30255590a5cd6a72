#include "ingest/import.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "db/policy.h"
#include "ingest/batch.h"
#include "ingest/handover.h"
#include "ingest/mbox.h"
#include "ingest/mbox_place.h"

/* Messages from one place to resume at to the next; some groups' worth. */
#define STEP_MESSAGES 256

#define PROGRESS_MS 1000

static const struct option long_options[] = {
	{ "import", no_argument, NULL, 'i' },
	{ "recipient", required_argument, NULL, 'r' },
	{ "resume", required_argument, NULL, 'R' },
	{ NULL, 0, NULL, 0 },
};

struct import {
	struct batch batch;
	const char *config_path, *recipient, *resume_path;
	int64_t evidence_seconds; /* older mail is evidence of nothing */
	uint64_t messages, old, not_ours, nobodys;
	int64_t progress_at_ms;
};

/* One file. */
struct source {
	const char *path;
	FILE *file;
	struct stat stat;
	struct mbox mbox;
};

/* --- messages ------------------------------------------------------------- */

static bool
is_old(const struct import *import, const struct recorder_job *job)
{
	return job->envelope.received_at <=
	       clock_seconds() - import->evidence_seconds;
}

/* What cannot be evidence is counted and passed by. */
static int
take_message(struct import *import, const struct source *source, char *octets,
    size_t len)
{
	const struct handover hints = { .sender_else = source->mbox.sender,
		.recipient_else = import->recipient,
		.received_else = source->mbox.at };
	struct recorder_job *job;
	int code =
	    handover_job(import->batch.mailboxes, &hints, octets, len, &job);

	import->messages++;
	if (code == ERROR_NOT_FOUND) {
		import->not_ours++;
		return 0;
	}
	if (code == 0 && is_old(import, job)) {
		import->old++;
		recorder_job_free(job);
		return 0;
	}
	if (code == 0)
		code = batch_submit(&import->batch, job);
	if (code == ERROR_NOT_FOUND) {
		import->nobodys++;
		return 0;
	}
	return code;
}

static void
show_progress(struct import *import, const struct source *source, bool end)
{
	int64_t now_ms = clock_monotonic_ms();
	char path[LOG_TEXT_MAX];

	if (!end && now_ms < import->progress_at_ms)
		return;
	import->progress_at_ms = now_ms + PROGRESS_MS;
	log_notice("importing file=%s messages=%" PRIu64 " recorded=%u "
		   "old=%" PRIu64 " not_ours=%" PRIu64 " no_client=%" PRIu64
		   " percent=%d",
	    log_escape(source->path, path), import->messages,
	    import->batch.recorded, import->old, import->not_ours,
	    import->nobodys,
	    source->stat.st_size > 0
		? (int)(source->mbox.end * 100 / source->stat.st_size)
		: 100);
}

/* 1: there may be more; 0: the end. */
static int
import_step(struct import *import, struct source *source)
{
	int code = 1, drained;

	for (unsigned i = 0; code == 1 && i < STEP_MESSAGES; i++) {
		char *octets;
		size_t len;

		code = mbox_next(&source->mbox, &octets, &len);
		if (code == 1) {
			int taken = take_message(import, source, octets, len);

			code = taken != 0 ? taken : 1;
		}
	}
	drained = batch_drain(&import->batch);
	if (drained != 0 || code < 0)
		return drained != 0 ? drained : code;
	if (import->resume_path != NULL)
		drained = mbox_place_keep(
		    import->resume_path, &source->stat, source->mbox.end);
	return drained != 0 ? drained : code;
}

static int
begin(struct import *import, struct source *source)
{
	size_t most = (size_t)import->batch.settings.ingest.message_bytes;
	off_t offset = 0;
	int code;

	if (fstat(fileno(source->file), &source->stat) != 0)
		return -errno;
	if (import->resume_path != NULL)
		offset = mbox_place_find(import->resume_path, &source->stat);
	code = mbox_begin(&source->mbox, source->file, offset, most);
	/* Somebody has written to it meanwhile: all of it once more. */
	if (code == ERROR_FORMAT && offset > 0)
		code = mbox_begin(&source->mbox, source->file, 0, most);
	return code;
}

static int
import_file(struct import *import, const char *path)
{
	struct source source = { .path = path, .file = fopen(path, "re") };
	int code = source.file == NULL ? -errno : begin(import, &source);

	if (code == 0) {
		while ((code = import_step(import, &source)) == 1)
			show_progress(import, &source, false);
		show_progress(import, &source, true);
	}
	if (code != 0)
		fprintf(stderr, "bsbl-ingest: %s: %s\n", path,
		    code == ERROR_FORMAT ? "is no mbox" : error_text(code));
	if (source.file != NULL)
		fclose(source.file);
	return code;
}

/* --- the command line ----------------------------------------------------- */

static int
usage(void)
{
	fputs("usage: bsbl-ingest --import [-c FILE] [--recipient PATH] "
	      "[--resume FILE]\n"
	      "                   MBOX...\n",
	    stderr);
	return 2;
}

static int
read_options(int argc, char *argv[], struct import *import)
{
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, "c:", long_options, NULL)) !=
	       -1) {
		switch (option) {
		case 'i':
			break;
		case 'c':
			import->config_path = optarg;
			break;
		case 'r':
			import->recipient = optarg;
			break;
		case 'R':
			import->resume_path = optarg;
			break;
		default:
			return usage();
		}
	}
	return optind < argc ? 0 : usage();
}

static int
open_batch(struct import *import)
{
	struct policy policy;
	int code = batch_open(&import->batch, import->config_path);

	if (code == 0)
		code = policy_from_settings(&import->batch.settings, &policy);
	if (code == 0)
		import->evidence_seconds = policy.evidence_seconds;
	return code;
}

/* What another file would meet as well. */
static bool
is_ours(int code)
{
	return code == ERROR_FULL || code == -ENOSPC || code == -ENOMEM ||
	       code == -EIO;
}

int
import_main(int argc, char *argv[])
{
	struct import import = { .progress_at_ms = 0 };
	int code, status = read_options(argc, argv, &import);

	if (status != 0)
		return status;
	code = open_batch(&import);
	if (code != 0)
		status = EX_TEMPFAIL;
	for (int i = optind; i < argc && status != EX_TEMPFAIL; i++) {
		code = import_file(&import, argv[i]);
		if (code != 0)
			status = is_ours(code) ? EX_TEMPFAIL : 1;
	}
	batch_close(&import.batch);
	return status;
}
