#include "db/corroboration_private.h"

#include <string.h>

#include "common/error.h"
#include "db/stored.h"

#define VERSION 1 /* of a set of networks */

#define NETWORK_LEN 8

/* --- keys ----------------------------------------------------------------- */

uint32_t
group_hour(const struct evidence *evidence)
{
	return (uint32_t)(evidence->seen_at / 3600);
}

uint64_t
networks_id(const struct ipaddr *address)
{
	uint64_t network = 0;

	if (ipaddr_is_ipv4(address))
		return (UINT64_C(4) << 60) | (ipaddr_to_ipv4(address) >> 8);
	for (int i = 0; i < 6; i++)
		network = network << 8 | address->octets[i];
	return (UINT64_C(6) << 60) | network;
}

static bool
has_campaign(const struct evidence *evidence)
{
	return evidence->campaign != 0 &&
	       (evidence->flags & EVIDENCE_FINGERPRINTED) != 0;
}

static struct group
make_group(char of, uint64_t id)
{
	struct wire_writer writer;
	struct group group;

	wire_write(&writer, group.octets, GROUP_LEN);
	wire_write_u8(&writer, (uint8_t)of);
	wire_write_u64(&writer, id);
	return group;
}

bool
group_find(const struct evidence *evidence, struct group *group)
{
	if (has_campaign(evidence))
		*group = make_group('C', evidence->campaign);
	else if (evidence->trap != 0)
		*group = make_group('T', evidence->trap);
	else
		return false;
	return true;
}

unsigned
group_find_all(const struct evidence *evidence, struct group groups[2])
{
	unsigned count = 0;

	if (evidence->trap != 0)
		groups[count++] = make_group('T', evidence->trap);
	if (has_campaign(evidence))
		groups[count++] = make_group('C', evidence->campaign);
	return count;
}

struct octets
group_bucket(const struct group *group, uint32_t hour, uint8_t key[BUCKET_LEN])
{
	struct wire_writer writer;

	wire_write(&writer, key, BUCKET_LEN);
	wire_write_octets(&writer, group->octets, GROUP_LEN);
	wire_write_u32(&writer, hour);
	return OCTETS(key, BUCKET_LEN);
}

bool
corroborates(const struct evidence *evidence)
{
	return evidence->kind != BACKSCATTER_NONE &&
	       evidence->grade == GRADE_A &&
	       (evidence->flags & (EVIDENCE_UNCOUNTED | EVIDENCE_WEB_FORM |
				      EVIDENCE_MDN_MANUAL | EVIDENCE_SUCCESS |
				      EVIDENCE_QUARANTINED)) == 0;
}

/* --- sets of networks ----------------------------------------------------- */

int
networks_decode(struct octets value, struct networks *networks)
{
	struct wire_reader reader;
	int code = stored_begin(&reader, value, VERSION);

	for (networks->count = 0; wire_left(&reader) >= NETWORK_LEN &&
				  networks->count < CORROBORATION_NETWORKS_MAX;)
		networks->ids[networks->count++] = wire_read_u64(&reader);
	return code != 0 ? code : stored_end(&reader);
}

bool
networks_add(struct networks *networks, uint64_t network)
{
	for (unsigned i = 0; i < networks->count; i++)
		if (networks->ids[i] == network)
			return false;
	if (networks->count == CORROBORATION_NETWORKS_MAX)
		return false;
	networks->ids[networks->count++] = network;
	return true;
}

int
networks_put(
    struct store_txn *txn, struct octets key, const struct networks *networks)
{
	uint8_t record[1 + CORROBORATION_NETWORKS_MAX * NETWORK_LEN];
	struct wire_writer writer;

	wire_write(&writer, record, sizeof(record));
	wire_write_u8(&writer, VERSION);
	for (unsigned i = 0; i < networks->count; i++)
		wire_write_u64(&writer, networks->ids[i]);
	return store_put(
	    txn, TABLE_GROUP_NETWORK, key, OCTETS(record, wire_len(&writer)));
}

/* Is it a key of the group's? */
static bool
reads_bucket(struct octets key, const struct group *group, uint32_t *hour)
{
	struct wire_reader reader;

	if (key.len != BUCKET_LEN ||
	    memcmp(key.data, group->octets, GROUP_LEN) != 0)
		return false;
	wire_read(&reader, (const uint8_t *)key.data + GROUP_LEN, 4);
	*hour = wire_read_u32(&reader);
	return true;
}

/* One that is damaged is passed by. */
static int
hand_set(uint32_t hour, struct octets value, networks_each *each, void *context)
{
	struct networks networks;
	int code = networks_decode(value, &networks);

	if (code == 0)
		return each(hour, &networks, context);
	return stored_pass_by(TABLE_GROUP_NETWORK, code) ? 0 : code;
}

int
buckets_walk(struct store_txn *txn, const struct group *group, uint32_t from,
    uint32_t to, networks_each *each, void *context)
{
	uint8_t start[BUCKET_LEN];
	struct octets key = group_bucket(group, from, start), value;
	struct store_cursor *cursor;
	uint32_t hour;
	int result = store_cursor_open(txn, TABLE_GROUP_NETWORK, &cursor);

	if (result != 0)
		return result;
	result = store_seek(cursor, key, &key, &value);
	while (result == 0 && reads_bucket(key, group, &hour) && hour <= to) {
		result = hand_set(hour, value, each, context);
		if (result == 0)
			result = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return result == ERROR_NOT_FOUND ? 0 : result;
}
