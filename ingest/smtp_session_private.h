#ifndef INGEST_SMTP_SESSION_PRIVATE_H
#define INGEST_SMTP_SESSION_PRIVATE_H

#include "ingest/smtp_command.h"
#include "ingest/smtp_data.h"
#include "ingest/smtp_line.h"
#include "ingest/smtp_session.h"
#include "ingest/smtp_transaction.h"

/*
 * What the files of a session share, and nobody else includes: smtp_session.c
 * (octets, lines, messages) and smtp_verbs.c (what a command does).
 */

/*
 * Replies wait here until they are sent; a client that pipelines on without
 * reading is not listened to any more once less than a reply's room is left.
 */
#define SMTP_OUTPUT_SIZE 4096
#define SMTP_REPLY_MAX 1024 /* all lines of EHLO's, and a 421 behind it */

struct smtp_session {
	const struct smtp_rules *rules;
	const struct smtp_handler *handler;
	void *context;
	struct smtp_peer peer;

	enum smtp_state state;
	bool secured;
	struct smtp_origin own; /* the peer, or whom its XCLIENT names */
	/* By XFORWARD, for one transaction. */
	bool is_forwarded;
	struct smtp_origin forwarded;
	struct smtp_transaction transaction;
	struct smtp_line line;
	struct smtp_data data;
	struct {
		uint64_t left;
		bool last;
		const char *refusal; /* NULL: it is taken */
	} chunk;

	/* LMTP answers a message once for each of its recipients. */
	unsigned answers, owed;
	const char *owed_reply;

	unsigned commands, errors; /* since the last message */
	unsigned refused;	   /* recipients, in the session */
	unsigned progress;

	char output[SMTP_OUTPUT_SIZE];
	size_t output_len;
};

/* Room for SMTP_REPLY_MAX octets is there before each command. */
void smtp_reply(struct smtp_session *session, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* To what the client did wrong; text with an enhanced status code. */
void smtp_refuse(struct smtp_session *session, const char *text);
void smtp_greet(struct smtp_session *session);

/* The open transaction, if any, ends without its message. */
void smtp_end_transaction(struct smtp_session *session, bool politely);
/* `code` is an enhanced status code. */
void smtp_hang_up(
    struct smtp_session *session, const char *code, const char *text);
/* BDAT's octets are all here. */
void smtp_chunk_done(struct smtp_session *session);

/* smtp_verbs.c: the beginning of a line that is longer than may be. */
void smtp_do_long_line(
    struct smtp_session *session, const char *line, size_t len);
/* One line without its CR LF. */
void smtp_do_command(
    struct smtp_session *session, const char *line, size_t len);

#endif
