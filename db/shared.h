#ifndef DB_SHARED_H
#define DB_SHARED_H

#include <stddef.h>

#include "common/ipaddr.h"
#include "common/settings.h"

/*
 * Addresses that mail of very many, who know nothing of each other, comes
 * from: the outbound pools of big providers, and forwarders. What one of their
 * users does is no reason to refuse the others, so they are listed in shared.
 * alone, for scoring; see verdict.h.
 *
 * Known by network, from a dated table (shared_table.c) and the setting
 * policy.shared_networks; or by host name, from a table of domains and
 * policy.shared_domains, where the name of the address leads back to it.
 */
struct shared; /* read by any number of threads */

/* 0, -ENOMEM, or ERROR_FORMAT: what no file of settings may say. */
int shared_new(const struct settings *settings, struct shared **shared);
void shared_free(struct shared *shared); /* NULL does nothing */

/* Whose network the address is in, in words for people, or NULL. */
const char *shared_by_network(
    const struct shared *shared, const struct ipaddr *address);

/*
 * The same of a host name, which is one of the domains or lies below one; in
 * any case, a dot may end it. The name alone proves nothing: anybody can give
 * his address any name, so it has to lead back to the address.
 */
const char *shared_by_name(const struct shared *shared, const char *name);

/* --- the tables ----------------------------------------------------------- */

struct shared_entry {
	const char *what; /* a prefix, or a domain in lower case */
	const char *owner;
};
extern const struct shared_entry shared_networks[], shared_domains[];
extern const size_t shared_network_count, shared_domain_count;

#endif
