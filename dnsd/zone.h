#ifndef DNSD_ZONE_H
#define DNSD_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/meta.h"
#include "db/store.h"
#include "db/zonedata.h"

/*
 * What is the same in all answers of one version of the zone: its origin and
 * its SOA record, made ready to be copied. Each worker has one, brought up to
 * date with its read transaction.
 */

/*
 * A record whose owner is the origin, as octets from the owner on. Where names
 * in it end in the origin stand two octets for a pointer to wherever the
 * origin stands in the message.
 */
#define ZONE_TEMPLATE_MAX 560 /* an SOA record with the longest names */
#define ZONE_TEMPLATE_POINTERS 3
struct zone_template {
	uint8_t octets[ZONE_TEMPLATE_MAX];
	size_t len;
	uint16_t pointers[ZONE_TEMPLATE_POINTERS]; /* their places */
	unsigned pointer_count;
};

struct zone {
	bool ready; /* the fields below hold */
	struct zone_settings settings;
	struct zone_version version;
	unsigned origin_labels;
	struct zone_template soa;
	struct zone_template soa_negative; /* TTL by RFC 2308 section 3 */
	uint64_t txn_id; /* the transaction all this was read in */
	bool complained;
};

void zone_init(struct zone *zone);

/*
 * Brings *zone to what the transaction sees; nearly free when nothing was
 * committed since. Without settings in the database (`bsblctl zone apply` puts
 * them there), or with settings that make no zone, it is not ready, and one
 * line says so when that begins.
 */
void zone_refresh(struct zone *zone, struct store_txn *txn);

/*
 * Writes the template to `to`, which has room for template->len octets; the
 * origin stands `origin_at` octets into the message.
 */
void zone_template_write(
    const struct zone_template *template, size_t origin_at, uint8_t *to);

/* A warning where bsbl.conf says other than the database. */
void zone_compare(const struct zone *zone, const struct settings *settings);

#endif
