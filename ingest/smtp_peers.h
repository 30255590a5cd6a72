#ifndef INGEST_SMTP_PEERS_H
#define INGEST_SMTP_PEERS_H

#include <stdbool.h>

#include "common/prefixes.h"

/* Who may speak for others, and how, as the settings say. */
struct smtp_peers {
	struct prefixes xclient, xforward, proxy;
};

/* 0 or a negative code, and nothing to free then. */
int smtp_peers_read(const struct settings *settings, struct smtp_peers *peers);
void smtp_peers_free(struct smtp_peers *peers);

/* One of ours, in any of the lists? */
bool smtp_peers_have(
    const struct smtp_peers *peers, const struct ipaddr *address);

#endif
