#ifndef COMMON_WIRE_H
#define COMMON_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Octets in and out, big-endian, bounded. A reader or writer that would leave
 * its bounds sets `failed`, moves no further, reads zeros and writes nothing;
 * it is checked once, at the end.
 */
struct wire_reader {
	const uint8_t *next;
	const uint8_t *end;
	bool failed;
};

struct wire_writer {
	uint8_t *start;
	uint8_t *next;
	uint8_t *end;
	bool failed;
};

/*
 * The readers stand here because answering a query is, for the most part,
 * reading it.
 */
static inline void
wire_read(struct wire_reader *reader, const void *data, size_t len)
{
	reader->next = (const uint8_t *)data;
	reader->end = reader->next + len;
	reader->failed = false;
}

static inline size_t
wire_left(const struct wire_reader *reader)
{
	return (size_t)(reader->end - reader->next);
}

/* The next `len` octets where they lie, or NULL. */
static inline const uint8_t *
wire_read_octets(struct wire_reader *reader, size_t len)
{
	const uint8_t *octets = reader->next;

	if (reader->failed || len > wire_left(reader)) {
		reader->failed = true;
		return NULL;
	}
	reader->next += len;
	return octets;
}

static inline uint64_t
wire_read_number(struct wire_reader *reader, size_t len)
{
	const uint8_t *octets = wire_read_octets(reader, len);
	uint64_t value = 0;

	for (size_t i = 0; octets != NULL && i < len; i++)
		value = value << 8 | octets[i];
	return value;
}

static inline uint8_t
wire_read_u8(struct wire_reader *reader)
{
	return (uint8_t)wire_read_number(reader, 1);
}

static inline uint16_t
wire_read_u16(struct wire_reader *reader)
{
	const uint8_t *octets = wire_read_octets(reader, 2);

	return octets != NULL ? (uint16_t)(octets[0] << 8 | octets[1]) : 0;
}

static inline uint32_t
wire_read_u32(struct wire_reader *reader)
{
	return (uint32_t)wire_read_number(reader, 4);
}

static inline uint64_t
wire_read_u64(struct wire_reader *reader)
{
	return wire_read_number(reader, 8);
}

void wire_read_copy(struct wire_reader *reader, void *to, size_t len);
/* A u16 length and text; copied with a NUL, cut never: too long fails. */
void wire_read_text(struct wire_reader *reader, char *to, size_t size);

void wire_write(struct wire_writer *writer, void *data, size_t size);
size_t wire_len(const struct wire_writer *writer);
void wire_write_u8(struct wire_writer *writer, uint8_t value);
void wire_write_u16(struct wire_writer *writer, uint16_t value);
void wire_write_u32(struct wire_writer *writer, uint32_t value);
void wire_write_u64(struct wire_writer *writer, uint64_t value);
void wire_write_octets(
    struct wire_writer *writer, const void *from, size_t len);
void wire_write_text(struct wire_writer *writer, const char *text);

#endif
