#ifndef TESTS_SUPPORT_CONFINED_H
#define TESTS_SUPPORT_CONFINED_H

#include <stdbool.h>

#include "common/settings.h"
#include "tests/support/scratch.h"

/*
 * What a confined program may still do is tried by a child that is confined as
 * the program is. Include it after cmocka.h.
 */

/*
 * FORBIDDEN: an error, and the child goes on. DEADLY: its end. MAY: it is
 * done.
 */
enum outcome { MAY, FORBIDDEN, DEADLY, STRANGE };

#define CONFINED_PROGRAMS 3 /* dnsd, ingest, httpapi */
extern int (*const confine[CONFINED_PROGRAMS])(const struct settings *);

/*
 * Settings in a directory of their own: etc/bsbl.conf and, for the database,
 * db. They are cmocka's set-up and tear-down.
 */
struct confined_place {
	struct settings settings;
	char directory[SCRATCH_MAX];
	char configuration[64], database[64];
};
extern struct confined_place place;
int confined_make_place(void **state);
int confined_remove_place(void **state);
void confined_write_file(const char *path); /* with one setting */

/* Does this kernel confine us, and this build let it? */
bool confined_at_all(void);

/* What becomes of it in dnsd, ingest and httpapi. */
void confined_expect(bool (*trial)(void), enum outcome dnsd,
    enum outcome ingest, enum outcome httpapi);

/* --- what is tried more than once ----------------------------------------- */

bool confined_opens(const char *path, int flags);
bool confined_reads_passwords(void);

#endif
