#ifndef CTL_DNSASK_H
#define CTL_DNSASK_H

#include <jansson.h>

/*
 * Asks DNS, for the few questions that a person waits for. All of them
 * together take a bounded time: once it is over, or the servers have kept
 * silent on one, every question fails at once.
 */
struct dnsask;

enum dnsask_type { DNSASK_MX, DNSASK_TXT, DNSASK_A, DNSASK_AAAA };

/*
 * `server` is an address, or one with "@PORT" behind it; NULL: those of
 * /etc/resolv.conf. 0, ERROR_FORMAT, or -ENOENT when there is none.
 */
int dnsask_open(const char *server, struct dnsask **ask);
void dnsask_close(struct dnsask *ask); /* NULL does nothing */

/*
 * Appends what there is to `answers`: names of mail servers without the last
 * full stop ("" for the root: RFC 7505), whole texts, addresses. 0, also where
 * there is nothing or no such name; -ETIMEDOUT; or ERROR_REFUSED when the
 * server does not say.
 */
int dnsask_query(struct dnsask *ask, const char *name, enum dnsask_type type,
    json_t *answers);

#endif
