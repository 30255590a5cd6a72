#ifndef INGEST_WRITER_H
#define INGEST_WRITER_H

#include "common/settings.h"
#include "common/strbuf.h"
#include "db/record.h"
#include "db/store.h"
#include "ingest/job_queue.h"
#include "ingest/names.h"
#include "ingest/recorder.h"

/*
 * The one thread that writes. Jobs are recorded in groups: all that waits, or
 * what some 50 ms allow, is one transaction. When that has returned from its
 * commit, the jobs go on with their results. A keeper's does what
 * ingest/upkeep.h says between times.
 *
 * Jobs with a number stand in the intake log (db/intake_log.h), and are written
 * by rising numbers, before those that have none. One that was promised is
 * tried each second until it is written: meanwhile the writer is stuck, and
 * numbered jobs that were not promised come back with the failure.
 *
 * One that the database refuses for its own sake, while it takes others, is put
 * aside (db/intake_aside.h), or it would hold up all behind it for ever. Until
 * another job is written it may be the database after all: the writer counts as
 * stuck, and so many in a row wait as they would for a disk.
 */
struct writer;

/* Policy as the settings have it; the writer's, or to be freed. */
int writer_rules_new(
    const struct settings *settings, struct recorder_rules **rules);
void writer_rules_free(struct recorder_rules *rules);

/*
 * Finished jobs are put in `finished`, then `event_fd` (an eventfd) is told.
 * The rules are the writer's now, also when this fails. `names` is whom to ask
 * for host names, NULL nobody; borrowed.
 */
int writer_begin(struct store *store, struct recorder_rules *rules,
    enum recorder_role role, struct names *names, struct job_queue *finished,
    int event_fd, struct writer **writer);
/*
 * Writes all that was put before. What was promised and cannot be written is
 * told of in the log, and stays in the intake log. NULL does nothing.
 */
void writer_end(struct writer *writer);

/* What is not classified yet, it classifies; that is for single jobs. */
void writer_put(struct writer *writer, struct recorder_job *job);
void writer_put_all(struct writer *writer, struct job *jobs);

/* The mark that is in the database, before any job with a number is put. */
void writer_set_mark(struct writer *writer, const struct intake_mark *mark);
/* Up to this number nothing need be kept in the intake log. */
uint64_t writer_settled(const struct writer *writer);
bool writer_is_stuck(const struct writer *writer);
/* Its numbers (common/metrics.h), on any thread. */
void writer_print(struct writer *writer, struct strbuf *out);
/* In force from the next transaction on. */
void writer_set_rules(struct writer *writer, struct recorder_rules *rules);

#endif
