#ifndef INGEST_WRITING_H
#define INGEST_WRITING_H

#include <stdatomic.h>
#include <stdbool.h>

#include "db/record.h"
#include "ingest/names.h"
#include "ingest/recorder.h"

/*
 * Transactions of the one thread that writes (ingest/writer.h).
 */
struct writing {
	struct store *store;
	struct recorder_rules *rules;
	struct names *names; /* NULL: nobody to ask */
	uint64_t log;	     /* the intake log's random number */
	_Atomic uint64_t commits, failures;
	atomic_uint aside_in_a_row; /* put aside since a group was written */
};

/*
 * Commits, or gives up for the sake of `code`; then tells the log, and counts
 * which it was.
 */
int writing_end(struct writing *writing, struct store_txn *txn, int code);

/* One line, now and then, about what could not be written. */
void writing_complain(const char *what, int code);

/*
 * Writes jobs of the list as one transaction: all, or as many as its time
 * allows, at most `most`. *rest is the first that was not tried. The database
 * knows then what of the intake log it has. A failure is complained of.
 */
int writing_group(struct writing *writing, struct job *jobs, unsigned most,
    struct job **rest);

/*
 * When a group fails, each of its messages is tried alone, so that none fails
 * because of another; where there is no space that would be in vain.
 */
bool writing_one_by_one(const struct job *jobs, unsigned most, int code);

/* The database has up to that number of the intake log, or needs it not. */
int writing_pass(struct writing *writing, uint64_t number);

#endif
