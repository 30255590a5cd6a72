#ifndef HTTPAPI_PRIVACY_H
#define HTTPAPI_PRIVACY_H

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * GET /privacy: what is kept of whoever visits, asks for a delisting or is
 * listed, and for how long: by the settings in force. Who changes what is kept,
 * logged or published changes httpapi/portal/privacy.html with it.
 */
enum handled privacy_page(struct exchange *exchange);

#endif
