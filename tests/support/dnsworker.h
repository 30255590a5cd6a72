#ifndef TESTS_SUPPORT_DNSWORKER_H
#define TESTS_SUPPORT_DNSWORKER_H

#include "dnsd/worker.h"

/*
 * A worker as the threads of dnsd have it, with the index and every rule that
 * changes an answer, over a zone with a little of everything; and beside it the
 * ways in which its answers can be found without most of that. There is one for
 * a program, made when it is first asked for and gone at its end. Mistakes end
 * the program.
 */
struct worker *dnsworker(void);

/* The client of all that is asked. */
struct ipaddr dnsworker_client(void);

/*
 * The answer of the worker's rules from the table alone, without the index and
 * with nothing seen ahead. 0: none. Between worker_begin and worker_end.
 */
size_t dnsworker_plain(
    const uint8_t *packet, size_t len, bool tcp, uint8_t octets[65535]);

/*
 * NULL, or what is wrong with the answer: it must be a message that can be
 * read, with OPT where the query had one; and to a question to the zone it must
 * be what the plain way of slowzone.h gives.
 */
const char *dnsworker_objection(const uint8_t *packet, size_t len,
    const uint8_t *answer, size_t answer_len);

#endif
