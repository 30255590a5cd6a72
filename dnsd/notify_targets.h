#ifndef DNSD_NOTIFY_TARGETS_H
#define DNSD_NOTIFY_TARGETS_H

#include <sys/socket.h>

#include "common/settings.h"
#include "dnsd/tsig_keys.h"

/*
 * Whom to tell that the zone has changed: items "ADDRESS[:PORT] [key NAME]",
 * port 53 where none is given.
 */
struct notify_target {
	struct sockaddr_storage sa;
	socklen_t len;
	const struct tsig_key *key; /* NULL: not signed */
};
#define NOTIFY_TARGETS_MAX 256
struct notify_targets {
	struct notify_target *items;
	size_t count;
};

/*
 * The keys must outlive *targets. 0 or a negative code after one line that
 * names setting and item.
 */
int notify_targets_from(const struct settings_list *list,
    const struct tsig_keys *keys, struct notify_targets *targets);
void notify_targets_free(struct notify_targets *targets);

#endif
