#include <stdlib.h>
#include <string.h>

#include "httpapi/exchange.h"
#include "httpapi/form.h"
#include "httpapi/problem.h"

/* As many digits as never overflow. */
#define DIGITS_MAX 18

json_t *
exchange_query(struct exchange *exchange)
{
	const char *text = exchange->request.target.query;
	json_t *query = NULL;

	if (form_parse(text, strlen(text), &query) != 0) {
		problem_reply(exchange, PROBLEM_BAD_QUERY, NULL);
		return NULL;
	}
	return query;
}

bool
exchange_number(struct exchange *exchange, const json_t *query,
    const char *name, long long least, long long most, long long usual,
    long long *number)
{
	const char *text = json_string_value(json_object_get(query, name));
	size_t len = text != NULL ? strspn(text, "0123456789") : 0;

	*number = usual;
	if (text == NULL)
		return true;
	if (len > 0 && len <= DIGITS_MAX && text[len] == '\0')
		*number = strtoll(text, NULL, 10);
	else
		*number = least - 1;
	if (*number >= least && *number <= most)
		return true;
	problem_reply(exchange, PROBLEM_BAD_QUERY, NULL);
	return false;
}
