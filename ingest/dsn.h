#ifndef INGEST_DSN_H
#define INGEST_DSN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The machine-readable part of a delivery status notification (RFC 3464): the
 * fields of the message, then those of each recipient, in groups. Octets in,
 * facts out.
 */
#define DSN_NAME_MAX 256
#define DSN_TEXT_MAX 513

struct dsn {
	/* Final- or Original-Recipient somewhere: it speaks of someone. */
	bool has_recipient;
	/* Recipients by what became of them. */
	unsigned failed;
	unsigned delayed;
	unsigned succeeded; /* delivered, relayed, expanded */

	/* Of the message; "" where missing. */
	char reporting_mta[DSN_NAME_MAX]; /* without "dns;" */
	char arrival_date[64];
	char queue_id[64];
	char queue_id_field[64]; /* its name, which tells the software */
	/* Of the first recipient of the gravest action. */
	char recipient[DSN_NAME_MAX];
	char remote_mta[DSN_NAME_MAX];
	char status[16];
	char diagnostic[DSN_TEXT_MAX];
};

/*
 * Whether the text holds such fields at all: a recipient and an Action.
 * `dsn` is filled as far as it goes in any case.
 */
bool dsn_parse(const char *text, size_t len, struct dsn *dsn);

/* Nothing but success: a right server sends that when it is asked to. */
bool dsn_is_success(const struct dsn *dsn);
/* Delays, and no failure. */
bool dsn_is_delay(const struct dsn *dsn);

#endif
