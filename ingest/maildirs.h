#ifndef INGEST_MAILDIRS_H
#define INGEST_MAILDIRS_H

#include "common/settings.h"
#include "db/store.h"
#include "ingest/recorder.h"

/* The Maildirs of the settings, on the event loop of smtp_server. */
struct maildirs;
struct event_base;

/*
 * As the user that keeps running, so that what it may not read is found out
 * now. 0, or a negative code after one log line.
 */
int maildirs_open(const struct settings *settings, struct event_base *base,
    struct maildirs **maildirs);
/* 0, or a negative code after one log line. */
int maildirs_serve(
    struct maildirs *maildirs, struct store *store, struct recorder *recorder);
/* Before the recorder is closed, and after; NULL does nothing. */
void maildirs_stop(struct maildirs *maildirs);
void maildirs_close(struct maildirs *maildirs);

#endif
