#ifndef INGEST_WRITER_H
#define INGEST_WRITER_H

#include "common/settings.h"
#include "common/strbuf.h"
#include "db/record.h"
#include "db/store.h"
#include "ingest/completed.h"
#include "ingest/logged_jobs.h"
#include "ingest/names.h"
#include "ingest/recorder.h"

/*
 * The one thread that writes. Jobs are recorded in groups: all that waits, or
 * what some 50 ms allow, is one transaction. When that has returned from its
 * commit, the jobs go on with their results. A keeper's does what
 * ingest/upkeep.h says between times.
 *
 * Jobs with a number, which stand in the intake log, are written before those
 * that have none; ingest/logged_jobs.h tells what becomes of them.
 */
struct writer;

/* Policy as the settings have it; the writer's, or to be freed. */
int writer_rules_new(
    const struct settings *settings, struct recorder_rules **rules);
void writer_rules_free(struct recorder_rules *rules);

/*
 * Jobs that are done are put in `completed`. The rules are the writer's now,
 * also when this fails. `names` is whom to ask for host names, NULL nobody;
 * both are borrowed.
 */
int writer_begin(struct store *store, struct recorder_rules *rules,
    enum recorder_role role, struct names *names, struct completed *completed,
    struct writer **writer);
/*
 * Writes all that was put before. What was promised and cannot be written is
 * told of in the log, and stays in the intake log. NULL does nothing.
 */
void writer_end(struct writer *writer);

/* What is not classified yet, it classifies; that is for single jobs. */
void writer_put(struct writer *writer, struct recorder_job *job);
void writer_put_all(struct writer *writer, struct job *jobs);

/* Those with a number: for who gives them. */
struct logged_jobs *writer_logged(struct writer *writer);
/* Its numbers (common/metrics.h), on any thread. */
void writer_print(struct writer *writer, struct strbuf *out);
/* In force from the next transaction on. */
void writer_set_rules(struct writer *writer, struct recorder_rules *rules);

#endif
