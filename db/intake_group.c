#include "db/intake_group.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "db/meta.h"

#define VERSION 1

/* Of a sighting in an entry, the length before it with it. */
#define SIGHTING_LEAST 3

static const uint8_t magic[4] = "bsbl";

/* --- writing -------------------------------------------------------------- */

void
intake_group_begin(struct intake_group *group, uint8_t *octets, size_t size,
    uint64_t log, uint64_t first)
{
	group->log = log;
	group->first = first;
	group->count = 0;
	wire_write(&group->head, octets, INTAKE_HEAD_LEN);
	wire_write(
	    &group->entries, octets + INTAKE_HEAD_LEN, size - INTAKE_HEAD_LEN);
}

static void
write_sighting(struct wire_writer *to, const struct evidence *evidence)
{
	uint8_t record[EVIDENCE_RECORD_MAX];
	int len = evidence_encode(evidence, record, sizeof(record));

	if (len < 0) {
		to->failed = true;
		return;
	}
	wire_write_u16(to, (uint16_t)len);
	wire_write_octets(to, record, (size_t)len);
}

int
intake_group_add(
    struct intake_group *group, const struct evidence *list, unsigned count)
{
	struct wire_writer before = group->entries;

	wire_write_u32(&group->entries, count);
	for (unsigned i = 0; i < count; i++)
		write_sighting(&group->entries, &list[i]);
	if (group->entries.failed) {
		group->entries = before;
		return ERROR_LIMIT;
	}
	group->count += count;
	return 0;
}

size_t
intake_group_end(struct intake_group *group)
{
	uint8_t hash[META_CHAIN_LEN] = { 0 };
	uint8_t *octets = group->head.start;
	size_t len = INTAKE_HEAD_LEN + wire_len(&group->entries);

	wire_write_octets(&group->head, hash, sizeof(hash));
	wire_write_octets(&group->head, magic, sizeof(magic));
	wire_write_u8(&group->head, VERSION);
	wire_write_u64(&group->head, group->log);
	wire_write_u64(&group->head, group->first);
	wire_write_u32(&group->head, group->count);
	wire_write_u32(&group->head, (uint32_t)wire_len(&group->entries));
	meta_chain(hash, octets + sizeof(hash), len - sizeof(hash));
	memcpy(octets, hash, sizeof(hash));
	return len;
}

/* --- reading -------------------------------------------------------------- */

static bool
has_its_hash(const uint8_t *octets, size_t len)
{
	uint8_t hash[META_CHAIN_LEN] = { 0 };

	meta_chain(hash, octets + sizeof(hash), len - sizeof(hash));
	return memcmp(hash, octets, sizeof(hash)) == 0;
}

bool
intake_group_find(const uint8_t *octets, size_t len, struct intake_found *found)
{
	struct wire_reader head;
	const uint8_t *mark;
	uint32_t entries;

	wire_read(&head, octets, len);
	wire_read_octets(&head, META_CHAIN_LEN);
	mark = wire_read_octets(&head, sizeof(magic));
	found->version = wire_read_u8(&head);
	found->log = wire_read_u64(&head);
	found->first = wire_read_u64(&head);
	found->count = wire_read_u32(&head);
	entries = wire_read_u32(&head);
	if (head.failed || memcmp(mark, magic, sizeof(magic)) != 0 ||
	    entries > wire_left(&head))
		return false;
	found->octets = octets;
	found->len = INTAKE_HEAD_LEN + entries;
	wire_read(&found->entries, head.next, entries);
	return has_its_hash(octets, found->len);
}

static int
read_sighting(struct wire_reader *from, struct evidence *evidence)
{
	uint16_t len = wire_read_u16(from);
	const uint8_t *record = wire_read_octets(from, len);

	return record == NULL
		   ? ERROR_DAMAGED
		   : evidence_decode(0, OCTETS(record, len), evidence);
}

int
intake_group_next(
    struct intake_found *found, struct evidence **list, unsigned *count)
{
	struct wire_reader *from = &found->entries;
	uint32_t wanted;
	int code = 0;

	if (found->version != VERSION)
		return ERROR_NEWER;
	if (wire_left(from) == 0)
		return ERROR_NOT_FOUND;
	wanted = wire_read_u32(from);
	if (from->failed || wanted > wire_left(from) / SIGHTING_LEAST)
		return ERROR_DAMAGED;
	*list = calloc(wanted > 0 ? wanted : 1, sizeof(**list));
	if (*list == NULL)
		return -ENOMEM;
	for (*count = 0; code == 0 && *count < wanted; ++*count)
		code = read_sighting(from, &(*list)[*count]);
	if (code != 0)
		free(*list);
	return code;
}
