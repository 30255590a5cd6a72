#ifndef TESTS_SUPPORT_SLOWZONE_PRIVATE_H
#define TESTS_SUPPORT_SLOWZONE_PRIVATE_H

#include "db/zonesettings.h"
#include "tests/support/slowzone.h"

/*
 * What slowzone.c, which makes it from the table, and slowzone_answer.c, which
 * asks it, share, and nobody else includes.
 */
struct slowzone {
	struct zone_settings settings;
	ldns_rdf *origin;
	ldns_rr *soa, *soa_negative;

	/* Names that exist, empty non-terminals too, in canonical order. */
	ldns_rdf **names;
	size_t name_count;

	ldns_rr_list *records; /* by owner, the SOA apart */
	ldns_rdf **owners;     /* those with records, as they came */
	size_t owner_count;
};

/* Or the program ends, and says what did not hold. */
void slowzone_insist(int holds, const char *what);
/* For qsort and bsearch: names in canonical order. */
int slowzone_by_name(const void *a, const void *b);

#endif
