#ifndef INGEST_SMTP_PATH_H
#define INGEST_SMTP_PATH_H

#include <stdbool.h>

#include "ingest/envelope.h"

/*
 * The paths of MAIL and RCPT: RFC 5321 sections 4.1.2 and 4.1.3. Reads octets
 * where they lie, allocates nothing.
 */

/* Text still to be read. Readers move `next` past what they took. */
struct smtp_text {
	const char *next;
	const char *end;
};

/* Takes `c` if it stands there. */
bool smtp_text_take(struct smtp_text *text, char c);

/*
 * What stands for a mailbox at this place beside local-part@domain: the null
 * reverse path of MAIL, "<Postmaster>" of RCPT (RFC 5321 section 4.1.1.3).
 */
enum smtp_path_allowed { SMTP_PATH_REVERSE, SMTP_PATH_FORWARD };

enum smtp_path_outcome { SMTP_PATH_READ, SMTP_PATH_BAD, SMTP_PATH_LONG };

/*
 * Reads "<...>" into `path`, without brackets and source route, the local part
 * with the least quoting that keeps it (all quoted forms of a local part are
 * equal, RFC 5321 section 4.1.2). The null reverse path is "". SMTP_PATH_LONG:
 * more than 256 octets with the brackets (section 4.5.3.1.3); the 64 octets of
 * section 4.5.3.1.1 are not asked for, since return paths that carry a
 * recipient in them are longer every day. Octets beyond ASCII count as letters,
 * UTF-8 or not (RFC 6531).
 */
enum smtp_path_outcome smtp_path_read(struct smtp_text *text,
    enum smtp_path_allowed allowed, char path[ENVELOPE_PATH_MAX + 1]);

#endif
