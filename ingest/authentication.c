#include <string.h>
#include <strings.h>

#include "ingest/fold.h"
#include "ingest/original.h"

/* In the order of what matters: a forgery that was known is the worst. */
static const struct {
	const char *field;
	const char *result;
	const char *sign;
} results[] = {
	{ "Received-SPF", "fail", "original-spf-fail" },
	{ "Received-SPF", "softfail", "original-spf-fail" },
	{ "Authentication-Results", "spf=fail", "original-spf-fail" },
	{ "Authentication-Results", "spf=softfail", "original-spf-fail" },
	{ "Authentication-Results", "dmarc=fail", "original-dmarc-fail" },
	{ "Received-SPF", "pass", "original-spf-pass" },
	{ "Authentication-Results", "spf=pass", "original-spf-pass" },
	{ "Authentication-Results", "dkim=pass", "original-dkim-pass" },
};

const char *
original_authentication(
    struct message *message, const struct original *original)
{
	struct message_fields fields = original->fields;

	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		unsigned from = 0;
		const char *value = message_next_field(
		    message, &fields, results[i].field, &from);

		if (value == NULL)
			continue;
		if (strchr(results[i].result, '=') != NULL
			? fold_find(value, results[i].result) != NULL
			: strncasecmp(value, results[i].result,
			      strlen(results[i].result)) == 0)
			return results[i].sign;
	}
	return NULL;
}
