#ifndef DNSD_RECORDS_H
#define DNSD_RECORDS_H

#include <stdint.h>

#include "db/zonedata.h"
#include "dnsd/lookup.h"
#include "dnsd/reply.h"
#include "dnsd/zone.h"

/*
 * The records of an answer: entries as codes and text, record sets, the SOA,
 * the addresses of name servers. Owners are the question's name, and names that
 * end in the origin point to where it stands in the question.
 */
struct records {
	const struct zone *zone;
	struct lookup *lookup;
	struct reply *reply;
	size_t below; /* octets of the question's name before the origin */
};

void records_add_soa(const struct records *records, enum reply_section section,
    const struct zone_template *soa);

/* 127.0.0.N for each code, rising. */
void records_add_codes(const struct records *records, uint16_t codes);

void records_add_text(
    const struct records *records, const struct lookup_found *found);

/* A TXT record of the question's name, `len` at most 255. */
void records_add_txt(struct reply *reply, uint16_t class, uint32_t ttl_seconds,
    const char *text, size_t len);

void records_add_rrset(
    const struct records *records, const struct zone_rrset *rrset);

/* The addresses of the name servers in `servers` that the zone knows. */
void records_add_glue(
    const struct records *records, const struct zone_rrset *servers);

#endif
