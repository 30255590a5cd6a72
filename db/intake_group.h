#ifndef DB_INTAKE_GROUP_H
#define DB_INTAKE_GROUP_H

#include "common/wire.h"
#include "db/evidence.h"

/*
 * A group of the intake log (db/intake_log.h) in octets; no I/O. A head, then
 * the entries: how many sightings, and each one's length and record.
 *
 *	32  BLAKE2b of all that follows
 *	 4  "bsbl"
 *	 1  version
 *	 8  the log's random number
 *	 8  the first sighting's number
 *	 4  how many sightings
 *	 4  octets of the entries
 */
#define INTAKE_HEAD_LEN 61

struct intake_group {
	uint64_t log, first;
	uint32_t count;
	struct wire_writer head, entries;
};

/* In `size` octets at `octets`, which must hold a head. */
void intake_group_begin(struct intake_group *group, uint8_t *octets,
    size_t size, uint64_t log, uint64_t first);
/* 0, or ERROR_LIMIT: no room for the entry, and the group is as before. */
int intake_group_add(
    struct intake_group *group, const struct evidence *list, unsigned count);
/* Writes the head. How long all of it is. */
size_t intake_group_end(struct intake_group *group);

struct intake_found {
	const uint8_t *octets; /* where it begins */
	uint64_t log, first;
	uint32_t count;
	size_t len;
	uint8_t version; /* the entries of another cannot be read */
	struct wire_reader entries;
};

/* Does a whole group begin here? */
bool intake_group_find(
    const uint8_t *octets, size_t len, struct intake_found *found);
/*
 * The next entry's list, to be freed. 0, ERROR_NOT_FOUND behind the last,
 * ERROR_DAMAGED, _NEWER or -ENOMEM.
 */
int intake_group_next(
    struct intake_found *found, struct evidence **list, unsigned *count);

#endif
