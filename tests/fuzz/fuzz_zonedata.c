#include <stdint.h>
#include <string.h>

#include "db/zonedata.h"
#include "tests/support/insist.h"

/* A value that is read is the only spelling of what it says. */
static void
check_value(struct octets value)
{
	static uint8_t again[1 << 20];
	uint8_t record[ZONE_ENTRY_RECORD_LEN];
	struct zone_entry entry;
	struct zone_node node;
	int len;

	if (zonedata_decode(value, &node) != 0) {
		insist(!zonedata_decode_entry(value, &entry));
		return;
	}
	insist(zonedata_decode_entry(value, &entry) == node.is_entry);
	if (node.is_entry) {
		zonedata_encode_entry(&entry, record);
		insist(value.len == sizeof(record) &&
		       memcmp(record, value.data, sizeof(record)) == 0);
		return;
	}
	len = zonedata_encode_rrsets(&node, again, sizeof(again));
	insist(
	    len == (int)value.len && memcmp(again, value.data, value.len) == 0);
}

/* The parts of a change lie in its record, one after another. */
static void
check_change(struct octets value)
{
	static const uint8_t serial[8] = { 0, 0, 0, 1 };
	struct zone_change change;
	size_t len;

	if (zonedata_change_decode(OCTETS(serial, 8), value, &change) != 0)
		return;
	len = 1 + 2 + change.key.len + 1 + 1;
	len += change.before.data != NULL ? 2 + change.before.len : 0;
	len += change.after.data != NULL ? 2 + change.after.len : 0;
	insist(len == value.len);
}

/* Settings that are read make texts within the bound, printable all. */
static void
check_settings(struct octets value)
{
	const struct zone_entry entry = { .codes = UINT16_MAX,
		.kinds = UINT16_MAX,
		.seen_day = UINT32_MAX,
		.flags = UINT8_MAX };
	uint8_t record[ZONE_SETTINGS_RECORD_MAX];
	static struct zone_settings zone;
	char text[ZONE_TEXT_MAX + 1];
	size_t len;

	if (zone_settings_decode(value, &zone) != 0)
		return;
	len = zonedata_text(&zone, &entry, NULL, text);
	insist(len <= ZONE_TEXT_MAX && text[len] == '\0');
	for (size_t i = 0; i < len; i++)
		insist(text[i] >= ' ' && text[i] <= '~');
	insist(zone_settings_encode(&zone, record, sizeof(record)) ==
	       (int)value.len);
	insist(memcmp(record, value.data, value.len) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct octets value;

	if (size == 0)
		return 0;
	value = OCTETS(data + 1, size - 1);
	switch (data[0]) {
	case 'v':
		check_value(value);
		break;
	case 'c':
		check_change(value);
		break;
	case 's':
		check_settings(value);
		break;
	}
	return 0;
}
