#ifndef HTTPAPI_CONSOLE_COOKIE_H
#define HTTPAPI_CONSOLE_COOKIE_H

#include <stdbool.h>

#include "db/secret.h"
#include "httpapi/exchange.h"

/*
 * The console's cookies. Their names let browsers keep them for this host
 * alone, and over HTTPS alone (__Host-, RFC 6265bis), or on the machine itself.
 */
#define CONSOLE_COOKIE "__Host-bsbl"
#define CONSOLE_COOKIE_FORM "__Host-bsbl-form"
#define CONSOLE_COOKIE_KNOWN "__Host-bsbl-known"
/* How each is set: no script reads it, no page of others has it sent. */
#define CONSOLE_COOKIE_HIDDEN "; Path=/; Secure; HttpOnly; SameSite=Strict"

/* False when the browser bears none of that name, or it is longer. */
bool console_cookie(const struct exchange *exchange, const char *name,
    char *value, size_t size);
bool console_cookie_secret(const struct exchange *exchange, const char *name,
    uint8_t secret[SECRET_LEN]);

/* What forms bear beside the cookie with that secret; returns `text`. */
char *console_form_token(
    const uint8_t secret[SECRET_LEN], char text[SECRET_TEXT_MAX]);
/* Does the form that was sent bear it? */
bool console_form_bears(const struct exchange *exchange, const char *token);

#endif
