#ifndef INGEST_INTAKE_H
#define INGEST_INTAKE_H

#include "common/settings.h"
#include "common/strbuf.h"
#include "db/store.h"
#include "ingest/writer.h"

/*
 * The thread that promises. What clients bring goes to the intake log
 * (db/intake_log.h), all that waits with one sync, and comes back at once, on
 * disk. What it was is held, and given to the writer with others, at least each
 * `ingest.commit_milliseconds`; the first after a pause is given at once.
 *
 * Where the log may not or cannot be written to, jobs go to the writer as they
 * came, and come back when the database has them: space is short, the writer is
 * stuck or far behind, the log's disk fails. After a crash the log is read
 * before anything is put.
 */
struct intake;

/*
 * Gives the writer what the log held when the program ended last. Where there
 * can be no log, the reason is in the program's log, and all goes to the
 * writer. 0 or a negative code. Other arguments are as of writer_begin.
 */
int intake_begin(struct store *store, const struct settings *settings,
    struct writer *writer, struct completed *completed, struct intake **intake);
/* Deals with all that was put before, before writer_end. NULL does nothing. */
void intake_end(struct intake *intake);
/*
 * After writer_end: another program may read the log now, and must not find in
 * it what we are about to commit. NULL does nothing.
 */
void intake_free(struct intake *intake);

/* What is not classified yet, it classifies; that is for single jobs. */
void intake_put(struct intake *intake, struct recorder_job *job);
/* As `settings` have it now. */
void intake_set(struct intake *intake, const struct settings *settings);
/* Its numbers (common/metrics.h), on any thread. */
void intake_print(struct intake *intake, struct strbuf *out);

#endif
