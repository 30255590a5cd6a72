#include "ingest/handover.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/clock.h"
#include "common/error.h"
#include "ingest/message.h"
#include "ingest/received.h"

/* One reading of a message's envelope. */
struct reading {
	struct mailboxes *mailboxes;
	const struct handover *hints;
	struct message *message;
	struct envelope *envelope;
};

/* --- the sender ----------------------------------------------------------- */

/* What stands in the place of the null sender where there must be a word. */
static const char *
plain_sender(const char *sender)
{
	return strcasecmp(sender, "MAILER-DAEMON") == 0 ||
		       strcmp(sender, "<>") == 0
		   ? ""
		   : sender;
}

static void
read_sender(const struct reading *reading)
{
	struct envelope *envelope = reading->envelope;
	const char *given = reading->hints->sender;
	const char *field = message_field(reading->message, "Return-Path");

	if (given == NULL && field == NULL)
		given = reading->hints->sender_else;
	envelope->sender_known = given != NULL || field != NULL;
	if (given != NULL)
		snprintf(envelope->sender, sizeof(envelope->sender), "%s",
		    plain_sender(given));
	else if (field != NULL)
		message_address(field, envelope->sender);
}

/* --- recipients ----------------------------------------------------------- */

/* 0 when it is ours and stands in the envelope, ERROR_NOT_FOUND when not. */
static int
add_recipient(const struct reading *reading, const char *path)
{
	struct envelope *envelope = reading->envelope;
	struct envelope_recipient *recipient =
	    &envelope->recipients[envelope->recipient_count];
	int code;

	if (strlen(path) > ENVELOPE_PATH_MAX)
		return ERROR_NOT_FOUND;
	memset(recipient, 0, sizeof(*recipient));
	strcpy(recipient->path, path);
	code = mailboxes_find(reading->mailboxes, recipient);
	if (code == 0)
		envelope->recipient_count++;
	return code;
}

static int
add_given(const struct reading *reading)
{
	const struct handover *hints = reading->hints;
	int code = 0;

	for (unsigned i = 0; i < hints->recipient_count; i++) {
		code = add_recipient(reading, hints->recipients[i]);
		if (code != 0 && code != ERROR_NOT_FOUND)
			return code;
	}
	return reading->envelope->recipient_count > 0 ? 0 : ERROR_NOT_FOUND;
}

/* Where the last server wrote whom it is for; To is the sender's word. */
static int
add_of_header(const struct reading *reading)
{
	static const char *const names[] = { "X-Original-To", "Delivered-To",
		"Envelope-To", NULL, "To" };
	char path[MESSAGE_ADDRESS_MAX];
	int code = ERROR_NOT_FOUND;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *last = reading->hints->recipient_else;

		if (names[i] == NULL && last != NULL)
			code = add_recipient(reading, last);
		else if (names[i] != NULL &&
			 message_address(
			     message_field(reading->message, names[i]), path) >
			     0)
			code = add_recipient(reading, path);
		if (code != ERROR_NOT_FOUND)
			return code;
	}
	return code;
}

static int
read_recipients(const struct reading *reading)
{
	unsigned given = reading->hints->recipient_count;
	size_t room = given > 0 ? given : 1;

	reading->envelope->recipients =
	    calloc(room, sizeof(*reading->envelope->recipients));
	if (reading->envelope->recipients == NULL)
		return -ENOMEM;
	return given > 0 ? add_given(reading) : add_of_header(reading);
}

/* --- time ----------------------------------------------------------------- */

/* The first line is the last server's, whose clock we believe, but for a
 * future. */
static int64_t
read_time(const struct reading *reading)
{
	const struct handover *hints = reading->hints;
	int64_t now = clock_seconds(), at = hints->received_at;
	struct received line;

	if (at == 0) {
		received_parse(
		    message_field(reading->message, "Received"), &line);
		at = line.at != 0 ? line.at : hints->received_else;
	}
	return at > 0 && at < now ? at : now;
}

/* --- all of it ------------------------------------------------------------ */

static int
read_envelope(const struct reading *reading)
{
	const struct handover *hints = reading->hints;
	struct envelope *envelope = reading->envelope;

	if (hints->client != NULL)
		envelope->client = *hints->client;
	envelope->client_known = hints->client != NULL;
	if (hints->helo != NULL)
		snprintf(
		    envelope->helo, sizeof(envelope->helo), "%s", hints->helo);
	read_sender(reading);
	envelope->received_at = read_time(reading);
	return read_recipients(reading);
}

int
handover_job(struct mailboxes *mailboxes, const struct handover *hints,
    char *octets, size_t len, struct recorder_job **made)
{
	struct recorder_job *job = calloc(1, sizeof(*job));
	struct reading reading = { .mailboxes = mailboxes, .hints = hints };
	int code = -ENOMEM;

	if (job == NULL) {
		free(octets);
		return code;
	}
	job->what = RECORDER_MESSAGE;
	job->octets = octets;
	job->len = len;
	reading.envelope = &job->envelope;
	reading.message = message_read((const uint8_t *)octets, len);
	if (reading.message != NULL)
		code = read_envelope(&reading);
	message_free(reading.message);
	mailboxes_rest(mailboxes);
	if (code != 0) {
		recorder_job_free(job);
		return code;
	}
	*made = job;
	return 0;
}
