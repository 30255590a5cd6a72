#ifndef INGEST_CALLOUT_H
#define INGEST_CALLOUT_H

#include <stdbool.h>

/*
 * Sender verification: a server that asks us, by a dialogue without a message,
 * whether the sender of some mail exists. It asks as `<>` or as double-bounce
 * of its own name; a dictionary attack has the same shape but any other
 * sender, and tries recipient after recipient.
 */

/* More recipients than that in one dialogue, and it is a search. */
#define CALLOUT_REFUSED_MAX 3

/* "" is the null sender. */
bool callout_sender(const char *sender);

#endif
