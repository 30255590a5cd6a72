#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "ingest/smtp_server_private.h"

static enum smtp_recipient
find_recipient(void *context, struct envelope_recipient *recipient)
{
	static struct log_gate gate = LOG_GATE(5);
	struct connection *connection = context;
	int code = mailboxes_find(connection->server->mailboxes, recipient);

	if (code == 0)
		return SMTP_RECIPIENT_OURS;
	if (code == ERROR_NOT_FOUND)
		return SMTP_RECIPIENT_UNKNOWN;
	if (log_gate_open(&gate, "recipient_unsure"))
		log_error("recipient_unsure reason=\"%s\"", error_text(code));
	return SMTP_RECIPIENT_UNSURE;
}

static bool
lend_memory(void *context, long long bytes)
{
	struct smtp_server *server = ((struct connection *)context)->server;

	if (bytes > 0 && server->memory + bytes > server->memory_max)
		return false;
	server->memory += bytes;
	return true;
}

static void
answer(void *context, int result)
{
	smtp_connection_answer(context, result == 0 ? SMTP_ACCEPTED
					: result == ERROR_FULL
					    ? SMTP_NO_SPACE
					    : SMTP_TRY_LATER);
}

/* The envelope's recipients and the octets are the job's, or freed. */
static int
submit(struct connection *connection, struct recorder_job *job,
    const struct envelope *envelope)
{
	static struct log_gate gate = LOG_GATE(5);
	int code;

	job->envelope = *envelope;
	job->envelope.received_at = clock_seconds();
	code = recorder_submit(connection->server->recorder, job);
	if (code == 0)
		return 0;
	if (log_gate_open(&gate, "recorder_full"))
		log_warning("recorder_full");
	recorder_job_free(job);
	return code;
}

static enum smtp_result
take_message(
    void *context, const struct envelope *envelope, char *octets, size_t len)
{
	struct recorder_job *job = calloc(1, sizeof(*job));

	if (job == NULL) {
		free(envelope->recipients);
		free(octets);
		return SMTP_TRY_LATER;
	}
	job->what = RECORDER_MESSAGE;
	job->octets = octets;
	job->len = len;
	job->done = answer;
	job->context = context;
	return submit(context, job, envelope) == 0 ? SMTP_PENDING
						   : SMTP_QUEUE_FULL;
}

/* Nobody waits for it: when there is no room, a line in the log is all. */
static void
take_dialogue(void *context, const struct envelope *envelope, unsigned refused,
    bool politely)
{
	const size_t size =
	    envelope->recipient_count * sizeof(*envelope->recipients);
	struct recorder_job *job = calloc(1, sizeof(*job));
	struct envelope copy = *envelope;

	copy.recipients = malloc(size);
	if (job == NULL || copy.recipients == NULL) {
		free(copy.recipients);
		free(job);
		return;
	}
	memcpy(copy.recipients, envelope->recipients, size);
	job->what = RECORDER_DIALOGUE;
	job->refused = refused;
	job->end = politely ? DIALOGUE_POLITE : DIALOGUE_DROPPED;
	submit(context, job, &copy);
}

/* A mail server of ours passes on what it should not. */
static void
warn_of_discard(void *context, const struct envelope *envelope,
    const char *recipient, enum smtp_discard reason)
{
	static struct log_gate gate = LOG_GATE(20);
	static const char *const reasons[] = {
		[SMTP_DISCARD_NOT_A_TRAP] = "not_a_trap",
		[SMTP_DISCARD_NO_CLIENT] = "client_unknown",
		[SMTP_DISCARD_NOT_UNDERSTOOD] = "not_understood",
		[SMTP_DISCARD_TOO_BIG] = "too_big",
	};
	char client[IPADDR_TEXT_MAX], sender[LOG_TEXT_MAX], to[LOG_TEXT_MAX];

	(void)context;
	if (log_gate_open(&gate, "discarded"))
		log_warning("discarded reason=%s client=%s sender=%s "
			    "recipient=%s",
		    reasons[reason],
		    envelope->client_known
			? ipaddr_format(&envelope->client, client)
			: "unknown",
		    log_escape(envelope->sender, sender),
		    log_escape(recipient, to));
}

const struct smtp_handler smtp_delivery = {
	.recipient = find_recipient,
	.memory = lend_memory,
	.message = take_message,
	.dialogue = take_dialogue,
	.discarded = warn_of_discard,
};
