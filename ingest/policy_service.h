#ifndef INGEST_POLICY_SERVICE_H
#define INGEST_POLICY_SERVICE_H

#include <stdint.h>

#include "ingest/envelope.h"
#include "ingest/policy_request.h"

/*
 * Finds sender verification callouts in what a Postfix asks its policy
 * service, at RCPT, at DATA and at the end of the message. A callout is a
 * trap's RCPT from the sender of callouts (ingest/callout.h) whose instance
 * brings neither of the later stages in time: no message came of it. No
 * socket, no clock, no database.
 *
 * Postfix asks nothing at RSET or QUIT, nor when a client goes away: whether a
 * dialogue ended politely cannot be known here, and its evidence says so by a
 * sign of its own. What a client had from Postfix alone, before we were asked,
 * is not known either. One that named other recipients beside the trap is
 * judged as if these had been refused.
 *
 * A server that asks at RCPT alone would make a callout of every bounce. So
 * what a server (by its address) asks counts only once it has asked at a later
 * stage, about any mail, too.
 */
struct policy_service;

/*
 * `wait_ms` is more than a client may let pass between RCPT and DATA; of
 * dialogues that may be callouts `most` are remembered: beyond that the
 * oldest is forgotten, and counts for nothing. NULL: no memory.
 */
struct policy_service *policy_service_new(int64_t wait_ms, unsigned most);
void policy_service_free(
    struct policy_service *service); /* NULL does nothing */
void policy_service_change(
    struct policy_service *service, int64_t wait_ms, unsigned most);

/* Finds whose mailbox a recipient is, as mailboxes_find does; 0: a trap. */
typedef int policy_find(void *context, struct envelope_recipient *recipient);

enum policy_note {
	POLICY_NOTED,	 /* whatever it was */
	POLICY_CROWDED,	 /* an older dialogue was forgotten for it */
	POLICY_NO_MEMORY /* it is forgotten */
};
enum policy_note policy_service_ask(struct policy_service *service,
    const struct ipaddr *server, const struct policy_request *request,
    policy_find *find, void *context, int64_t now_ms, int64_t now);

/*
 * One dialogue whose time is over. Its recipient is the service's, and valid
 * until policy_service_drop, which the caller must call once it has taken it.
 */
struct policy_callout {
	struct envelope envelope;
	unsigned others; /* recipients beside the trap */
};
/*
 * 0, ERROR_NOT_FOUND when none is due, or ERROR_REFUSED: it came from a server
 * that never asked at a later stage, and does not count.
 */
int policy_service_due(struct policy_service *service, int64_t now_ms,
    struct policy_callout *callout);
void policy_service_drop(struct policy_service *service);

/* How many dialogues it remembers. */
unsigned policy_service_count(const struct policy_service *service);

#endif
