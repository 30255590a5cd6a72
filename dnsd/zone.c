#include "dnsd/zone.h"

#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "db/dname.h"
#include "dnsd/dns.h"

#define SOA_NUMBERS_LEN 20  /* serial, refresh, retry, expire, minimum */
#define RECORD_FIXED_LEN 10 /* type, class, TTL, RDLENGTH */

/* --- the SOA record ------------------------------------------------------- */

static ldns_rdf *
name_field(const uint8_t *name)
{
	return ldns_rdf_new_frm_data(
	    LDNS_RDF_TYPE_DNAME, dname_len(name, ZONE_NAME_MAX), name);
}

static bool
push(ldns_rr *rr, ldns_rdf *field)
{
	if (field == NULL)
		return false;
	if (ldns_rr_push_rdf(rr, field))
		return true;
	ldns_rdf_deep_free(field);
	return false;
}

/* The first server is the primary, unless there is none at all. */
static bool
push_soa(ldns_rr *rr, const struct zone_settings *settings, uint32_t serial)
{
	const uint8_t *primary = settings->server_count > 0
				     ? settings->servers[0].name
				     : settings->origin;
	const uint32_t numbers[] = { serial, settings->refresh_seconds,
		settings->retry_seconds, settings->expire_seconds,
		settings->negative_ttl_seconds };
	bool done = push(rr, name_field(primary)) &&
		    push(rr, name_field(settings->contact));

	for (size_t i = 0; done && i < sizeof(numbers) / sizeof(*numbers); i++)
		done = push(
		    rr, ldns_native2rdf_int32(LDNS_RDF_TYPE_INT32, numbers[i]));
	return done;
}

/* Owned by the caller, or NULL. */
static ldns_rr *
soa_record(
    const struct zone_settings *settings, uint32_t serial, uint32_t ttl_seconds)
{
	ldns_rdf *owner = name_field(settings->origin);
	ldns_rr *rr = ldns_rr_new();

	if (owner == NULL || rr == NULL) {
		ldns_rdf_deep_free(owner);
		ldns_rr_free(rr);
		return NULL;
	}
	ldns_rr_set_owner(rr, owner);
	ldns_rr_set_type(rr, LDNS_RR_TYPE_SOA);
	ldns_rr_set_class(rr, LDNS_RR_CLASS_IN);
	ldns_rr_set_ttl(rr, ttl_seconds);
	if (push_soa(rr, settings, serial))
		return rr;
	ldns_rr_free(rr);
	return NULL;
}

/* --- records as templates ------------------------------------------------- */

static void
add_octets(struct zone_template *template, const uint8_t *octets, size_t len)
{
	memcpy(template->octets + template->len, octets, len);
	template->len += len;
}

/* A name, with a place for a pointer where the origin begins. */
static void
add_name(struct zone_template *template, const uint8_t *name,
    const struct zone_settings *settings)
{
	int below = dname_below(name, settings->origin);

	if (below < 0) {
		add_octets(template, name, dname_len(name, ZONE_NAME_MAX));
		return;
	}
	add_octets(template, name, (size_t)below);
	template->pointers[template->pointer_count++] =
	    (uint16_t) template->len;
	template->len += 2;
}

/*
 * From the record as ldns writes it, which is uncompressed. Names are at most
 * 255 octets each, so everything fits.
 */
static void
compress_soa(struct zone_template *template, const uint8_t *wire, size_t len,
    const struct zone_settings *settings)
{
	const uint8_t *primary = wire + settings->origin_len + RECORD_FIXED_LEN;
	const uint8_t *contact = primary + dname_len(primary, ZONE_NAME_MAX);
	size_t data_at;

	template->len = 0;
	template->pointer_count = 0;
	add_name(template, wire, settings);
	add_octets(template, wire + settings->origin_len, RECORD_FIXED_LEN);
	data_at = template->len;
	add_name(template, primary, settings);
	add_name(template, contact, settings);
	add_octets(template, wire + len - SOA_NUMBERS_LEN, SOA_NUMBERS_LEN);
	dns_store_u16(template->octets + data_at - 2,
	    (uint16_t)(template->len - data_at));
}

static int
build_soa(struct zone_template *template, const struct zone_settings *settings,
    uint32_t serial, uint32_t ttl_seconds)
{
	ldns_rr *rr = soa_record(settings, serial, ttl_seconds);
	uint8_t *wire = NULL;
	size_t len = 0;
	int error = -ENOMEM;

	if (rr != NULL && ldns_rr2wire(&wire, rr, LDNS_SECTION_ANSWER, &len) ==
			      LDNS_STATUS_OK) {
		compress_soa(template, wire, len, settings);
		error = 0;
	}
	free(wire);
	ldns_rr_free(rr);
	return error;
}

void
zone_template_write(
    const struct zone_template *template, size_t origin_at, uint8_t *to)
{
	memcpy(to, template->octets, template->len);
	for (unsigned i = 0; i < template->pointer_count; i++)
		dns_store_u16(to + template->pointers[i],
		    (uint16_t)(DNS_POINTER | origin_at));
}

/* --- the zone ------------------------------------------------------------- */

void
zone_init(struct zone *zone)
{
	memset(zone, 0, sizeof(*zone));
}

static unsigned
count_labels(const uint8_t *name)
{
	unsigned count = 0;

	for (; *name != 0; name += 1 + *name)
		count++;
	return count;
}

/* Two templates of the settings and serial in *zone. */
static int
build(struct zone *zone)
{
	const struct zone_settings *settings = &zone->settings;
	uint32_t ttl = settings->ttl_seconds;
	int error;

	zone->origin_labels = count_labels(settings->origin);
	error = build_soa(&zone->soa, settings, zone->version.serial, ttl);
	if (error != 0)
		return error;
	/* RFC 2308 section 3: a denial lasts no longer than either number. */
	if (ttl > settings->negative_ttl_seconds)
		ttl = settings->negative_ttl_seconds;
	return build_soa(
	    &zone->soa_negative, settings, zone->version.serial, ttl);
}

/* Settings never change without a new serial. */
static int
load(struct zone *zone, struct store_txn *txn)
{
	struct zone_version version;
	int error = meta_zone_version(txn, &version);

	if (error != 0)
		return error;
	if (zone->ready && version.lineage == zone->version.lineage &&
	    version.serial == zone->version.serial)
		return 0;
	zone->version = version;
	error = zone_settings_get(txn, &zone->settings);
	return error == 0 ? build(zone) : error;
}

void
zone_refresh(struct zone *zone, struct store_txn *txn)
{
	uint64_t txn_id = store_txn_id(txn);
	int error;

	if (zone->ready && txn_id == zone->txn_id)
		return;
	error = load(zone, txn);
	zone->ready = error == 0;
	zone->txn_id = txn_id;
	if (error != 0 && !zone->complained)
		log_error("zone_not_ready reason=\"%s\" remedy=\"%s\"",
		    error == ERROR_NOT_FOUND ? "no zone in the database"
					     : error_text(error),
		    "bsblctl zone apply");
	zone->complained = error != 0;
}

void
zone_compare(const struct zone *zone, const struct settings *settings)
{
	struct zone_settings wanted;

	if (!zone->ready || zone_settings_from(settings, &wanted) != 0)
		return;
	if (!zone_settings_equal(&wanted, &zone->settings))
		log_warning("zone_differs served=database file=%s "
			    "remedy=\"bsblctl zone apply\"",
		    settings->path);
}
