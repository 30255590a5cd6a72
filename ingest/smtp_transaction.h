#ifndef INGEST_SMTP_TRANSACTION_H
#define INGEST_SMTP_TRANSACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "ingest/envelope.h"

/*
 * A session's mail transaction (RFC 5321 section 3.3): its envelope, and what
 * the session remembers of those that ended before their DATA.
 */

/* Who sends: the peer, or whom a trusted one names in its place. */
struct smtp_origin {
	struct ipaddr client;
	bool client_known;
	char helo[ENVELOPE_HELO_MAX + 1]; /* "" before EHLO */
};

/* Traps that are remembered: each is told of once a session. */
#define SMTP_TOLD_MAX 32

struct smtp_transaction {
	bool open;
	bool smtputf8; /* RFC 6531: paths may go beyond ASCII */
	bool chunked;  /* a BDAT has come, the message is under way */
	struct envelope envelope;
	unsigned accepted;	 /* RCPTs that were; more than `envelope` has */
	unsigned recipient_size; /* allocated */
	uint64_t told[SMTP_TOLD_MAX];
	unsigned told_count;
};

/* Zeros are a transaction that is closed. */
void smtp_transaction_deinit(struct smtp_transaction *transaction);

void smtp_transaction_open(struct smtp_transaction *transaction,
    const struct smtp_origin *origin, const char *sender);
/*
 * Named twice, a recipient stands in the envelope once. 0, ERROR_LIMIT when
 * `most` are there, -ENOMEM.
 */
int smtp_transaction_add(struct smtp_transaction *transaction,
    const struct envelope_recipient *recipient, unsigned most);
/* Sender and recipients are forgotten. */
void smtp_transaction_close(struct smtp_transaction *transaction);
/* The same, and the envelope is handed over; free() its recipients. */
struct envelope smtp_transaction_take(struct smtp_transaction *transaction);

/*
 * Leaves the recipients that are traps of which this session has not told
 * yet, and counts them as told. Returns how many.
 */
unsigned smtp_transaction_tell(struct smtp_transaction *transaction);

#endif
