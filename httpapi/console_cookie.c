#include "httpapi/console_cookie.h"

#include <string.h>

#include "httpapi/cookie.h"

bool
console_cookie(
    const struct exchange *exchange, const char *name, char *value, size_t size)
{
	return cookie_read(
	    exchange_field(exchange, "Cookie"), name, value, size);
}

bool
console_cookie_secret(const struct exchange *exchange, const char *name,
    uint8_t secret[SECRET_LEN])
{
	char text[SECRET_TEXT_MAX];

	return console_cookie(exchange, name, text, sizeof(text)) &&
	       secret_parse(text, secret) == 0;
}

char *
console_form_token(const uint8_t secret[SECRET_LEN], char text[SECRET_TEXT_MAX])
{
	uint8_t derived[SECRET_LEN];

	secret_derive(secret, "form", derived);
	return secret_format(derived, text);
}

bool
console_form_bears(const struct exchange *exchange, const char *token)
{
	const char *sent =
	    json_string_value(json_object_get(exchange->input, "token"));

	return sent != NULL && strlen(sent) == strlen(token) &&
	       secret_equal(sent, token, strlen(token));
}
