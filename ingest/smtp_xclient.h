#ifndef INGEST_SMTP_XCLIENT_H
#define INGEST_SMTP_XCLIENT_H

#include "ingest/smtp_command.h"
#include "ingest/smtp_path.h"

/*
 * The attributes of XCLIENT and XFORWARD, name=value, values in xtext (RFC 3461
 * section 4). Names we know and do not use are passed over; any other is an
 * error.
 */
#define SMTP_XCLIENT_OFFER                                                     \
	"XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT"
#define SMTP_XFORWARD_OFFER "XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE"

enum smtp_attributes {
	SMTP_ATTRIBUTE_XCLIENT = 1,
	SMTP_ATTRIBUTE_XFORWARD = 2,
	SMTP_ATTRIBUTE_BOTH = 3
};

enum smtp_outcome smtp_xclient_read(struct smtp_text *text,
    enum smtp_attributes which, struct smtp_xclient *xclient);

#endif
