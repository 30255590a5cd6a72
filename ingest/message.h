#ifndef INGEST_MESSAGE_H
#define INGEST_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A received message, made plain: decoded fields, a flat list of MIME parts,
 * text as UTF-8. GMime decodes it (message*.c are its only door). All of it is
 * bounded, whatever comes in: octets, fields, parts, depth, text.
 *
 * Line ends may be CRLF, LF or CR; a leading mbox "From " line is passed over.
 */

#define MESSAGE_FIELDS_MAX 256
#define MESSAGE_VALUE_MAX 4096 /* octets of a field's value */
#define MESSAGE_PARTS_MAX 64
#define MESSAGE_DEPTH_MAX 6
#define MESSAGE_TEXT_MAX (16u << 10)

struct message_field {
	const char *name;
	const char *raw;   /* as received, may be folded */
	const char *value; /* decoded and unfolded; NULL until asked for */
	uint32_t hash;	   /* of the name */
};

struct message_fields {
	struct message_field *list;
	unsigned count;
};

/* As it came, for message_*.c alone. */
struct message_content {
	const char *octets; /* NULL where a part consists of others */
	size_t len;
	const char *charset; /* NULL if it names none */
	int encoding;	     /* GMime's name of it */
};

struct message_part {
	const char *type;	 /* lower case: "text/plain" */
	const char *report_type; /* parameter report-type, lower case, or "" */
	const char *filename;	 /* lower case, or "" */
	unsigned depth;		 /* 0 for the outermost */
	int parent;		 /* index, -1 for the outermost */
	bool quoted;		 /* lies within a message/rfc822 part */
	bool attachment;	 /* Content-Disposition says so */
	bool childless; /* a multipart without parts: its boundary was lost */
	struct message_fields inner; /* message/rfc822: that message's */
	struct message_content content;
};

struct message;

/* Once per process. */
void message_init(void);

/*
 * NULL only without memory. `octets` may be gone afterwards. Free it soon, on
 * the same thread: others may have to wait for that.
 */
struct message *message_read(const uint8_t *octets, size_t len);
void message_free(struct message *message);

/* The header's fields, and those of an embedded message. */
struct message_fields *message_fields(struct message *message);

/*
 * The first field of that name, decoded to UTF-8 (RFC 2047, RFC 6532, or raw
 * octets in a guessed charset) and unfolded; NULL if there is none. From the
 * `from`-th field on (updated, to go on after it); 0 to begin with.
 */
const char *message_field(struct message *message, const char *name);
const char *message_next_field(struct message *message,
    struct message_fields *fields, const char *name, unsigned *from);

const struct message_part *message_parts(
    const struct message *message, unsigned *count);

/*
 * A part's content as UTF-8, transfer encoding undone, at most
 * MESSAGE_TEXT_MAX octets. HTML becomes plain text.
 */
const char *message_part_text(
    struct message *message, const struct message_part *part, size_t *len);

/*
 * What a reader sees first: the text parts outside of embedded messages, one
 * after the other, at most MESSAGE_TEXT_MAX octets; lines end in LF. Where the
 * MIME structure is broken, the raw text.
 */
const char *message_text(struct message *message, size_t *len);

/* Reads RFC 822 fields out of text, until a line is none; its end to *end. */
struct message_fields message_scan_fields(
    struct message *message, const char *text, size_t len, size_t *end);

/* The folded subject (ingest/fold.h), "" if there is none. */
const char *message_subject(struct message *message);

/*
 * The address of a From, Reply-To, Return-Path ... value: the first one, lower
 * case, without brackets. Returns its length; 0 for the null path or none.
 */
#define MESSAGE_ADDRESS_MAX 256
size_t message_address(const char *value, char address[MESSAGE_ADDRESS_MAX]);

/* An RFC 5322 date as seconds of Unix time; 0 if it is none. */
int64_t message_date(const char *value);

#endif
