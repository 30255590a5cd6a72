#include <stdint.h>
#include <string.h>

#include "db/zonekey.h"
#include "tests/support/insist.h"

/* What is read as a name becomes a key that says the same name again. */
static void
check_name(const uint8_t *data, size_t size)
{
	struct zonekey key, again;
	uint8_t name[255];
	int len;

	if (zonekey_from_name(data, size, &key) != 0)
		return;
	len = zonekey_to_name(&key, name, sizeof(name));
	insist(len == (int)size);
	insist(zonekey_from_name(name, (size_t)len, &again) == 0);
	insist(again.len == key.len &&
	       memcmp(again.octets, key.octets, key.len) == 0);
}

/* What is read as a key is the only key of the name and unit it says. */
static void
check_key(const uint8_t *data, size_t size)
{
	struct zonekey key, again;
	enum sublist list;
	struct ipaddr unit;
	uint8_t name[255];
	int len;

	if (zonekey_unit(data, size, &list, &unit)) {
		zonekey_of_unit(list, &unit, &again);
		insist(
		    again.len == size && memcmp(again.octets, data, size) == 0);
	}
	if (size > ZONEKEY_MAX)
		return;
	key.len = size;
	memcpy(key.octets, data, size);
	len = zonekey_to_name(&key, name, sizeof(name));
	if (len < 0)
		return;
	insist(zonekey_from_name(name, (size_t)len, &again) == 0);
	insist(again.len == size && memcmp(again.octets, data, size) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] == 0)
		check_name(data + 1, size - 1);
	else
		check_key(data, size);
	return 0;
}
