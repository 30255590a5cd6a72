#ifndef CTL_BULK_H
#define CTL_BULK_H

#include "ctl/ctl.h"
#include "db/record.h"

/*
 * Long work on many units in short write transactions, so that nobody else
 * waits for long: with a progress bar, and to be interrupted between two of
 * them. What is committed then stays.
 */
struct bulk {
	const char *doing; /* for the progress bar */
	uint64_t total;
	void *context;
	/* The next units, at most `room`; how many. 0: there are no more. */
	size_t (*fill)(void *context, struct ipaddr *units, size_t room);
	/* As record_import: how many of them it dealt with, or a code. */
	int (*step)(struct store_txn *txn, const struct recorder_rules *rules,
	    const struct ipaddr *units, size_t count, int64_t deadline_ms,
	    void *context);

	uint64_t done;	  /* units dealt with */
	bool interrupted; /* by a signal */
};

/* 0 or a negative code; *bulk says how far it came. */
int bulk_run(struct ctl *ctl, struct bulk *bulk);

/*
 * For whoever steps by himself: from now on the keyboard ends the work between
 * two steps and not in one; and between them others have their turn.
 */
void bulk_catch_signals(void);
bool bulk_is_interrupted(void);
void bulk_pause(void);

#endif
