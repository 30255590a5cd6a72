#ifndef CTL_VERB_TABLE_H
#define CTL_VERB_TABLE_H

#include "ctl/verb.h"

/*
 * The table of verbs, a file a family: verbs_traps.c and its like. verb.c puts
 * them together, in the order in which they are shown.
 */
struct verb_family {
	const struct verb *verbs;
	size_t count;
};
#define VERB_FAMILY(verbs)                                                     \
	{                                                                      \
		verbs, sizeof(verbs) / sizeof((verbs)[0])                      \
	}

extern const struct verb_family verbs_database;
extern const struct verb_family verbs_traps;
extern const struct verb_family verbs_listings;
extern const struct verb_family verbs_evidence;
extern const struct verb_family verbs_people;
extern const struct verb_family verbs_ending;

#endif
