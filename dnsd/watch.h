#ifndef DNSD_WATCH_H
#define DNSD_WATCH_H

#include "db/store.h"
#include "dnsd/index.h"

/*
 * The thread that notices what other processes commit, and brings the index up
 * to it: at once when a query meets a newer zone, within 50 ms when none does.
 */
struct watch;

/*
 * `call` is an eventfd that is written to when something was committed. 0, or
 * a negative code after one log line.
 */
int watch_start(struct store *store, int call, struct watch **watch);

/* Ends the thread. Nobody reads the index any more. NULL does nothing. */
void watch_stop(struct watch *watch);

/* Lives as long as the watch. */
struct index *watch_index(const struct watch *watch);

#endif
