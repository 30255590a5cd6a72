#include "common/wire.h"

#include <string.h>

void
wire_read_copy(struct wire_reader *reader, void *to, size_t len)
{
	const uint8_t *octets = wire_read_octets(reader, len);

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
	octets = wire_read_octets(reader, len);
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
