#ifndef INGEST_MBOX_H
#define INGEST_MBOX_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "ingest/envelope.h"

/*
 * Messages out of an mbox file, one after the other (RFC 4155 and its elder
 * relatives): each begins with a line "From sender date" at the file's start
 * or after an empty line, and ends before the next one's empty line. Of lines
 * that a writer has quoted (">From ", ">>From ") one '>' is taken off.
 */
struct mbox {
	FILE *file;
	size_t message_max; /* octets kept of a message; the rest is skipped */
	off_t end;	    /* where the message that was read ends */
	off_t offset;	    /* of what is read next */
	char sender[ENVELOPE_PATH_MAX + 1]; /* of its From line */
	int64_t at;	 /* of its From line, as UTC; 0 unreadable */
	bool begun;	 /* the next From line has been read */
	char from[1024]; /* that line */
};

/*
 * Reads on at `offset`, which is 0 or was an mbox's `end`. The file is
 * borrowed. 0; ERROR_FORMAT: no From line there, so that this is no mbox, or
 * not the one it was; or -errno.
 */
int mbox_begin(struct mbox *mbox, FILE *file, off_t offset, size_t message_max);

/* 1 with the next message (malloc), 0 at the end, or a negative code. */
int mbox_next(struct mbox *mbox, char **octets, size_t *len);

#endif
