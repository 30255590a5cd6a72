#ifndef INGEST_JUDGE_PRIVATE_H
#define INGEST_JUDGE_PRIVATE_H

#include "ingest/notice.h"

/*
 * What the files of a judgement share: judge.c comes to it, judge_bounce.c,
 * judge_challenge.c and judge_autoreply.c know when the signs of their kind are
 * enough.
 */
#define HAS(kind, family)                                                      \
	finding_has(findings, BACKSCATTER_##kind, FAMILY_##family)

/* The quoted original names the trap as its sender. */
bool judge_own_original(const struct notice *notice);

/* The trap's own site writes to it: its scanner, of what was sent to it. */
bool judge_of_trap(const struct notice *notice);

/* It speaks of the address that it is from, or of one beside that. */
bool judge_names_itself(const struct notice *notice);

/* Who wants an answer elsewhere is no machine that reports something. */
bool judge_wants_answer(const struct notice *notice);

/* What no table of words knows is short when a machine wrote it. */
bool judge_is_short(const struct notice *notice);

/* Signs of a bounce that are hard to come by: a report, a code, ... */
unsigned judge_hard_signs(const struct notice *notice);
/* A bounce that is no report, by its signs. */
bool judge_text_bounce(const struct notice *notice);
/* The trap's own message comes back from nobody: in whatever language. */
bool judge_returned(const struct notice *notice);

bool judge_challenge(const struct notice *notice);

bool judge_autoreply(const struct notice *notice);
/* A list sends back what its moderator did not take, without such words. */
bool judge_returned_post(const struct notice *notice);

#endif
