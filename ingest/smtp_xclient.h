#ifndef INGEST_SMTP_XCLIENT_H
#define INGEST_SMTP_XCLIENT_H

#include <stdbool.h>

#include "ingest/smtp_command.h"
#include "ingest/smtp_path.h"

/*
 * The attributes of XCLIENT, name=value, values in xtext (RFC 3461 section 4).
 * Names we know and do not use are passed over; any other is an error.
 */
#define SMTP_XCLIENT_OFFER                                                     \
	"XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT"

enum smtp_outcome smtp_xclient_read(
    struct smtp_text *text, struct smtp_xclient *xclient);

#endif
