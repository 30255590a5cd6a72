#include "ingest/smtp_transaction.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "common/error.h"

void
smtp_transaction_deinit(struct smtp_transaction *transaction)
{
	free(transaction->envelope.recipients);
	transaction->envelope.recipients = NULL;
	transaction->recipient_size = 0;
	smtp_transaction_close(transaction);
}

void
smtp_transaction_open(struct smtp_transaction *transaction,
    const struct smtp_origin *origin, const char *sender)
{
	struct envelope *envelope = &transaction->envelope;

	transaction->open = true;
	envelope->client = origin->client;
	envelope->client_known = origin->client_known;
	snprintf(envelope->helo, sizeof(envelope->helo), "%s", origin->helo);
	snprintf(envelope->sender, sizeof(envelope->sender), "%s", sender);
	envelope->sender_known = true;
}

/*
 * Local parts may differ in case, but traps do not (db/trap.h).
 */
static bool
is_named(const struct envelope *envelope, const char *path)
{
	for (unsigned i = 0; i < envelope->recipient_count; i++) {
		if (strcasecmp(envelope->recipients[i].path, path) == 0)
			return true;
	}
	return false;
}

/* Room for one more. */
static bool
reserve(struct smtp_transaction *transaction)
{
	struct envelope *envelope = &transaction->envelope;
	struct envelope_recipient *recipients;
	unsigned size = transaction->recipient_size;

	if (envelope->recipient_count < size)
		return true;
	size = size > 0 ? size * 2 : 1;
	recipients = realloc(envelope->recipients, size * sizeof(*recipients));
	if (recipients == NULL)
		return false;
	envelope->recipients = recipients;
	transaction->recipient_size = size;
	return true;
}

int
smtp_transaction_add(struct smtp_transaction *transaction,
    const struct envelope_recipient *recipient, unsigned most)
{
	struct envelope *envelope = &transaction->envelope;

	if (is_named(envelope, recipient->path))
		return 0;
	if (envelope->recipient_count >= most)
		return ERROR_LIMIT;
	if (!reserve(transaction))
		return -ENOMEM;
	envelope->recipients[envelope->recipient_count++] = *recipient;
	return 0;
}

void
smtp_transaction_close(struct smtp_transaction *transaction)
{
	transaction->open = false;
	transaction->smtputf8 = transaction->chunked = false;
	transaction->envelope.sender[0] = '\0';
	transaction->envelope.recipient_count = 0;
	transaction->accepted = 0;
}

struct envelope
smtp_transaction_take(struct smtp_transaction *transaction)
{
	struct envelope envelope = transaction->envelope;

	transaction->envelope.recipients = NULL;
	transaction->recipient_size = 0;
	smtp_transaction_close(transaction);
	return envelope;
}

static bool
was_told(const struct smtp_transaction *transaction, uint64_t trap)
{
	for (unsigned i = 0; i < transaction->told_count; i++) {
		if (transaction->told[i] == trap)
			return true;
	}
	return false;
}

unsigned
smtp_transaction_tell(struct smtp_transaction *transaction)
{
	struct envelope *envelope = &transaction->envelope;
	unsigned kept = 0;

	for (unsigned i = 0; i < envelope->recipient_count; i++) {
		uint64_t trap = envelope->recipients[i].trap;

		/* A role address has none. */
		if (trap == 0 || transaction->told_count == SMTP_TOLD_MAX ||
		    was_told(transaction, trap))
			continue;
		transaction->told[transaction->told_count++] = trap;
		envelope->recipients[kept++] = envelope->recipients[i];
	}
	envelope->recipient_count = kept;
	return kept;
}
