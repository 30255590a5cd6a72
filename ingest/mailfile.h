#ifndef INGEST_MAILFILE_H
#define INGEST_MAILFILE_H

#include <stddef.h>
#include <stdint.h>

/*
 * A message that has a file of its own, as in a Maildir: regular files alone,
 * without following links, and no more octets than a message may have. May
 * wait as long as the disk does.
 */
struct mailfile {
	char *octets; /* malloc */
	size_t len;
	int64_t changed_at; /* by the file's own time */
};

/* 0; or a negative code, with nothing to free. */
int mailfile_read(
    int folder_fd, const char *name, size_t most, struct mailfile *file);

#endif
