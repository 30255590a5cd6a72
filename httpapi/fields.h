#ifndef HTTPAPI_FIELDS_H
#define HTTPAPI_FIELDS_H

#include <stddef.h>

/*
 * The header fields of a request, and what of them no proxy in front and no
 * library below may be left to guess: how long the message is and for whom.
 * Each case here is one in which two readers of the same octets disagree,
 * which is what request smuggling lives on (RFC 9112 section 11.2).
 */
struct field {
	const char *name;
	const char *value; /* without the blanks around it */
};

/* No browser sends half as many. */
#define FIELDS_MAX 64

enum fields_fault {
	FIELDS_SOUND,
	FIELDS_BAD_NAME,	  /* no token: a space before the colon */
	FIELDS_BAD_VALUE,	  /* control octets */
	FIELDS_HOST_TWICE,	  /* RFC 9112 section 3.2 */
	FIELDS_HOST_MISSING,	  /* in HTTP/1.1 */
	FIELDS_BAD_HOST,	  /* RFC 9112 section 3.2 */
	FIELDS_BAD_LENGTH,	  /* Content-Length twice, or no number */
	FIELDS_LENGTH_AND_CODING, /* Content-Length and Transfer-Encoding */
	FIELDS_UNKNOWN_CODING,	  /* Transfer-Encoding other than "chunked" */
	FIELDS_FAULT_COUNT
};

/* The first fault found. `version` is "HTTP/1.1" or as the client sent it. */
enum fields_fault fields_check(
    const struct field *fields, size_t count, const char *version);
/* What is wrong, in words for the client. */
const char *fields_fault_text(enum fields_fault fault);

/* The first field of that name, or NULL. */
const char *fields_find(
    const struct field *fields, size_t count, const char *name);

#endif
