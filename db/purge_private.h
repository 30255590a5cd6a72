#ifndef DB_PURGE_PRIVATE_H
#define DB_PURGE_PRIVATE_H

#include "db/purge_plan.h"
#include "db/record_private.h"

/*
 * What the files of a purge share, and nobody else includes: purge_plan.c (its
 * steps), record_purge_find.c (what is meant, and who is near),
 * record_purge_take.c (evidence goes), record_purge.c (what followed from it),
 * record_purge_look.c (what would).
 */

#define PURGE_UNIT_LEN 16

/* One step, or look. */
struct purging {
	struct store_txn *txn;
	const struct recorder_rules *rules;
	struct purge_plan *plan;
	struct purge_act purge; /* as it is once the step is committed */
	int64_t now, deadline_ms;
};
bool purging_is_late(const struct purging *purging);

/* --- finding -------------------------------------------------------------- */

bool purge_means(const struct purge *purge, const struct evidence *evidence);
/* All of these: 1 when the clock has reached `deadline_ms`, 0, or a code. */
int purge_find_evidence(
    struct store_txn *txn, struct purge_plan *plan, int64_t deadline_ms);
int purge_find_near(
    struct store_txn *txn, struct purge_plan *plan, int64_t deadline_ms);

/* --- its stages: 1 when it is late, 0 when the stage is over -------------- */

int purge_take(struct purging *purging, size_t *next);
int purge_count(struct purging *purging, size_t *next);
int purge_judge(struct purging *purging);
int purge_tell(struct purging *purging);
int purge_let_go(struct purging *purging);

/* Of a look. */
int purge_look(struct purging *purging);

/* --- one unit ------------------------------------------------------------- */

struct ipaddr purge_unit_at(const struct purge_plan *plan, size_t place);
/* What corroboration looks at, without the texts. */
struct evidence purge_evidence_of(
    const struct ipaddr *unit, const struct policy_event *event);
struct purge_before purge_before_of(const struct listing *listing);
/* What came of it; not what ended by itself, or by somebody, meanwhile. */
void purge_note_change(struct purging *purging,
    const struct purge_before *before, const struct listing *after);

#endif
