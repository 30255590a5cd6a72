#ifndef INGEST_SMTP_SESSION_H
#define INGEST_SMTP_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "common/ipaddr.h"
#include "ingest/envelope.h"

/*
 * One SMTP conversation from the server's side (RFC 5321, with PIPELINING,
 * 8BITMIME, SIZE, ENHANCEDSTATUSCODES, CHUNKING, SMTPUTF8, STARTTLS, and
 * XCLIENT and XFORWARD for those who may), or one of LMTP (RFC 2033): octets
 * in, octets out, and what happened told through a handler. No socket, no
 * clock, no database. How the octets are cut into pieces makes no difference.
 *
 * Only CR LF ends a line, only CR LF . CR LF a message; whatever else another
 * server might take for either is data, or an error in a command.
 *
 * A session never mails anything, and says the same of every mailbox that it
 * takes. Behind LMTP stands a server that has accepted the mail already and
 * would bounce what is refused for good: backscatter, and ours. There every
 * refusal is for now (4xx), and what will never be wanted is taken and thrown
 * away, which the handler is told.
 */
struct smtp_session;

/* What all sessions have in common; may change between two calls. */
struct smtp_rules {
	char hostname[256];
	size_t message_bytes; /* a message's octets at most, after unstuffing */
	unsigned recipients;  /* at most ENVELOPE_RECIPIENTS_MAX */
	unsigned commands;    /* at most, from one message to the next */
	bool tls;	      /* STARTTLS is offered */
};

/* Who is at the other end, and what it may do. */
struct smtp_peer {
	struct ipaddr address;
	/* Else it must name a client before it sends mail; SMTP says 451. */
	bool address_known;
	bool local; /* through a local socket, where nobody listens in */
	bool lmtp;
	bool may_xclient, may_xforward;
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

/* Why something is not wanted, though it is not refused. */
enum smtp_discard {
	SMTP_DISCARD_NOT_A_TRAP,
	SMTP_DISCARD_NO_CLIENT, /* the server in front does not know it */
	SMTP_DISCARD_NOT_UNDERSTOOD,
	SMTP_DISCARD_TOO_BIG
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
	/*
	 * LMTP only: what was taken for this recipient, or for all of them
	 * (""), is thrown away. The envelope is lent.
	 */
	void (*discarded)(void *context, const struct envelope *envelope,
	    const char *recipient, enum smtp_discard reason);
};

/*
 * A session with its greeting ready to be sent. `rules` and `handler` are
 * borrowed. NULL: no memory.
 */
struct smtp_session *smtp_session_new(const struct smtp_rules *rules,
    const struct smtp_handler *handler, void *context,
    const struct smtp_peer *peer);
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
	SMTP_IN_CHUNK,	/* of BDAT */
	SMTP_IN_ANSWER, /* a message is pending */
	SMTP_IN_TLS,	/* send the output, then begin with TLS */
	SMTP_OVER	/* send the output, then close */
};
enum smtp_state smtp_session_state(const struct smtp_session *session);

/*
 * TLS has begun, and what is fed from now on comes through it. Nothing that was
 * said before counts (RFC 3207 section 4.2), and whoever goes on in plain text
 * after STARTTLS loses the connection.
 */
void smtp_session_secured(struct smtp_session *session);
/* Rises with each command and message: has the client got on? */
unsigned smtp_session_progress(const struct smtp_session *session);

/*
 * The connection ends otherwise than by QUIT. An open transaction is told to
 * the handler, unless it is we who end it, which says nothing of the client;
 * that is told why where it can still be. The session is then over. A message
 * that is pending gets no answer any more.
 */
enum smtp_end {
	SMTP_END_DROPPED, /* by the client: nothing to say */
	SMTP_END_TIMEOUT,
	SMTP_END_SHUTDOWN
};
void smtp_session_end(struct smtp_session *session, enum smtp_end end);

#endif
