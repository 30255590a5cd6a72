#ifndef DNSD_NOTIFY_H
#define DNSD_NOTIFY_H

#include "db/store.h"
#include "dnsd/rules.h"

/*
 * Tells secondaries that the zone has changed (RFC 1996), on a thread of its
 * own: at once, but no more often than the rules allow, and again until each
 * has answered or is given up.
 */
struct notify;

/* 0, or a negative code after one log line. Tells of the zone as it is, too. */
int notify_start(
    struct store *store, struct rules *rules, struct notify **notify);
void notify_stop(struct notify *notify); /* NULL does nothing */

void notify_set_rules(struct notify *notify, struct rules *rules);

/* An eventfd: whoever sees a commit writes to it. */
int notify_fd(const struct notify *notify);

#endif
