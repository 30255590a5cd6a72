#ifndef CTL_SPOOL_H
#define CTL_SPOOL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/strbuf.h"

/*
 * Text of any length on its way into a file: `text` is added to in memory,
 * where nothing waits, and flushed now and then. The first failure is
 * remembered and checked once, at the end.
 */
struct spool {
	struct strbuf text;
	FILE *file;
	bool borrowed;	 /* the file; its owner closes it */
	uint64_t octets; /* flushed */
	int error;
};

/* `file` NULL: one without a name is made in `folder` when it is needed. */
void spool_init(struct spool *spool, FILE *file);
void spool_deinit(struct spool *spool);

bool spool_is_empty(const struct spool *spool);
void spool_flush(struct spool *spool, const char *folder);
/* Flushes both, and adds to the one what the other holds. */
void spool_append(struct spool *to, struct spool *from, const char *folder);

/*
 * Copies a file from its beginning on, and adds up the octets. 0 or a negative
 * code.
 */
int spool_copy(FILE *from, FILE *to, uint64_t *octets);

/* A file without a name, or NULL with errno. */
FILE *spool_file(const char *folder);

#endif
