#ifndef INGEST_JUDGE_H
#define INGEST_JUDGE_H

#include "ingest/notice.h"

/*
 * Findings -> kind and grade: which signs are enough, and in what company. The
 * rules are here, the signs in the modules of the kinds.
 */

/* A veto has been looked for already. */
enum backscatter_kind judge_kind(const struct notice *notice);
enum proof_grade judge_grade(
    const struct notice *notice, enum backscatter_kind kind);

#endif
