#include <string.h>

#include "common/error.h"
#include "common/wire.h"
#include "db/shutdown_stage.h"
#include "db/zonedata.h"

/*
 * Settings put in force: the records of the zone that are no listings.
 */
static const struct octets settings_key = { "zone settings", 13 };

#define LOOPBACK 0x7f000000u
#define TYPE_A 1
#define TYPE_NS 2
#define TYPE_AAAA 28

int
zone_settings_get(struct store_txn *txn, struct zone_settings *zone)
{
	struct octets record;
	int error = store_get(txn, TABLE_META, settings_key, &record);

	return error == 0 ? zone_settings_decode(record, zone) : error;
}

static int
save(struct store_txn *txn, const struct zone_settings *zone)
{
	uint8_t record[ZONE_SETTINGS_RECORD_MAX];
	int len = zone_settings_encode(zone, record, sizeof(record));

	if (len < 0)
		return len;
	return store_put(
	    txn, TABLE_META, settings_key, OCTETS(record, (size_t)len));
}

/* --- nodes of record sets ------------------------------------------------- */

/* RDATA of one node, gathered; the sets point into it. */
struct node_builder {
	struct zone_node node;
	uint8_t rdata[ZONE_VALUE_MAX];
	struct wire_writer writer;
	uint32_t ttl_seconds;
};

static void
builder_init(struct node_builder *builder, uint32_t ttl_seconds)
{
	memset(&builder->node, 0, sizeof(builder->node));
	builder->ttl_seconds = ttl_seconds;
	wire_write(&builder->writer, builder->rdata, sizeof(builder->rdata));
}

static void
begin_set(struct node_builder *builder, uint16_t type)
{
	builder->node.rrsets[builder->node.rrset_count] =
	    (struct zone_rrset){ .type = type,
		    .ttl_seconds = builder->ttl_seconds,
		    .rdata = builder->writer.next };
}

static void
add_rdata(struct node_builder *builder, const uint8_t *octets, size_t len)
{
	wire_write_u16(&builder->writer, (uint16_t)len);
	wire_write_octets(&builder->writer, octets, len);
	builder->node.rrsets[builder->node.rrset_count].count++;
}

static void
end_set(struct node_builder *builder)
{
	struct zone_rrset *set =
	    &builder->node.rrsets[builder->node.rrset_count];

	set->rdata_len = (size_t)(builder->writer.next - set->rdata);
	if (set->count > 0)
		builder->node.rrset_count++;
}

/* The addresses of one family, or nothing. */
static void
add_addresses(struct node_builder *builder, uint16_t type,
    const struct ipaddr *addresses, unsigned count)
{
	begin_set(builder, type);
	for (unsigned i = 0; i < count; i++) {
		const uint8_t *octets = addresses[i].octets;

		if (ipaddr_is_ipv4(&addresses[i]) && type == TYPE_A)
			add_rdata(builder, octets + 12, 4);
		else if (!ipaddr_is_ipv4(&addresses[i]) && type == TYPE_AAAA)
			add_rdata(builder, octets, 16);
	}
	end_set(builder);
}

static int
put_node(struct store_txn *txn, const struct zonekey *key,
    const struct node_builder *builder, int64_t now)
{
	uint8_t value[ZONE_VALUE_MAX];
	int len =
	    builder->writer.failed
		? ERROR_LIMIT
		: zonedata_encode_rrsets(&builder->node, value, sizeof(value));

	if (len < 0)
		return len;
	return zonedata_put(txn, key, OCTETS(value, (size_t)len), now);
}

/* The apex' own addresses, and those of a server that bears its name. */
static unsigned
apex_addresses(const struct zone_settings *zone,
    struct ipaddr addresses[2 * ZONE_ADDRESSES_MAX])
{
	unsigned count = zone->apex_address_count;

	memcpy(addresses, zone->apex_addresses, count * sizeof(*addresses));
	for (unsigned i = 0; i < zone->server_count; i++) {
		const struct zone_server *server = &zone->servers[i];

		if (dname_below(server->name, zone->origin) != 0)
			continue;
		for (unsigned j = 0; j < server->address_count; j++) {
			const struct ipaddr *address = &server->addresses[j];
			unsigned k = 0;

			while (
			    k < count && !ipaddr_equal(&addresses[k], address))
				k++;
			if (k == count)
				addresses[count++] = *address;
		}
	}
	return count;
}

static int
put_apex(struct store_txn *txn, const struct zone_settings *zone, int64_t now)
{
	struct ipaddr addresses[2 * ZONE_ADDRESSES_MAX];
	unsigned count = apex_addresses(zone, addresses);
	struct node_builder builder;
	struct zonekey key;

	zonekey_apex(&key);
	builder_init(&builder, zone->ttl_seconds);
	add_addresses(&builder, TYPE_A, addresses, count);
	begin_set(&builder, TYPE_NS);
	for (unsigned i = 0; i < zone->server_count; i++) {
		const uint8_t *name = zone->servers[i].name;

		add_rdata(&builder, name, dname_len(name, ZONE_NAME_MAX));
	}
	end_set(&builder);
	add_addresses(&builder, TYPE_AAAA, addresses, count);
	return put_node(txn, &key, &builder, now);
}

/* The place of a server's addresses; false where they are not the zone's. */
static bool
glue_key(const struct zone_settings *zone, const struct zone_server *server,
    struct zonekey *key)
{
	int below = dname_below(server->name, zone->origin);

	return below > 0 &&
	       zonekey_from_name(server->name, (size_t)below, key) == 0;
}

static int
put_glue(struct store_txn *txn, const struct zone_settings *zone, int64_t now)
{
	int error = 0;

	for (unsigned i = 0; i < zone->server_count && error == 0; i++) {
		const struct zone_server *server = &zone->servers[i];
		struct node_builder builder;
		struct zonekey key;

		if (!glue_key(zone, server, &key))
			continue;
		builder_init(&builder, zone->ttl_seconds);
		add_addresses(
		    &builder, TYPE_A, server->addresses, server->address_count);
		add_addresses(&builder, TYPE_AAAA, server->addresses,
		    server->address_count);
		error = put_node(txn, &key, &builder, now);
	}
	return error;
}

static bool
has_glue_at(const struct zone_settings *zone, const struct zonekey *key)
{
	for (unsigned i = 0; i < zone->server_count; i++) {
		struct zonekey other;

		if (glue_key(zone, &zone->servers[i], &other) &&
		    other.len == key->len &&
		    memcmp(other.octets, key->octets, key->len) == 0)
			return true;
	}
	return false;
}

bool
zone_settings_name(const struct zone_settings *zone, const struct zonekey *key)
{
	struct zonekey apex;

	zonekey_apex(&apex);
	return (key->len == apex.len &&
		   memcmp(key->octets, apex.octets, apex.len) == 0) ||
	       has_glue_at(zone, key);
}

static int
remove_glue(struct store_txn *txn, const struct zone_settings *old,
    const struct zone_settings *zone, int64_t now)
{
	int error = 0;

	for (unsigned i = 0; i < old->server_count && error == 0; i++) {
		struct zonekey key;

		if (glue_key(old, &old->servers[i], &key) &&
		    !has_glue_at(zone, &key))
			error = zonedata_remove(txn, &key, now);
	}
	return error;
}

/* --- test entries --------------------------------------------------------- */

struct test_walk {
	zone_test_each *each;
	void *context;
};

/* 127.0.0.`last` and ::ffff:7f00:`last`, both answering 127.0.0.`code`. */
static int
visit_test(const struct test_walk *walk, enum sublist list, unsigned last,
    unsigned code)
{
	const struct zone_entry entry = { .codes = CODE_BIT(code),
		.flags = ZONE_ENTRY_TEST };
	struct ipaddr address = ipaddr_from_ipv4(LOOPBACK | last);
	struct zonekey key;
	int error;

	zonekey_of_unit(list, &address, &key);
	error = walk->each(&key, &entry, walk->context);
	if (error != 0)
		return error;
	zonekey_of_mapped(list, LOOPBACK | last, &key);
	return walk->each(&key, &entry, walk->context);
}

int
zone_test_entries(zone_test_each *each, void *context)
{
	const struct test_walk walk = { each, context };
	int error = 0;

	for (int i = 0; i < SUBLIST_COUNT && error == 0; i++) {
		enum sublist list = (enum sublist)i;
		const struct sublist_info *info = &sublists[list];

		error = visit_test(&walk, list, 2, info->test_code);
		for (unsigned code = 3; code < 16 && error == 0; code++) {
			if ((info->codes & CODE_BIT(code)) != 0)
				error = visit_test(&walk, list, code, code);
		}
	}
	return error;
}

struct put_context {
	struct store_txn *txn;
	int64_t now;
};

static int
put_test(
    const struct zonekey *key, const struct zone_entry *entry, void *context)
{
	const struct put_context *put = context;
	uint8_t record[ZONE_ENTRY_RECORD_LEN];

	zonedata_encode_entry(entry, record);
	return zonedata_put(
	    put->txn, key, OCTETS(record, sizeof(record)), put->now);
}

/* A list that has ended has none any more. */
static int
put_tests(struct store_txn *txn, int64_t now)
{
	struct put_context put = { txn, now };
	struct shutdown shutdown;
	int code = shutdown_get(txn, &shutdown);

	if (code != 0 || shutdown.stage == SHUTDOWN_ENDED)
		return code;
	return zone_test_entries(put_test, &put);
}

/* --- all of it ------------------------------------------------------------ */

/*
 * What is in the look of entries, and in the SOA: neither is in the journal.
 */
static bool
looks_alike(const struct zone_settings *a, const struct zone_settings *b)
{
	return a->ttl_seconds == b->ttl_seconds &&
	       a->origin_len == b->origin_len &&
	       memcmp(a->origin, b->origin, a->origin_len) == 0 &&
	       strcmp(a->text, b->text) == 0 &&
	       strcmp(a->portal, b->portal) == 0 &&
	       dname_below(a->contact, b->contact) == 0 &&
	       dname_below(a->servers[0].name, b->servers[0].name) == 0 &&
	       a->negative_ttl_seconds == b->negative_ttl_seconds &&
	       a->refresh_seconds == b->refresh_seconds &&
	       a->retry_seconds == b->retry_seconds &&
	       a->expire_seconds == b->expire_seconds;
}

static int
put_settings(struct store_txn *txn, const struct zone_settings *old,
    const struct zone_settings *zone, int64_t now)
{
	struct zone_settings next = *zone;
	uint32_t serial, number;
	int error;

	if (old != NULL && zone_settings_equal(old, zone))
		return 0;
	error = meta_next_change(txn, now, &serial, &number);
	if (error != 0)
		return error;
	next.look_since =
	    old != NULL && looks_alike(old, zone) ? old->look_since : serial;
	return save(txn, &next);
}

int
zone_settings_apply(
    struct store_txn *txn, const struct zone_settings *zone, int64_t now)
{
	struct zone_settings in_force;
	const struct zone_settings *old = NULL;
	int error = zone_settings_get(txn, &in_force);

	if (error == 0) {
		old = &in_force;
		error = remove_glue(txn, old, zone, now);
	} else if (error == ERROR_NOT_FOUND) {
		error = 0;
	}
	if (error == 0)
		error = put_apex(txn, zone, now);
	if (error == 0)
		error = put_glue(txn, zone, now);
	if (error == 0)
		error = put_tests(txn, now);
	return error == 0 ? put_settings(txn, old, zone, now) : error;
}
