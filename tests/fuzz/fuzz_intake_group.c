#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "db/intake_group.h"
#include "db/meta.h"

/*
 * Entries of a group whose hash is right: what can be read makes the same
 * octets when it is written again.
 */
#define ROOM (1 << 16)
#define MAGIC_AT META_CHAIN_LEN
#define VERSION_AT (MAGIC_AT + 4)
#define ENTRIES_AT (INTAKE_HEAD_LEN - 4)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t octets[ROOM], again[ROOM];

static void
put_u32(uint8_t *to, size_t value)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Its length. */
static size_t
make_group(const uint8_t *data, size_t size)
{
	uint8_t hash[META_CHAIN_LEN] = { 0 };
	size_t len = INTAKE_HEAD_LEN + size;

	memset(octets, 0, INTAKE_HEAD_LEN);
	memcpy(octets + MAGIC_AT, "bsbl", 4);
	octets[VERSION_AT] = 1;
	put_u32(octets + ENTRIES_AT, size);
	memcpy(octets + INTAKE_HEAD_LEN, data, size);
	meta_chain(hash, octets + META_CHAIN_LEN, len - META_CHAIN_LEN);
	memcpy(octets, hash, sizeof(hash));
	return len;
}

static int
read_next(struct intake_found *found, struct intake_group *group)
{
	struct evidence *list;
	unsigned count;
	int code = intake_group_next(found, &list, &count);

	if (code != 0)
		return code;
	if (intake_group_add(group, list, count) != 0)
		abort();
	free(list);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct intake_found found;
	struct intake_group group;
	size_t len;
	int code;

	if (size > ROOM - INTAKE_HEAD_LEN)
		return 0;
	len = make_group(data, size);
	if (!intake_group_find(octets, len, &found) || found.len != len)
		abort();
	intake_group_begin(&group, again, ROOM, found.log, found.first);
	while ((code = read_next(&found, &group)) == 0)
		continue;
	if (code != ERROR_NOT_FOUND)
		return 0;
	intake_group_end(&group);
	if (memcmp(octets + INTAKE_HEAD_LEN, again + INTAKE_HEAD_LEN, size) !=
	    0)
		abort();
	return 0;
}
