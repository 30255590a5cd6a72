#ifndef INGEST_SMTP_COMMAND_H
#define INGEST_SMTP_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/ipaddr.h"
#include "ingest/envelope.h"

/*
 * One command line -> verb, path, parameters; as RFC 5321 section 4.1 has it,
 * but for names of hosts and blanks before a path (see smtp_command.c). Octets
 * in, a struct out: it allocates nothing and knows nothing of the session.
 */

/*
 * A line with its CRLF: 512 octets (RFC 5321 section 4.5.3.1.4) and what the
 * parameters we tolerate may add to it, ORCPT 500 and NOTIFY 28 the most (RFC
 * 3461 section 5.4).
 */
#define SMTP_LINE_MAX 1152

enum smtp_verb {
	SMTP_EHLO,
	SMTP_HELO,
	SMTP_MAIL,
	SMTP_RCPT,
	SMTP_DATA,
	SMTP_RSET,
	SMTP_NOOP,
	SMTP_VRFY,
	SMTP_HELP,
	SMTP_QUIT,
	SMTP_XCLIENT,
	SMTP_XFORWARD,
	SMTP_BDAT,
	SMTP_STARTTLS,
	SMTP_LHLO,
	SMTP_KNOWN_ELSEWHERE, /* EXPN, TURN, SEND ...: known, not offered */
	SMTP_VERB_COUNT
};

/* What became of a line; each has its own reply. */
enum smtp_outcome {
	SMTP_UNDERSTOOD,
	SMTP_LINE_GARBLED,  /* control octets, a bare CR or LF among them */
	SMTP_LINE_TOO_LONG, /* told by whoever cut it into lines */
	SMTP_VERB_UNKNOWN,
	SMTP_ARGUMENT_BAD, /* missing, malformed or one too many */
	SMTP_PATH_MALFORMED,
	SMTP_PATH_TOO_LONG,
	SMTP_PARAMETER_BAD,	/* a known one with a bad value, or twice */
	SMTP_PARAMETER_UNKNOWN, /* one that we do not offer */
	SMTP_OUTCOME_COUNT
};

/*
 * Postfix' XCLIENT and XFORWARD: what a trusted proxy says of the client behind
 * it.
 */
struct smtp_xclient {
	bool address_given;
	bool address_known; /* false for [UNAVAILABLE] */
	struct ipaddr address;
	bool helo_given;
	char helo[ENVELOPE_HELO_MAX + 1]; /* "" for [UNAVAILABLE] */
};

struct smtp_command {
	enum smtp_verb verb;
	char host[ENVELOPE_HELO_MAX + 1]; /* EHLO, HELO, LHLO */
	char path[ENVELOPE_PATH_MAX + 1]; /* MAIL, RCPT; without brackets */
	bool path_is_ascii;
	uint64_t size; /* MAIL, 0 when not told; BDAT: of the chunk */
	bool smtputf8; /* MAIL */
	bool last;     /* BDAT */
	struct smtp_xclient xclient; /* XCLIENT, XFORWARD */
};

/*
 * Reads `len` octets without the CRLF. Fills *command when it returns
 * SMTP_UNDERSTOOD; `verb` is also set where only what follows it was wrong.
 */
enum smtp_outcome smtp_command_parse(
    const char *line, size_t len, struct smtp_command *command);
/* The verb alone, of a line that may be cut; SMTP_VERB_COUNT: none we know. */
enum smtp_verb smtp_command_verb(const char *line, size_t len);

#endif
