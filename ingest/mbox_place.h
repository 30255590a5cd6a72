#ifndef INGEST_MBOX_PLACE_H
#define INGEST_MBOX_PLACE_H

#include <sys/stat.h>
#include <sys/types.h>

/*
 * Where to go on in mbox files that were read before: a file of lines "OFFSET
 * DEVICE INODE", one a mbox, the latest last. Of an mbox that was replaced the
 * place says nothing.
 */

/* More than anybody rotates; of those beyond the oldest are forgotten. */
#define MBOX_PLACES_MAX 1024

/* 0 where there is none, or none that can be. */
off_t mbox_place_find(const char *path, const struct stat *mbox);
/*
 * 0 or -errno. The file is written anew and put in place of the old one: after
 * a failure that is still there.
 */
int mbox_place_keep(const char *path, const struct stat *mbox, off_t offset);

#endif
