#ifndef HTTPAPI_PAGE_H
#define HTTPAPI_PAGE_H

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * The pages beside look-up and result. Each shows what the interface for
 * programs tells, in words.
 */
enum handled page_policy(struct exchange *exchange);
enum handled page_faq(struct exchange *exchange);
enum handled page_use(struct exchange *exchange);
enum handled page_trends(struct exchange *exchange);
enum handled page_delistings(struct exchange *exchange); /* ?before= */
enum handled page_status(struct exchange *exchange);

/* GET /.well-known/security.txt (RFC 9116); 404 without a contact. */
enum handled page_security(struct exchange *exchange);

#endif
