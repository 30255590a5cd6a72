#ifndef HTTPAPI_PROOF_API_H
#define HTTPAPI_PROOF_API_H

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * Proof of control by DNS, as proof.h has it: what to publish, and the look
 * whether it is there. A delisting may rest on it (removal.h), and so may the
 * wish to see exact facts (exact.h).
 */

/* GET /v1/proofs/{}, and GET /prove/{} for people: what to publish. */
enum handled proof_get(struct exchange *exchange);
enum handled proof_page(struct exchange *exchange);
/* POST /v1/proofs {"address": ...}: the look-up, with exact facts. */
enum handled proof_post(struct exchange *exchange);

/*
 * Has DNS asked for the names of an address and, where `record` is set, for the
 * record below them; go_on() is called then, on the prover's thread. HANDLED
 * when it cannot be asked: the reply then says why.
 */
enum handled proof_ask(struct exchange *exchange, const struct ipaddr *address,
    bool record, enum handled (*go_on)(struct exchange *exchange));
/* Afterwards: true when it was not found, and the reply says why. */
bool proof_failed(struct exchange *exchange);

/* Whether this request has proved that it speaks for the unit. */
bool proof_is_given(const struct exchange *exchange, const struct ipaddr *unit);

/* Where to go for such a proof, as members of a problem; NULL: not here. */
json_t *proof_links(
    const struct exchange *exchange, const struct ipaddr *address);

#endif
