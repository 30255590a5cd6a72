#ifndef INGEST_CALLOUT_H
#define INGEST_CALLOUT_H

#include <stdbool.h>

#include "ingest/classify.h"

/*
 * Sender verification: a server that asks us, by a dialogue without a message,
 * whether the sender of some mail exists. It asks as `<>` or as double-bounce
 * of its own name, about one recipient; a dictionary attack has the same shape
 * but any other sender, and tries recipient after recipient.
 */

/* More refused recipients than that in one dialogue, and it is a search. */
#define CALLOUT_REFUSED_MAX 3

/* "" is the null sender. */
bool callout_sender(const char *sender);

/*
 * NULL, with grade D for a callout; E for what is recorded and not counted: a
 * dropped dialogue, one with refused recipients. Else why it is none. Where
 * the end is not told, that no message came is taken for a callout, and a sign
 * says how little is known.
 */
const char *callout_judge(const char *sender, enum dialogue_end end,
    unsigned refused_recipients, struct signs *signs, enum proof_grade *grade);

#endif
