#include <errno.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "ingest/intake_private.h"

/*
 * What was left: an intake log that promised what the database never got.
 */
static int
hold_again(
    uint64_t number, struct evidence *list, unsigned count, void *context)
{
	struct recorder_job *behind = calloc(1, sizeof(*behind));

	if (behind == NULL) {
		free(list);
		return -ENOMEM;
	}
	behind->number = number;
	behind->sightings.list = list;
	behind->sightings.count = count;
	intake_hold(context, behind);
	return 0;
}

/* A database that has no mark yet gets one. */
static int
find_mark(struct store *store, struct intake_mark *mark)
{
	struct store_txn *txn;
	int code = store_begin_read(store, &txn);

	if (code != 0)
		return code;
	code = meta_intake_mark(txn, mark);
	store_abort(txn);
	if (code != 0 || mark->log != 0)
		return code;
	code = store_begin_write(store, &txn);
	if (code == 0)
		code = meta_new_intake_mark(txn, mark);
	if (code == 0)
		return store_commit(txn);
	store_abort(txn);
	return code;
}

static int
read_left(struct intake *intake, struct intake_mark *mark)
{
	int code = find_mark(intake->store, mark);

	if (code == 0)
		code = intake_log_read(
		    store_path(intake->store), mark, hold_again, intake);
	if (code == ERROR_EXISTS) {
		log_warning("intake_log_replaced reason=\"it is another "
			    "database's\" kept=" INTAKE_LOG_REPLACED);
		code = intake_log_replace(intake->log);
	}
	return code == 0 ? intake_log_start(intake->log, mark) : code;
}

void
intake_drop_held(struct intake *intake)
{
	while (intake->held != NULL) {
		struct job *next = intake->held->next;

		recorder_job_free(job_of(intake->held));
		intake->held = next;
	}
	intake->held_end = &intake->held;
	intake->held_count = 0;
}

static void
tell_what_was_left(struct intake *intake)
{
	if (intake->held_count == 0)
		return;
	intake->replayed = intake->held_count;
	backlog_note(&intake->backlog, intake_log_last(intake->log), 0,
	    logged_jobs_settled(intake->logged), clock_monotonic_ms());
	log_notice("intake_log_read sightings=%u", intake->replayed);
}

/* Whatever is wrong with it: what is in it stays there. */
void
intake_open_log(struct intake *intake)
{
	bool make = atomic_load(&intake->commit_ms) > 0;
	struct intake_mark mark;
	int code =
	    intake_log_open(store_path(intake->store), make, &intake->log);

	if (code == ERROR_NOT_FOUND)
		return;
	if (code == 0)
		code = read_left(intake, &mark);
	if (code == 0) {
		logged_jobs_set_mark(intake->logged, &mark);
		tell_what_was_left(intake);
		return;
	}
	log_warning("intake_log_unused reason=\"%s\" remedy=\"see to it and "
		    "restart; until then each message waits for a commit\"",
	    error_text(code));
	intake_drop_held(intake);
	intake_log_close(intake->log);
	intake->log = NULL;
}
