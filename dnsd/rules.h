#ifndef DNSD_RULES_H
#define DNSD_RULES_H

#include <stdatomic.h>
#include <stdint.h>

#include "common/prefixmap.h"
#include "common/settings.h"
#include "dnsd/access.h"
#include "dnsd/cookie.h"
#include "dnsd/notify_targets.h"
#include "dnsd/peers.h"
#include "dnsd/transfer_limit.h"
#include "dnsd/tsig_keys.h"

/*
 * What the settings decide about answering, checked and ready for use. Built
 * whole and never changed after; those in force are swapped for others while
 * queries are answered, so that whoever uses them holds a reference.
 */
#define RULES_TEXT_MAX 128 /* as an option or a TXT it always fits */
struct rules {
	atomic_uint references;
	uint16_t udp_size;		  /* the most we send over UDP */
	char nsid[RULES_TEXT_MAX + 1];	  /* "" none */
	char version[RULES_TEXT_MAX + 1]; /* of version.bind; "" refused */
	unsigned tcp_idle_seconds;
	unsigned tcp_per_client;
	bool cookies;	  /* made and verified */
	bool own_secrets; /* of this process, from no setting */
	struct cookie_secrets secrets;
	unsigned rate_limit; /* answers a second over UDP; 0 none */
	unsigned rate_slip;  /* one in so many is truncated; 0 none */
	unsigned log_hits;   /* one in so many; 0 none */
	struct prefixmap *rate_exempt;
	struct access *access;
	struct tsig_keys keys;
	struct peers transfer;			/* who may */
	unsigned transfers;			/* at a time */
	struct transfer_bounds transfer_bounds; /* of one client */
	struct notify_targets notify;
	unsigned notify_seconds; /* between two to the same */
};

/*
 * Held once by the caller. `before` (may be NULL) are those in force: secrets
 * that are of this process alone outlive a reload. 0, or a negative code after
 * one line that names the setting.
 */
int rules_new(const struct settings *settings, const struct rules *before,
    struct rules **rules);

struct rules *rules_hold(struct rules *rules);
void rules_release(struct rules *rules); /* NULL does nothing */

#endif
