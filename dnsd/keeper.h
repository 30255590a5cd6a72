#ifndef DNSD_KEEPER_H
#define DNSD_KEEPER_H

#include <stdbool.h>
#include <stdint.h>

#include "db/store.h"

/*
 * What dnsd watches beside answering: slots of readers that died, and listings
 * still published though their time ran out, which means that nobody sweeps.
 * That it looks around is its sign of life.
 */
struct keeper {
	struct store *store;
	int64_t reaped_at; /* seconds */
	bool alarmed;
};

void keeper_init(struct keeper *keeper, struct store *store);

/* A look around; call it about once a second. */
void keeper_tick(struct keeper *keeper, int64_t now);

#endif
