#ifndef DNSD_SERVER_H
#define DNSD_SERVER_H

#include "common/settings.h"
#include "db/store.h"
#include "dnsd/counters.h"
#include "dnsd/index.h"
#include "dnsd/rules.h"

/*
 * The sockets and the threads behind them: some workers for UDP, each with a
 * socket of its own for every address, so that the kernel spreads clients over
 * them; one thread for TCP.
 */
struct server;

/*
 * Binds every address of dnsd.listen, which may need rights that are dropped
 * afterwards. 0, or a negative code after one log line.
 */
int server_open(const struct settings *settings, struct server **server);

/*
 * Begins to answer, from the index where it can. 0, or a negative code after
 * one log line.
 */
int server_start(struct server *server, struct store *store,
    struct index *index, struct rules *rules);

/* Has all threads answer by these rules from their next batch on. */
void server_set_rules(struct server *server, struct rules *rules);

/* What all threads counted so far. */
void server_count(const struct server *server, struct counters *sum);

/* Waits for the threads to end what they are at; closes the sockets. */
void server_close(struct server *server); /* NULL does nothing */

#endif
