#ifndef HTTPAPI_REMOVAL_H
#define HTTPAPI_REMOVAL_H

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * POST /v1/delistings {"address": ..., "note": ..., "proof": "dns"}, as JSON or
 * as the pages' form; note and proof (proof_api.h) may be left out. Answered
 * after the commit: then DNS and the look-up say the same.
 */
enum handled removal_post(struct exchange *exchange);

#endif
