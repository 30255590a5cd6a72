#ifndef CTL_DECISION_H
#define CTL_DECISION_H

#include "ctl/ctl.h"
#include "db/bulk_act.h"

/*
 * A decision about many listings: looked for, asked, and done in steps, with a
 * progress bar. Interrupted at the keyboard it is over, and the same command
 * goes on with what is left. Where bsblctl is killed, bsbl-httpapi or, where
 * none runs, bsbl-ingest goes on.
 */
struct decision {
	enum bulk_kind kind;
	const char *word, *done_word; /* "release", "released" */
	const char *nothing;	      /* where there is nothing to do */
	const struct ipprefix *prefixes;
	int count; /* of them; 0: everywhere */
	bool asks; /* before it is done */
};
/* A status; the answer is told. The database is open. */
int decision_run(struct ctl *ctl, const struct decision *decision);

#endif
