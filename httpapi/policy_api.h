#ifndef HTTPAPI_POLICY_API_H
#define HTTPAPI_POLICY_API_H

#include <jansson.h>

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * By which rules and numbers addresses are listed, from the settings in force;
 * the page and the API say it from the same. NULL when memory is short or the
 * zone cannot be read.
 */
json_t *policy_view(struct exchange *exchange);

/* GET /v1/policy */
enum handled policy_get(struct exchange *exchange);

#endif
