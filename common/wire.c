#include "common/wire.h"

#include <string.h>

/* The next `len` octets, or NULL with `failed` set. */
static const uint8_t *
take(struct wire_reader *reader, size_t len)
{
	const uint8_t *octets = reader->next;

	if (reader->failed || len > wire_left(reader)) {
		reader->failed = true;
		return NULL;
	}
	reader->next += len;
	return octets;
}

static uint64_t
read_number(struct wire_reader *reader, size_t len)
{
	const uint8_t *octets = take(reader, len);
	uint64_t value = 0;

	for (size_t i = 0; octets != NULL && i < len; i++)
		value = value << 8 | octets[i];
	return value;
}

void
wire_read(struct wire_reader *reader, const void *data, size_t len)
{
	reader->next = data;
	reader->end = reader->next + len;
	reader->failed = false;
}

size_t
wire_left(const struct wire_reader *reader)
{
	return (size_t)(reader->end - reader->next);
}

uint8_t
wire_read_u8(struct wire_reader *reader)
{
	return (uint8_t)read_number(reader, 1);
}

uint16_t
wire_read_u16(struct wire_reader *reader)
{
	return (uint16_t)read_number(reader, 2);
}

uint32_t
wire_read_u32(struct wire_reader *reader)
{
	return (uint32_t)read_number(reader, 4);
}

uint64_t
wire_read_u64(struct wire_reader *reader)
{
	return read_number(reader, 8);
}

const uint8_t *
wire_read_octets(struct wire_reader *reader, size_t len)
{
	return take(reader, len);
}

void
wire_read_copy(struct wire_reader *reader, void *to, size_t len)
{
	const uint8_t *octets = take(reader, len);

	if (octets == NULL)
		memset(to, 0, len);
	else if (len > 0)
		memcpy(to, octets, len);
}

void
wire_read_text(struct wire_reader *reader, char *to, size_t size)
{
	size_t len = wire_read_u16(reader);
	const uint8_t *octets;

	to[0] = '\0';
	if (len >= size)
		reader->failed = true;
	octets = take(reader, len);
	if (octets == NULL)
		return;
	/* A NUL inside would cut the text for whoever reads it. */
	if (memchr(octets, '\0', len) != NULL) {
		reader->failed = true;
		return;
	}
	memcpy(to, octets, len);
	to[len] = '\0';
}

/* Room for `len` octets, or NULL with `failed` set. */
static uint8_t *
room(struct wire_writer *writer, size_t len)
{
	uint8_t *octets = writer->next;

	if (writer->failed || len > (size_t)(writer->end - writer->next)) {
		writer->failed = true;
		return NULL;
	}
	writer->next += len;
	return octets;
}

static void
write_number(struct wire_writer *writer, uint64_t value, size_t len)
{
	uint8_t *octets = room(writer, len);

	while (octets != NULL && len-- > 0) {
		octets[len] = (uint8_t)value;
		value >>= 8;
	}
}

void
wire_write(struct wire_writer *writer, void *data, size_t size)
{
	writer->start = data;
	writer->next = data;
	writer->end = writer->start + size;
	writer->failed = false;
}

size_t
wire_len(const struct wire_writer *writer)
{
	return (size_t)(writer->next - writer->start);
}

void
wire_write_u8(struct wire_writer *writer, uint8_t value)
{
	write_number(writer, value, 1);
}

void
wire_write_u16(struct wire_writer *writer, uint16_t value)
{
	write_number(writer, value, 2);
}

void
wire_write_u32(struct wire_writer *writer, uint32_t value)
{
	write_number(writer, value, 4);
}

void
wire_write_u64(struct wire_writer *writer, uint64_t value)
{
	write_number(writer, value, 8);
}

void
wire_write_octets(struct wire_writer *writer, const void *from, size_t len)
{
	uint8_t *octets = room(writer, len);

	if (octets != NULL && len > 0)
		memcpy(octets, from, len);
}

void
wire_write_text(struct wire_writer *writer, const char *text)
{
	size_t len = strlen(text);

	/* The length goes in two octets. */
	if (len > UINT16_MAX ||
	    len + 2 > (size_t)(writer->end - writer->next)) {
		writer->failed = true;
		return;
	}
	wire_write_u16(writer, (uint16_t)len);
	wire_write_octets(writer, text, len);
}
