#include "ingest/received.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "ingest/fold.h"
#include "ingest/message.h"

/* The keywords that clauses begin with; a word of any other kind ends one. */
static const char *
clause(const char *value, const char *keyword)
{
	size_t n = strlen(keyword);

	for (const char *at = value; (at = fold_find(at, keyword)) != NULL;
	     at += n) {
		bool begins = at == value || at[-1] == ' ' || at[-1] == ')' ||
			      at[-1] == '(';

		if (begins && at[n] == ' ')
			return at + n + strspn(at + n, " ");
	}
	return NULL;
}

static void
take_word(const char *at, char *word, size_t size)
{
	size_t len = at == NULL ? 0 : strcspn(at, " ;()[]");

	if (len >= size)
		len = size - 1;
	memcpy(word, at == NULL ? "" : at, len);
	word[len] = '\0';
}

/* An address at `text`, in brackets or bare, that ends at one of `ends`. */
static bool
take_address(const char *text, const char *ends, struct ipaddr *address)
{
	size_t len;

	if (*text == '[')
		text++;
	if (strncasecmp(text, "IPv6:", 5) == 0)
		text += 5;
	len = strcspn(text, ends);
	return len > 0 && len < IPADDR_TEXT_MAX &&
	       ipaddr_parse_n(text, len, address) == 0;
}

/* "helo=[192.0.2.1]", "HELO [192.0.2.1]": what the client says of itself. */
static bool
is_helo(const char *value, const char *at)
{
	return at - value >= 5 && (strncasecmp(at - 5, "helo=", 5) == 0 ||
				      strncasecmp(at - 5, "helo ", 5) == 0 ||
				      strncasecmp(at - 5, "ehlo ", 5) == 0);
}

/*
 * The address that the writer saw stands in a comment of its own: "(name
 * [address])", "([address] helo=name)", "(HELO name) (address)"; where Exim
 * knows no name it stands before it. A client's HELO may hold anything, but no
 * space.
 */
static bool
find_client(const char *value, const char *end, struct ipaddr *address)
{
	bool within = false;

	for (const char *at = value; *at != '\0' && (end == NULL || at < end);
	     at++) {
		if (*at == '(' && at > value && at[-1] == ' ') {
			within = true;
			if (take_address(at + 1, ") ", address))
				return true;
		}
		if (within && *at == '[' && !is_helo(value, at) &&
		    take_address(at, "]", address))
			return true;
	}
	return strncasecmp(value, "from [", 6) == 0 &&
	       take_address(value + 5, "]", address);
}

void
received_parse(const char *value, struct received *received)
{
	const char *by, *date;

	memset(received, 0, sizeof(*received));
	if (value == NULL)
		return;
	by = clause(value, "by");
	if (strncasecmp(value, "from ", 5) == 0)
		take_word(value + 5, received->helo, sizeof(received->helo));
	received->client_known = find_client(value, by, &received->client);
	take_word(by, received->by, sizeof(received->by));
	take_word(
	    clause(value, "with"), received->with, sizeof(received->with));
	take_word(clause(value, "id"), received->id, sizeof(received->id));
	received->by_user = fold_find(value, "from userid") != NULL ||
			    fold_find(value, "invoked by uid") != NULL ||
			    fold_find(value, "(uid ") != NULL;
	date = strrchr(value, ';');
	if (date != NULL)
		received->at = message_date(date + 1 + strspn(date + 1, " "));
}

const char *
received_organisation(const char *name)
{
	const char *dots[3] = { NULL, NULL, NULL };
	size_t len;

	/* dots[0] is the last one */
	for (const char *at = name; *at != '\0'; at++) {
		if (*at != '.' || at[1] == '\0')
			continue;
		dots[2] = dots[1];
		dots[1] = dots[0];
		dots[0] = at;
	}
	if (dots[1] == NULL)
		return name;
	len = (size_t)(dots[0] - dots[1]) - 1;
	/* "co.uk", "com.br", "ne.jp": a short label before a country's. */
	if (len <= 3 && strlen(dots[0] + 1) == 2)
		return dots[2] == NULL ? name : dots[2] + 1;
	return dots[1] + 1;
}
