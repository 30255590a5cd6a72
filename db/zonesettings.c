#include "db/zonesettings.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "common/wire.h"
#include "db/backscatter.h"
#include "db/zonedata.h"

#define FORMAT 1

/*
 * The longest owner name below the origin is a mapped test entry in the list
 * of the longest label: 32 nibbles, two octets each, and "challenge".
 */
#define LONGEST_OWNER (32 * 2 + 1 + 9)

static int
refuse(const char *setting, const char *value, const char *reason)
{
	char escaped[LOG_TEXT_MAX];

	log_error("setting_refused name=zone.%s value=%s reason=\"%s\"",
	    setting, log_escape(value, escaped), reason);
	return ERROR_FORMAT;
}

/* --- from bsbl.conf ------------------------------------------------------- */

static int
take_origin(const char *text, struct zone_settings *zone)
{
	int len = dname_parse(text, zone->origin);

	if (len <= 1 || !dname_is_host(zone->origin))
		return refuse("origin", text, "is no domain name");
	if (len + LONGEST_OWNER > ZONE_NAME_MAX)
		return refuse("origin", text,
		    "is too long: names of addresses do not fit below it");
	zone->origin_len = (size_t)len;
	return 0;
}

static int
take_contact(const char *text, struct zone_settings *zone)
{
	if (dname_parse_mailbox(text, zone->contact) <= 1)
		return refuse("contact", text, "is no mailbox");
	return 0;
}

static bool
has_address(const struct ipaddr *addresses, unsigned count,
    const struct ipaddr *address)
{
	while (count-- > 0) {
		if (ipaddr_equal(&addresses[count], address))
			return true;
	}
	return false;
}

static int
take_address(const char *setting, const char *text, struct ipaddr *addresses,
    unsigned *count)
{
	struct ipaddr address;

	if (ipaddr_parse(text, &address) != 0)
		return refuse(setting, text, "is no address");
	if (has_address(addresses, *count, &address))
		return refuse(setting, text, "stands there twice");
	if (*count == ZONE_ADDRESSES_MAX)
		return refuse(setting, text, "is one address too many");
	addresses[(*count)++] = address;
	return 0;
}

/*
 * The label right below the origin: addresses, their nibbles and the lists
 * have theirs there, and a server must not stand among them.
 */
static bool
is_taken(const uint8_t *label)
{
	bool number = true, nibble = label[0] == 1;

	for (unsigned i = 1; i <= label[0]; i++) {
		number = number && label[i] >= '0' && label[i] <= '9';
		nibble = nibble && label[i] >= 'a' && label[i] <= 'f';
	}
	for (int i = 0; i < SUBLIST_COUNT; i++) {
		const char *list = sublists[i].label;

		if (strlen(list) == label[0] &&
		    memcmp(list, label + 1, label[0]) == 0)
			return true;
	}
	return number || nibble;
}

static int
check_server(const struct zone_settings *zone, const struct zone_server *server,
    const char *text)
{
	int below = dname_below(server->name, zone->origin);
	const uint8_t *label = server->name;

	for (unsigned i = 0; &zone->servers[i] != server; i++) {
		size_t len = dname_len(server->name, ZONE_NAME_MAX);

		if (memcmp(zone->servers[i].name, server->name, len) == 0)
			return refuse("name_servers", text, "is there twice");
	}
	if (below < 0)
		return server->address_count == 0
			   ? 0
			   : refuse("name_servers", text,
				 "has addresses, yet is not in the zone");
	if (server->address_count == 0 &&
	    (below > 0 || zone->apex_address_count == 0))
		return refuse("name_servers", text,
		    "is in the zone and needs its addresses behind it");
	for (int at = 0; at < below; at += 1 + server->name[at])
		label = server->name + at;
	if (below > 0 && is_taken(label))
		return refuse(
		    "name_servers", text, "stands where addresses are listed");
	return 0;
}

static int
take_server(const char *text, struct zone_settings *zone)
{
	struct zone_server *server = &zone->servers[zone->server_count];
	char *copy, *word, *rest;
	int error = 0;

	if (zone->server_count == ZONE_SERVERS_MAX)
		return refuse("name_servers", text, "is one too many");
	copy = strdup(text);
	if (copy == NULL)
		return refuse("name_servers", text, "does not fit in memory");
	word = strtok_r(copy, " \t", &rest);
	if (word == NULL || dname_parse(word, server->name) < 0 ||
	    !dname_is_host(server->name))
		error = refuse("name_servers", text, "is no host name");
	while (error == 0 && (word = strtok_r(NULL, " \t", &rest)) != NULL)
		error = take_address("name_servers", word, server->addresses,
		    &server->address_count);
	free(copy);
	if (error == 0)
		error = check_server(zone, server, text);
	zone->server_count++;
	return error;
}

static int
take_servers(const struct settings_list *list, struct zone_settings *zone)
{
	int error = 0;

	if (list->count == 0)
		return refuse("name_servers", "", "names no server");
	for (size_t i = 0; i < list->count && error == 0; i++)
		error = take_server(list->items[i], zone);
	return error;
}

static int
take_apex(const struct settings_list *list, struct zone_settings *zone)
{
	int error = 0;

	for (size_t i = 0; i < list->count && error == 0; i++)
		error = take_address("apex_addresses", list->items[i],
		    zone->apex_addresses, &zone->apex_address_count);
	return error;
}

static int
take_texts(const struct settings *settings, struct zone_settings *zone)
{
	const char *text = settings->zone.text, *portal = settings->zone.portal;
	const char *reason;

	if (strlen(portal) > ZONE_TEXT_MAX ||
	    (strncmp(portal, "http://", 7) != 0 &&
		strncmp(portal, "https://", 8) != 0) ||
	    strpbrk(portal, " \"<>{}") != NULL)
		return refuse("portal", portal, "is no http or https URL");
	if (strlen(text) > ZONE_TEXT_MAX)
		return refuse("text", text, "is longer than 200 octets");
	strcpy(zone->text, text);
	strcpy(zone->portal, portal);
	reason = zonedata_text_refusal(zone);
	return reason == NULL ? 0 : refuse("text", text, reason);
}

static int
take_seconds(const char *setting, long seconds, uint32_t *to)
{
	/* RFC 2181 section 8: a TTL has 31 bits. */
	if (seconds < 0 || seconds > INT32_MAX)
		return refuse(setting, "", "is out of range");
	*to = (uint32_t)seconds;
	return 0;
}

static int
take_times(const struct settings *settings, struct zone_settings *zone)
{
	const struct {
		const char *name;
		long seconds;
		uint32_t *to;
	} times[] = {
		{ "ttl_seconds", settings->zone.ttl_seconds,
		    &zone->ttl_seconds },
		{ "negative_ttl_seconds", settings->zone.negative_ttl_seconds,
		    &zone->negative_ttl_seconds },
		{ "refresh_seconds", settings->zone.refresh_seconds,
		    &zone->refresh_seconds },
		{ "retry_seconds", settings->zone.retry_seconds,
		    &zone->retry_seconds },
		{ "expire_seconds", settings->zone.expire_seconds,
		    &zone->expire_seconds },
	};
	int error = 0;

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]) && error == 0;
	     i++)
		error =
		    take_seconds(times[i].name, times[i].seconds, times[i].to);
	return error;
}

int
zone_settings_from(const struct settings *settings, struct zone_settings *zone)
{
	int error;

	memset(zone, 0, sizeof(*zone));
	error = take_origin(settings->zone.origin, zone);
	if (error == 0)
		error = take_contact(settings->zone.contact, zone);
	if (error == 0)
		error = take_apex(&settings->zone.apex_addresses, zone);
	if (error == 0)
		error = take_servers(&settings->zone.name_servers, zone);
	if (error == 0)
		error = take_times(settings, zone);
	return error == 0 ? take_texts(settings, zone) : error;
}

/* --- the record ----------------------------------------------------------- */

static void
write_name(struct wire_writer *writer, const uint8_t *name)
{
	wire_write_octets(writer, name, dname_len(name, ZONE_NAME_MAX));
}

static size_t
read_name(struct wire_reader *reader, uint8_t name[ZONE_NAME_MAX])
{
	size_t len = dname_len(reader->next, wire_left(reader));

	if (len == 0)
		reader->failed = true;
	wire_read_copy(reader, name, len);
	return len;
}

static void
write_addresses(
    struct wire_writer *writer, const struct ipaddr *addresses, unsigned count)
{
	wire_write_u8(writer, (uint8_t)count);
	for (unsigned i = 0; i < count; i++)
		wire_write_octets(writer, addresses[i].octets, 16);
}

static unsigned
read_addresses(
    struct wire_reader *reader, struct ipaddr addresses[ZONE_ADDRESSES_MAX])
{
	unsigned count = wire_read_u8(reader);

	if (count > ZONE_ADDRESSES_MAX) {
		reader->failed = true;
		return 0;
	}
	for (unsigned i = 0; i < count; i++)
		wire_read_copy(reader, addresses[i].octets, 16);
	return count;
}

int
zone_settings_encode(
    const struct zone_settings *zone, uint8_t *record, size_t size)
{
	struct wire_writer writer;

	wire_write(&writer, record, size);
	wire_write_u8(&writer, FORMAT);
	write_name(&writer, zone->origin);
	write_name(&writer, zone->contact);
	wire_write_u8(&writer, (uint8_t)zone->server_count);
	for (unsigned i = 0; i < zone->server_count; i++) {
		write_name(&writer, zone->servers[i].name);
		write_addresses(&writer, zone->servers[i].addresses,
		    zone->servers[i].address_count);
	}
	write_addresses(
	    &writer, zone->apex_addresses, zone->apex_address_count);
	wire_write_u32(&writer, zone->ttl_seconds);
	wire_write_u32(&writer, zone->negative_ttl_seconds);
	wire_write_u32(&writer, zone->refresh_seconds);
	wire_write_u32(&writer, zone->retry_seconds);
	wire_write_u32(&writer, zone->expire_seconds);
	wire_write_text(&writer, zone->text);
	wire_write_text(&writer, zone->portal);
	wire_write_u32(&writer, zone->look_since);
	return writer.failed ? ERROR_LIMIT : (int)wire_len(&writer);
}

static void
read_servers(struct wire_reader *reader, struct zone_settings *zone)
{
	unsigned count = wire_read_u8(reader);

	if (count > ZONE_SERVERS_MAX) {
		reader->failed = true;
		return;
	}
	zone->server_count = count;
	for (unsigned i = 0; i < count; i++) {
		struct zone_server *server = &zone->servers[i];

		read_name(reader, server->name);
		server->address_count =
		    read_addresses(reader, server->addresses);
	}
}

int
zone_settings_decode(struct octets record, struct zone_settings *zone)
{
	struct wire_reader reader;
	uint8_t version;

	memset(zone, 0, sizeof(*zone));
	wire_read(&reader, record.data, record.len);
	version = wire_read_u8(&reader);
	if (version != FORMAT)
		return version > FORMAT ? ERROR_NEWER : ERROR_DAMAGED;
	zone->origin_len = read_name(&reader, zone->origin);
	read_name(&reader, zone->contact);
	read_servers(&reader, zone);
	zone->apex_address_count =
	    read_addresses(&reader, zone->apex_addresses);
	zone->ttl_seconds = wire_read_u32(&reader);
	zone->negative_ttl_seconds = wire_read_u32(&reader);
	zone->refresh_seconds = wire_read_u32(&reader);
	zone->retry_seconds = wire_read_u32(&reader);
	zone->expire_seconds = wire_read_u32(&reader);
	wire_read_text(&reader, zone->text, sizeof(zone->text));
	wire_read_text(&reader, zone->portal, sizeof(zone->portal));
	zone->look_since = wire_read_u32(&reader);
	if (reader.failed || wire_left(&reader) > 0 ||
	    zonedata_text_refusal(zone) != NULL)
		return ERROR_DAMAGED;
	return 0;
}

bool
zone_settings_equal(
    const struct zone_settings *a, const struct zone_settings *b)
{
	uint8_t record_a[ZONE_SETTINGS_RECORD_MAX];
	uint8_t record_b[ZONE_SETTINGS_RECORD_MAX];
	int len_a = zone_settings_encode(a, record_a, sizeof(record_a));
	int len_b = zone_settings_encode(b, record_b, sizeof(record_b));

	/* The last field, look_since, is no setting. */
	return len_a > 4 && len_a == len_b &&
	       memcmp(record_a, record_b, (size_t)len_a - 4) == 0;
}
