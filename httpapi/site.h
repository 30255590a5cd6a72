#ifndef HTTPAPI_SITE_H
#define HTTPAPI_SITE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/prefixes.h"
#include "common/settings.h"
#include "db/record.h"

/*
 * What bsbl.conf decides and SIGHUP may change, parsed. Never changed once it
 * is made: a request keeps the one it began with.
 */
struct site {
	struct recorder_rules rules; /* the writer's thread; policy: all */
	char *contact;		     /* "" none */
	char *run_by;		     /* who the operator is; "" unnamed */
	struct listable *listable;   /* the rules' go with the writer */
	struct prefixes proxies, metrics_clients;
	unsigned per_client, per_network; /* connections */
	/* Requests, of a client and of its network; 0 any number. */
	unsigned per_minute, network_per_minute;
	unsigned delist_per_hour, delist_per_network, delist_per_provider;
	unsigned proofs_per_minute;
	int64_t request_ms;
	bool refuses_clear_tokens;
	long hsts_seconds; /* 0: not told */
	long logged_hits;  /* dnsd.log_hits; 0 none */
	long session_idle_seconds, session_seconds;
	long request_overdue_seconds; /* 0 never */
	struct site *older; /* kept until the end: somebody may use it */
};

/* 0 or a negative code after one log line. */
int site_new(const struct settings *settings, struct site **site);
/* On the writer's thread: lets go of what only writing with older ones took. */
void site_retire(struct site *site);
void site_free(struct site *site); /* and all older ones */

#endif
