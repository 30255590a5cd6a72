#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/trap.h"
#include "ingest/handover.h"
#include "ingest/message.h"
#include "tests/support/without_cmocka.h"

#include "tests/support/test_store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * The first octet says what is known beside the message, then comes a line for
 * what is text of that; the rest is the message. What becomes of it is bounded,
 * for mailboxes of ours alone, and the same when it comes again.
 */
#define KNOWS_CLIENT 1
#define KNOWS_HELO 2
#define KNOWS_SENDER 4
#define KNOWS_SENDER_ELSE 8
#define KNOWS_RECIPIENTS 16
#define KNOWS_RECIPIENT_ELSE 32
#define KNOWS_TIME 64
#define KNOWS_TIME_ELSE 128

#define TEXT_MAX 600 /* longer than any of it may be */

static struct test_store test;
static struct mailboxes *mailboxes;

static void
clean_up(void)
{
	mailboxes_close(mailboxes);
	test_store_close(&test);
}

static void
open_all(void)
{
	static const char *const traps[] = { "trap@trap.example",
		"two@trap.example", "@all.example" };
	struct store_txn *txn;
	struct trap trap;

	if (test.store != NULL)
		return;
	message_init();
	test_store_open(&test);
	insist(store_begin_write(test.store, &txn) == 0);
	for (size_t i = 0; i < sizeof(traps) / sizeof(traps[0]); i++)
		insist(trap_add(txn, traps[i], TEST_NOW, &trap) == 0);
	insist(store_commit(txn) == 0);
	insist(mailboxes_open(test.store, &mailboxes) == 0);
	atexit(clean_up);
}

static void
check_recipients(const struct envelope *envelope, unsigned given)
{
	insist(envelope->recipient_count > 0);
	insist(envelope->recipient_count <= (given > 0 ? given : 1));
	for (unsigned i = 0; i < envelope->recipient_count; i++) {
		struct envelope_recipient again = envelope->recipients[i];

		insist(strlen(again.path) <= ENVELOPE_PATH_MAX);
		again.trap = 0;
		insist(mailboxes_find(mailboxes, &again) == 0);
		insist(again.trap == envelope->recipients[i].trap);
	}
	mailboxes_rest(mailboxes);
}

static void
check(const struct recorder_job *job, const struct handover *hints,
    const uint8_t *message, size_t len)
{
	const struct envelope *envelope = &job->envelope;

	insist(job->what == RECORDER_MESSAGE && job->len == len);
	insist(len == 0 || memcmp(job->octets, message, len) == 0);
	insist(envelope->client_known == (hints->client != NULL));
	insist(memchr(envelope->helo, 0, sizeof(envelope->helo)) != NULL);
	insist(memchr(envelope->sender, 0, sizeof(envelope->sender)) != NULL);
	insist(hints->helo == NULL || strncmp(envelope->helo, hints->helo,
					  strlen(envelope->helo)) == 0);
	insist(envelope->sender_known || envelope->sender[0] == '\0');
	if (hints->sender != NULL)
		insist(strcasecmp(envelope->sender, "MAILER-DAEMON") != 0);
	insist(envelope->received_at > 0 &&
	       envelope->received_at <= clock_seconds());
	check_recipients(envelope, hints->recipient_count);
}

/* Times differ where the clock is all there is. */
static void
compare(const struct envelope *a, const struct envelope *b)
{
	insist(a->sender_known == b->sender_known);
	insist(strcmp(a->sender, b->sender) == 0);
	insist(strcmp(a->helo, b->helo) == 0);
	insist(a->recipient_count == b->recipient_count);
	for (unsigned i = 0; i < a->recipient_count; i++)
		insist(
		    strcmp(a->recipients[i].path, b->recipients[i].path) == 0);
}

static int
hand_over(const struct handover *hints, const uint8_t *message, size_t len,
    struct recorder_job **job)
{
	char *octets = malloc(len + 1);

	insist(octets != NULL);
	memcpy(octets, message, len);
	*job = NULL;
	return handover_job(mailboxes, hints, octets, len, job);
}

static void
try(const struct handover *hints, const uint8_t *message, size_t len)
{
	struct recorder_job *job, *again;
	int code = hand_over(hints, message, len, &job);

	insist(code == 0 || code == ERROR_NOT_FOUND);
	insist(hand_over(hints, message, len, &again) == code);
	if (code == 0) {
		check(job, hints, message, len);
		compare(&job->envelope, &again->envelope);
	}
	recorder_job_free(job);
	recorder_job_free(again);
}

/* The line, as text. Returns how many octets it was. */
static size_t
read_line(const uint8_t *data, size_t size, char text[TEXT_MAX])
{
	const uint8_t *end = memchr(data, '\n', size);
	size_t len = end != NULL ? (size_t)(end - data) : size;
	size_t kept = len < TEXT_MAX ? len : TEXT_MAX - 1;

	memcpy(text, data, kept);
	text[kept] = '\0';
	return end != NULL ? len + 1 : len;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct ipaddr client = { { 0x20, 1, 0xd, 0xb8 } };
	char text[TEXT_MAX];
	const char *recipients[] = { text, "two@trap.example", text };
	struct handover hints = { .client = NULL };
	size_t begin;

	if (size == 0)
		return 0;
	open_all();
	begin = 1 + read_line(data + 1, size - 1, text);
	if ((data[0] & KNOWS_CLIENT) != 0)
		hints.client = &client;
	if ((data[0] & KNOWS_HELO) != 0)
		hints.helo = text;
	if ((data[0] & KNOWS_SENDER) != 0)
		hints.sender = text;
	if ((data[0] & KNOWS_SENDER_ELSE) != 0)
		hints.sender_else = text;
	if ((data[0] & KNOWS_RECIPIENTS) != 0) {
		hints.recipients = recipients;
		hints.recipient_count = 3;
	}
	if ((data[0] & KNOWS_RECIPIENT_ELSE) != 0)
		hints.recipient_else = text;
	if ((data[0] & KNOWS_TIME) != 0)
		hints.received_at = TEST_NOW;
	if ((data[0] & KNOWS_TIME_ELSE) != 0)
		hints.received_else = INT64_MAX;
	try(&hints, data + begin, size - begin);
	return 0;
}
