#ifndef DB_EXEMPTION_H
#define DB_EXEMPTION_H

#include <stdint.h>

#include "common/ipaddr.h"
#include "common/settings.h"
#include "db/store.h"

/* Addresses never listed: by the operator's word, or by what they are. */
#define EXEMPTION_REASON_MAX 200
struct exemption {
	struct ipprefix prefix;
	int64_t added_at;
	int64_t until; /* 0: for good */
	char reason[EXEMPTION_REASON_MAX + 1];
};
#define EXEMPTION_RECORD_MAX 256
int exemption_encode(
    const struct exemption *exemption, uint8_t *record, size_t size);
int exemption_decode(const struct ipprefix *prefix, struct octets record,
    struct exemption *exemption);

/*
 * IPv6 is listed by /64: a longer prefix stands for the /64 it lies in, here
 * and in exemption_remove. An exemption of the same prefix is replaced.
 */
int exemption_put(struct store_txn *txn, const struct exemption *exemption);
/* 0 or ERROR_NOT_FOUND. */
int exemption_remove(struct store_txn *txn, const struct ipprefix *prefix);
/*
 * The longest one in force that covers the address, or ERROR_NOT_FOUND. One
 * that cannot be read is in force: in doubt nobody is listed.
 */
int exemption_find(struct store_txn *txn, const struct ipaddr *address,
    int64_t now, struct exemption *exemption);
typedef int exemption_each(const struct exemption *exemption, void *context);
int exemption_list(struct store_txn *txn, exemption_each *each, void *context);

/*
 * Why an address can never be listed, in words for people, or NULL: private,
 * reserved and special-purpose space (IANA's registries, RFC 6890) unless
 * policy.listable_reserved names it, loopback always, policy.own_networks.
 */
struct listable; /* the settings' prefixes, parsed */
/* 0, -ENOMEM, or ERROR_FORMAT: what no file of settings may say. */
int listable_new(const struct settings *settings, struct listable **listable);
void listable_free(struct listable *listable);
const char *listable_refusal(
    const struct listable *listable, const struct ipaddr *address);

#endif
