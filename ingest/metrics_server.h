#ifndef INGEST_METRICS_SERVER_H
#define INGEST_METRICS_SERVER_H

#include "common/settings.h"
#include "ingest/recorder.h"

/*
 * The numbers of ingest, told at the local socket of ingest.metrics
 * (common/metrics.h), on the event loop of smtp_server.
 */
struct metrics_server;
struct event_base;

/*
 * Binds the socket of the settings; without one *server is NULL. 0, or a
 * negative code after one log line.
 */
int metrics_server_open(const struct settings *settings,
    struct event_base *base, struct metrics_server **server);
void metrics_server_close(struct metrics_server *server); /* NULL: nothing */

/* From now on the recorder's numbers are told; NULL does nothing. */
void metrics_server_serve(
    struct metrics_server *server, struct recorder *recorder);

#endif
