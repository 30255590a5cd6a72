#ifndef INGEST_SMTP_PEERS_H
#define INGEST_SMTP_PEERS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/ipaddr.h"
#include "common/settings.h"

/* Who may speak for others, and how, as the settings say. */
struct smtp_peer_list {
	struct ipprefix *prefixes;
	size_t count;
};

struct smtp_peers {
	struct smtp_peer_list xclient, xforward, proxy;
};

/* 0 or a negative code, and nothing to free then. */
int smtp_peers_read(const struct settings *settings, struct smtp_peers *peers);
void smtp_peers_free(struct smtp_peers *peers);

bool smtp_peer_list_has(
    const struct smtp_peer_list *list, const struct ipaddr *address);
/* One of ours, in any of the lists? */
bool smtp_peers_have(
    const struct smtp_peers *peers, const struct ipaddr *address);

#endif
