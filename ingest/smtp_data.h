#ifndef INGEST_SMTP_DATA_H
#define INGEST_SMTP_DATA_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What a client sends after DATA, up to CR LF . CR LF: dots unstuffed (RFC
 * 5321 section 4.5.2), everything else kept as it came. No other spelling of
 * that end is one, whatever stands before or behind it. Or what it sends in
 * chunks after BDAT (RFC 3030), where every octet is kept.
 */
enum smtp_data_failure {
	SMTP_DATA_WHOLE,
	SMTP_DATA_TOO_BIG,   /* more than max_len */
	SMTP_DATA_NO_MEMORY, /* refused by `memory`, or none left */
	SMTP_DATA_UNWANTED   /* by smtp_data_discard */
};

/* As in struct smtp_handler: asks for bytes, gives them back. */
typedef bool smtp_memory(void *context, long long bytes);

struct smtp_data {
	unsigned state;
	enum smtp_data_failure failure; /* the rest is read and thrown away */
	char *octets;
	size_t len, size;
	size_t max_len;
	smtp_memory *memory;
	void *context;
};

void smtp_data_begin(
    struct smtp_data *data, size_t max_len, smtp_memory *memory, void *context);
/* Drops what was gathered. Does nothing where nothing was begun. */
void smtp_data_drop(struct smtp_data *data);
/* What comes is thrown away, and what has come. */
void smtp_data_discard(struct smtp_data *data);

/*
 * Takes octets up to the end of the message at most, and returns how many;
 * *ended tells whether the end was among them.
 */
size_t smtp_data_feed(
    struct smtp_data *data, const char *octets, size_t len, bool *ended);

/* Takes all of it, as a part of a chunk. */
void smtp_data_feed_chunk(
    struct smtp_data *data, const char *octets, size_t len);

/* Hands the octets over (free() them); they are not counted any more. */
char *smtp_data_take(struct smtp_data *data, size_t *len);

#endif
