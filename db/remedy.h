#ifndef DB_REMEDY_H
#define DB_REMEDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/cause.h"

/*
 * How a cause is repaired in one mail system: what to do, and the settings that
 * do it. What may be run here tests/system/46-repairs runs, as it is written.
 */
struct remedy {
	const char *name; /* "unknown-user.postfix": pages translate by it */
	uint32_t causes;  /* 1u << enum cause_id */
	const char *software; /* all names ingest/diagnosis.c has for it */
	const char *how;      /* whole sentences; `code` is code */
	const char *settings; /* lines, each file's behind "# its path"; "" */
};
extern const struct remedy remedies[];
extern const size_t remedy_count;

bool remedy_is_for(const struct remedy *remedy, const struct cause *cause);

/* Is it one for `software`, a name as evidence carries it? "" is none. */
bool remedy_fits(const struct remedy *remedy, const char *software);

#endif
