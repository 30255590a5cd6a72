#ifndef DNSD_ENTRYBOOK_H
#define DNSD_ENTRYBOOK_H

#include <stdint.h>

#include "db/zonedata.h"

/*
 * The different entries there are, each under a number of sixteen bits:
 * millions of addresses share a few hundred combinations of codes, kinds, day
 * and flags. Numbers are given out and never taken back or given a new
 * meaning, so that readers may look while one thread adds.
 */
#define ENTRYBOOK_MAX 0xffff /* entries; the number itself is left free */
#define ENTRYBOOK_SLOTS (2u << 16)

struct entrybook {
	uint32_t count;
	struct zone_entry entries[ENTRYBOOK_MAX];
	uint16_t slots[ENTRYBOOK_SLOTS]; /* by hash: number + 1, 0 free */
};

/* NULL without memory; what is not used yet costs none. Free with free(). */
struct entrybook *entrybook_new(void);

/* The number of an entry, ENTRYBOOK_MAX when there is none left. */
uint16_t entrybook_number(
    struct entrybook *book, const struct zone_entry *entry);

#endif
