#include "ingest/writing.h"

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"

/*
 * Others wait for their turn to write (a delisting, bsblctl) while a group is
 * being written.
 */
#define GROUP_MS 50

/* --- transactions --------------------------------------------------------- */

int
writing_end(struct writing *writing, struct store_txn *txn, int code)
{
	if (code == 0)
		code = store_commit(txn);
	else
		store_abort(txn);
	record_log_decisions(writing->rules, code == 0);
	atomic_fetch_add(code == 0 ? &writing->commits : &writing->failures, 1);
	return code;
}

void
writing_complain(const char *what, int code)
{
	static struct log_gate gate = LOG_GATE(10);

	if (log_gate_open(&gate, "not_written"))
		log_error("not_written what=%s reason=\"%s\"", what,
		    error_text(code));
}

/* --- jobs ----------------------------------------------------------------- */

/* Answers come with the next sweep. */
static int
ask_for_name(struct writing *writing, struct store_txn *txn,
    const struct ipaddr *address, int64_t now)
{
	int wanted;

	if (writing->names == NULL)
		return 0;
	wanted = record_wants_name(txn, writing->rules, address, now);
	if (wanted > 0)
		names_ask(writing->names, address);
	return wanted < 0 ? wanted : 0;
}

static int
write_sighting(struct writing *writing, struct store_txn *txn,
    struct evidence *evidence, int64_t now)
{
	int code = record_evidence(txn, writing->rules, evidence, now);

	return code != 0 ? code
			 : ask_for_name(writing, txn, &evidence->address, now);
}

static int
write_job(struct writing *writing, struct store_txn *txn,
    struct recorder_job *job, int64_t now)
{
	job->repeated = job->sightings.count > 0;
	for (unsigned i = 0; i < job->sightings.count; i++) {
		int code =
		    write_sighting(writing, txn, &job->sightings.list[i], now);

		if (code == 0)
			job->repeated = false;
		else if (code != ERROR_EXISTS)
			return code;
	}
	return 0;
}

/* `mark` is then that of the last with a number. */
static int
write_jobs(struct writing *writing, struct store_txn *txn, struct job *jobs,
    unsigned most, struct job **rest, struct intake_mark *mark)
{
	int64_t end_ms = clock_monotonic_ms() + GROUP_MS;
	int64_t now = clock_seconds();

	for (struct job *job = jobs; job != NULL; job = job->next) {
		int code = 0;

		if (job_of(job)->result == 0)
			code = write_job(writing, txn, job_of(job), now);
		if (code != 0)
			return code;
		if (job_of(job)->number != 0)
			mark->number = job_of(job)->number;
		if (--most == 0 || clock_monotonic_ms() >= end_ms) {
			*rest = job->next;
			break;
		}
	}
	return 0;
}

static int
write_group(
    struct writing *writing, struct job *jobs, unsigned most, struct job **rest)
{
	struct intake_mark mark = { .log = writing->log };
	struct store_txn *txn;
	int code = store_begin_write(writing->store, &txn);

	if (code != 0)
		return code;
	code = write_jobs(writing, txn, jobs, most, rest, &mark);
	if (code == 0 && mark.number != 0)
		code = meta_set_intake_mark(txn, &mark);
	return writing_end(writing, txn, code);
}

int
writing_group(
    struct writing *writing, struct job *jobs, unsigned most, struct job **rest)
{
	int code;

	*rest = NULL;
	code = write_group(writing, jobs, most, rest);
	if (code != 0)
		writing_complain("evidence", code);
	else
		atomic_store(&writing->aside_in_a_row, 0);
	return code;
}

bool
writing_one_by_one(const struct job *jobs, unsigned most, int code)
{
	return code != 0 && code != ERROR_FULL && most > 1 &&
	       jobs->next != NULL;
}

int
writing_pass(struct writing *writing, uint64_t number)
{
	const struct intake_mark mark = { writing->log, number };
	struct store_txn *txn;
	int code = store_begin_write(writing->store, &txn);

	if (code == 0)
		code =
		    writing_end(writing, txn, meta_set_intake_mark(txn, &mark));
	return code;
}
