#ifndef HTTPAPI_PROBLEM_H
#define HTTPAPI_PROBLEM_H

#include "httpapi/exchange.h"

/*
 * Every error is a problem detail (RFC 9457): one table of them, each with its
 * status, its address (/problems#name) and words that say what to do. People
 * with a browser get the same as a page, and as plain text where that is asked
 * for.
 */
enum problem {
	PROBLEM_MALFORMED,
	PROBLEM_NO_ADDRESS,
	PROBLEM_BAD_BODY,
	PROBLEM_BAD_QUERY,
	PROBLEM_UNAUTHORIZED,
	PROBLEM_FORBIDDEN,
	PROBLEM_IN_CLEAR,
	PROBLEM_OTHER_SITE,
	PROBLEM_BY_HAND,
	PROBLEM_PROVE_CONTROL,
	PROBLEM_PROVE_BY_DNS,
	PROBLEM_NOT_FOUND,
	PROBLEM_NO_SUCH,
	PROBLEM_METHOD,
	PROBLEM_NOT_LISTED,
	PROBLEM_STEPS_SPENT,
	PROBLEM_NO_NAME,
	PROBLEM_NO_RECORD,
	PROBLEM_OTHER_RECORD,
	PROBLEM_EXISTS,
	PROBLEM_REFUSED,
	PROBLEM_TOO_OLD,
	PROBLEM_LENGTH_REQUIRED,
	PROBLEM_PRECONDITION,
	PROBLEM_BODY_TOO_LARGE,
	PROBLEM_TARGET_TOO_LONG,
	PROBLEM_BODY_TYPE,
	PROBLEM_TOO_MANY_ADDRESSES,
	PROBLEM_WRONG_LINES,
	PROBLEM_TOO_MANY_REQUESTS,
	PROBLEM_TOO_MANY_ATTEMPTS,
	PROBLEM_TOO_MANY_DELISTINGS,
	PROBLEM_TOO_MANY_PROOFS,
	PROBLEM_TOO_MANY_FIELDS,
	PROBLEM_HEADER_TOO_LONG,
	PROBLEM_INTERNAL,
	PROBLEM_UNKNOWN_METHOD,
	PROBLEM_NO_RESOLVER,
	PROBLEM_BUSY,
	PROBLEM_DATABASE,
	PROBLEM_DNS_SILENT,
	PROBLEM_NO_ROOM,
	PROBLEM_COUNT
};

/*
 * Makes the reply that problem, whatever was in it before. `detail` says what
 * is wrong this time; NULL: the table's general words.
 */
void problem_reply(
    struct exchange *exchange, enum problem problem, const char *detail);
/*
 * The table's words, and members of its own beside them (RFC 9457 section 3.2);
 * frees `members`, which may be NULL.
 */
void problem_reply_with(
    struct exchange *exchange, enum problem problem, json_t *members);

/* The problem for a status that route_body_refusal() gave. */
enum problem problem_of_status(unsigned status);

/* GET /problems: what the types mean. */
enum handled problem_page(struct exchange *exchange);

#endif
