#ifndef INGEST_HANDOVER_H
#define INGEST_HANDOVER_H

#include "ingest/mailboxes.h"
#include "ingest/recorder.h"

/*
 * A message that came otherwise than by an SMTP dialogue of ours: whoever
 * brings it may know its envelope, or a part of it; its header tells the rest.
 * NULL and 0: not known.
 */
struct handover {
	const struct ipaddr *client; /* else Received tells */
	const char *helo;
	/* "" or as pipe(8) of Postfix has it, MAILER-DAEMON: the null sender */
	const char *sender;	       /* more than the header says */
	const char *sender_else;       /* where there is no Return-Path */
	const char *const *recipients; /* else the header tells */
	unsigned recipient_count;
	const char *recipient_else; /* where the header tells none of ours */
	int64_t received_at;
	int64_t received_else; /* where Received does not tell; else now */
};

/*
 * A job for the recorder; its octets (malloc) are the job's, and freed when
 * this fails. ERROR_NOT_FOUND: for no mailbox of ours. Other codes: it cannot
 * be told now.
 */
int handover_job(struct mailboxes *mailboxes, const struct handover *hints,
    char *octets, size_t len, struct recorder_job **job);

#endif
