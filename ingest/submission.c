#include <string.h>
#include <strings.h>

#include "ingest/fold.h"
#include "ingest/original.h"
#include "ingest/received.h"

/* Received lines that are looked at, from the top. */
#define HOPS_MAX 12

/* RFC 3848: an A in the keyword says that the client proved who it was. */
static const char *const authenticated[] = { "ESMTPA", "ESMTPSA", "UTF8SMTPA",
	"UTF8SMTPSA", "LMTPSA", "asmtp", "ASMTP", "esmtpa", "esmtpsa", "HTTP",
	"HTTPS", "http", "NNFMP" };
static const char *const local[] = { "local", "bsmtp", "stdin", "userid" };

static bool
is_one_of(const char *word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcasecmp(word, words[i]) == 0)
			return true;
	}
	return false;
}

static bool
is_internal(const struct ipaddr *address)
{
	static const char *const ranges[] = { "10.0.0.0/8", "172.16.0.0/12",
		"192.168.0.0/16", "127.0.0.0/8", "100.64.0.0/10", "fc00::/7",
		"fe80::/10", "::1/128" };

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		struct ipprefix prefix;

		if (ipprefix_parse(ranges[i], &prefix) == 0 &&
		    ipprefix_contains(&prefix, address))
			return true;
	}
	return false;
}

static const char *
judge_hop(const struct received *hop, const char *value)
{
	if (is_one_of(hop->with, authenticated,
		sizeof(authenticated) / sizeof(authenticated[0])) ||
	    fold_find(value, "(authenticated") != NULL ||
	    fold_find(value, "authenticated sender") != NULL)
		return "submission-authenticated";
	if (hop->by_user ||
	    is_one_of(hop->with, local, sizeof(local) / sizeof(local[0])))
		return "submission-local";
	if (hop->client_known && is_internal(&hop->client))
		return "submission-internal";
	return NULL;
}

static bool
same_organisation(const char *a, const char *b)
{
	return *a != '\0' && strcasecmp(received_organisation(a),
				 received_organisation(b)) == 0;
}

const char *
original_submission(struct message *message, const struct original *original)
{
	struct message_fields fields = original->fields;
	const char *value, *sign = NULL;
	unsigned from = 0, hops = 0;

	if (fields.count == 0)
		return NULL;
	if (message_next_field(
		message, &fields, "X-PHP-Originating-Script", &from) != NULL)
		return "submission-script";
	from = 0;
	while (hops++ < HOPS_MAX && (value = message_next_field(message,
					 &fields, "Received", &from)) != NULL) {
		struct received hop;

		received_parse(value, &hop);
		if (hops > 1 && *hop.by != '\0' &&
		    !same_organisation(hop.by, original->received_by))
			break;
		/* The lowest line of their own decides. */
		sign = judge_hop(&hop, value);
	}
	return sign;
}
