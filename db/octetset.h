#ifndef DB_OCTETSET_H
#define DB_OCTETSET_H

#include <stddef.h>
#include <stdint.h>

/*
 * A set of octet strings of one length: filled first, then sorted, then asked.
 * For work that is prepared before the database is touched.
 */
struct octetset {
	uint8_t *items; /* count * len octets */
	size_t len;	/* of one */
	size_t count, size;
};

void octetset_init(struct octetset *set, size_t len);
void octetset_deinit(struct octetset *set);
/* 0 or -ENOMEM. Twice is as good as once. */
int octetset_add(struct octetset *set, const void *item);
/* In byte order, each once. To be called again after more was added. */
void octetset_sort(struct octetset *set);
/* The place of the first that is not less than `item`; count when none is. */
size_t octetset_seek(const struct octetset *set, const void *item);
const uint8_t *octetset_at(const struct octetset *set, size_t place);

#endif
