#include <stdint.h>
#include <string.h>

#include "db/zonekey.h"
#include "dnsd/dns.h"
#include "dnsd/indexname.h"
#include "tests/support/insist.h"

/*
 * A name as a question has it is what its key in the table is: the same
 * address of the same list, the same unit.
 */

static unsigned
split(const uint8_t *name, size_t len, uint8_t labels[DNS_LABELS_MAX])
{
	unsigned count = 0;

	for (size_t at = 0; at < len; at += 1u + name[at])
		labels[count++] = (uint8_t)at;
	return count;
}

static void
compare(const uint8_t *name, const uint8_t *labels, unsigned count,
    const struct zonekey *key)
{
	struct indexname asked, stored;
	enum indexname_kind as_question =
	    indexname_of_question(name, labels, count, &asked);
	enum indexname_kind as_key =
	    indexname_of_key(key->octets, key->len, &stored);
	unsigned own = count - (stored.list != SUBLIST_MAIN);

	insist((as_question == INDEXNAME_IPV4 && asked.octets == 4) ==
	       (as_key == INDEXNAME_IPV4));
	if (as_question != INDEXNAME_STRANGE)
		insist(asked.list == stored.list);
	if (as_key == INDEXNAME_IPV4)
		insist(asked.ipv4 == stored.ipv4);
	if (as_key == INDEXNAME_MAPPED)
		insist(as_question == INDEXNAME_UNIT && asked.unit == 0);
	/* A unit's own wildcard is a question for the table. */
	if (as_key == INDEXNAME_UNIT)
		insist(as_question == INDEXNAME_STRANGE);
	if (as_question == INDEXNAME_IPV4)
		insist(asked.octets == own);
	if (as_question == INDEXNAME_UNIT)
		insist(own > 16 && own <= 32);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t name[DNS_NAME_MAX + 5] = { 0 }, labels[DNS_LABELS_MAX];
	struct zonekey key;

	if (size >= DNS_NAME_MAX)
		return 0;
	/* A type and a class lie behind every question's name. */
	memcpy(name, data, size);
	if (zonekey_from_name(name, size, &key) != 0)
		return 0;
	compare(name, labels, split(name, size, labels), &key);
	return 0;
}
