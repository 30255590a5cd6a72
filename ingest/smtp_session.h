#ifndef INGEST_SMTP_SESSION_H
#define INGEST_SMTP_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "common/ipaddr.h"
#include "ingest/envelope.h"

/*
 * One SMTP conversation from the server's side (RFC 5321, with PIPELINING,
 * 8BITMIME, SIZE, ENHANCEDSTATUSCODES, and XCLIENT for those who may): octets
 * in, octets out, and what happened told through a handler. No socket, no
 * clock, no database. How the octets are cut into pieces makes no difference.
 *
 * Only CR LF ends a line, only CR LF . CR LF a message; whatever else another
 * server might take for either is data, or an error in a command.
 *
 * A session never mails anything, and says the same of every mailbox that it
 * takes.
 */
struct smtp_session;

/* What all sessions have in common; may change between two calls. */
struct smtp_rules {
	char hostname[256];
	size_t message_bytes; /* a message's octets at most, after unstuffing */
	unsigned recipients;  /* at most ENVELOPE_RECIPIENTS_MAX */
	unsigned commands;    /* at most, from one message to the next */
};

/* Failed commands at most, from one message to the next. */
#define SMTP_ERRORS_MAX 20

enum smtp_recipient {
	SMTP_RECIPIENT_OURS,	/* a trap or a role address */
	SMTP_RECIPIENT_UNKNOWN, /* 550 */
	SMTP_RECIPIENT_UNSURE	/* 451: the database cannot be asked */
};

/* What becomes of a message. */
enum smtp_result {
	SMTP_PENDING,	 /* smtp_session_answer follows */
	SMTP_ACCEPTED,	 /* 250: it is on disk */
	SMTP_TRY_LATER,	 /* 451 */
	SMTP_QUEUE_FULL, /* 451, for want of room in memory */
	SMTP_NO_SPACE	 /* 452, for want of room on disk */
};

struct smtp_handler {
	/* Fills `trap` and `whole_domain` of a recipient that is ours. */
	enum smtp_recipient (*recipient)(
	    void *context, struct envelope_recipient *recipient);
	/*
	 * May `bytes` more be allocated for the message? What was allowed is
	 * given back with a negative number, which is never refused.
	 */
	bool (*memory)(void *context, long long bytes);
	/*
	 * A message is complete. Its recipients and octets (malloc) now belong
	 * to the callee, and do not count as memory of the session any more.
	 * Unless it returns SMTP_PENDING, it answers at once. `received_at` is
	 * the callee's to fill in.
	 */
	enum smtp_result (*message)(void *context,
	    const struct envelope *envelope, char *octets, size_t len);
	/*
	 * A transaction ended after an accepted RCPT and without DATA;
	 * politely: by RSET or QUIT. `refused` counts the session's refused
	 * recipients. The envelope is lent.
	 */
	void (*dialogue)(void *context, const struct envelope *envelope,
	    unsigned refused, bool politely);
};

/*
 * A session with its greeting ready to be sent. `rules` and `handler` are
 * borrowed. NULL: no memory.
 */
struct smtp_session *smtp_session_new(const struct smtp_rules *rules,
    const struct smtp_handler *handler, void *context,
    const struct ipaddr *client, bool may_xclient);
/* Gives back its memory; an open transaction is forgotten untold. */
void smtp_session_free(struct smtp_session *session);

/*
 * Takes octets of the client and returns how many. Fewer than `len` when a
 * message is being answered, when the client must first read replies, or when
 * the session is over: feed the rest again after that.
 */
size_t smtp_session_feed(
    struct smtp_session *session, const void *octets, size_t len);

/* What is to be sent; `smtp_session_sent` when some of it was. */
const char *smtp_session_output(
    const struct smtp_session *session, size_t *len);
void smtp_session_sent(struct smtp_session *session, size_t len);

/* The result of the message that was pending. */
void smtp_session_answer(struct smtp_session *session, enum smtp_result result);

enum smtp_state {
	SMTP_IN_COMMAND,
	SMTP_IN_DATA,
	SMTP_IN_ANSWER, /* a message is pending */
	SMTP_OVER	/* send the output, then close */
};
enum smtp_state smtp_session_state(const struct smtp_session *session);
/* Rises with each command and message: has the client got on? */
unsigned smtp_session_progress(const struct smtp_session *session);

/*
 * The connection ends otherwise than by QUIT. An open transaction is told to
 * the handler; the client is told why where it can still be. The session is
 * then over. A message that is pending gets no answer any more.
 */
enum smtp_end {
	SMTP_END_DROPPED, /* by the client: nothing to say */
	SMTP_END_TIMEOUT,
	SMTP_END_SHUTDOWN
};
void smtp_session_end(struct smtp_session *session, enum smtp_end end);

/* The client's address as now known, for the log. */
const struct ipaddr *smtp_session_client(const struct smtp_session *session);

#endif
