#ifndef DB_INTAKE_PRIVATE_H
#define DB_INTAKE_PRIVATE_H

#include "db/intake_group.h"
#include "db/meta.h"

/*
 * What the files of the intake log share, and nobody else includes:
 * intake_log.c (the file, and writing to it), intake_scan.c (what is in it),
 * intake_aside.c (what was taken out of it).
 */

/* No disk writes more in one piece, or rewrites less than that beside it. */
#define INTAKE_PAGE 4096

/* The groups behind the mark, by rising numbers. */
struct intake_scan {
	uint8_t *octets; /* the file's */
	size_t len;
	struct intake_found *groups;
	unsigned count;
	uint64_t highest; /* number in the file, or the mark's */
	bool foreign;	  /* there are another database's, too */
};

/*
 * Of the file of that name; none is an empty one. 0, -errno or ERROR_DAMAGED;
 * free with intake_scan_free.
 */
int intake_scan(int directory, const char *name, const struct intake_mark *mark,
    struct intake_scan *scan);
void intake_scan_free(struct intake_scan *scan);

#endif
