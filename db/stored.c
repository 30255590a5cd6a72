#include "db/stored.h"

#include <string.h>

#include "common/error.h"
#include "common/log.h"

int
stored_begin(struct wire_reader *reader, struct octets record, uint8_t version)
{
	uint8_t found;

	wire_read(reader, record.data, record.len);
	found = wire_read_u8(reader);
	if (found > version)
		return ERROR_NEWER;
	return found == version ? 0 : ERROR_DAMAGED;
}

int
stored_end(const struct wire_reader *reader)
{
	return reader->failed || wire_left(reader) > 0 ? ERROR_DAMAGED : 0;
}

uint8_t
stored_read_below(struct wire_reader *reader, unsigned count)
{
	uint8_t value = wire_read_u8(reader);

	if (value < count)
		return value;
	reader->failed = true;
	return 0;
}

int64_t
stored_read_time(struct wire_reader *reader)
{
	return (int64_t)wire_read_u64(reader);
}

void
stored_write_time(struct wire_writer *writer, int64_t time)
{
	wire_write_u64(writer, (uint64_t)time);
}

int
stored_len(const struct wire_writer *writer)
{
	return writer->failed ? ERROR_LIMIT : (int)wire_len(writer);
}

struct octets
stored_key_u64(uint8_t key[STORED_KEY_U64], uint64_t number)
{
	struct wire_writer writer;

	wire_write(&writer, key, STORED_KEY_U64);
	wire_write_u64(&writer, number);
	return OCTETS(key, STORED_KEY_U64);
}

uint64_t
stored_u64_of_key(const void *key)
{
	struct wire_reader reader;

	wire_read(&reader, key, STORED_KEY_U64);
	return wire_read_u64(&reader);
}

struct octets
stored_key_of_unit(
    uint8_t key[STORED_KEY_OF_UNIT], const struct ipaddr *unit, uint64_t id)
{
	memcpy(key, unit->octets, sizeof(unit->octets));
	stored_key_u64(key + sizeof(unit->octets), id);
	return OCTETS(key, STORED_KEY_OF_UNIT);
}

int
stored_id_of_unit(struct octets key, const struct ipaddr *unit, uint64_t *id)
{
	const uint8_t *octets = key.data;

	if (key.len != STORED_KEY_OF_UNIT)
		return ERROR_DAMAGED;
	if (memcmp(octets, unit->octets, sizeof(unit->octets)) != 0)
		return ERROR_NOT_FOUND;
	*id = stored_u64_of_key(octets + sizeof(unit->octets));
	return 0;
}

#define MICROSECONDS 1000000

uint64_t
stored_first_id(int64_t second)
{
	return second > 0 ? (uint64_t)second * MICROSECONDS : 0;
}

int64_t
stored_id_second(uint64_t id)
{
	return (int64_t)(id / MICROSECONDS);
}

bool
stored_pass_by(enum store_table table, int code)
{
	static struct log_gate gate = LOG_GATE(5);

	if (code != ERROR_DAMAGED && code != ERROR_NEWER)
		return false;
	if (log_gate_open(&gate, "record_unreadable"))
		log_error(
		    "record_unreadable table=%s reason=\"%s\" "
		    "remedy=\"bsblctl verify names it; restore a backup\"",
		    store_table_name(table), error_text(code));
	return true;
}

void
stored_copy_text(char *to, size_t size, const char *from)
{
	size_t len = strlen(from);

	if (len >= size) {
		len = size - 1;
		/* 10xxxxxx goes on with a character begun before. */
		while (len > 0 && ((unsigned char)from[len] & 0xc0) == 0x80)
			len--;
	}
	memcpy(to, from, len);
	to[len] = '\0';
}
