#ifndef HTTPAPI_DNSD_WATCH_H
#define HTTPAPI_DNSD_WATCH_H

#include "common/settings.h"
#include "db/probe.h"
#include "httpapi/service.h"

/*
 * Asks bsbl-dnsd each few seconds which zone it serves, so that operators see
 * how it fares. Its rounds are the keeper's; they never wait.
 */
struct dnsd_watch;

/* Before the program confines itself. Without a socket nobody is asked. */
int dnsd_watch_new(const struct settings *settings, struct dnsd_watch **watch);
void dnsd_watch_free(struct dnsd_watch *watch);

/* Each second, on one thread. */
void dnsd_watch_round(struct dnsd_watch *watch, struct service *service);

/* What is known, on any thread: not older than DNSD_WATCH_SECONDS or so. */
struct probe_answer dnsd_watch_get(struct dnsd_watch *watch);

/* Rounds between two questions, and until one has no answer. */
#define DNSD_WATCH_SECONDS 3

#endif
