#include "httpapi/forwarded.h"

#include <string.h>
#include <strings.h>

#define BLANKS " \t"

bool
forwarded_is_trusted(const struct ipaddr *address,
    const struct ipprefix *trusted, size_t trusted_count)
{
	for (size_t i = 0; i < trusted_count; i++) {
		if (ipprefix_contains(&trusted[i], address))
			return true;
	}
	return false;
}

/* The last element before `*end`; moves `*end` to the comma before it. */
static int
take_last(const char *value, size_t *end, struct ipaddr *address)
{
	size_t last = *end, start;

	while (last > 0 && strchr(BLANKS, value[last - 1]) != NULL)
		last--;
	start = last;
	while (start > 0 && value[start - 1] != ',')
		start--;
	*end = start > 0 ? start - 1 : 0;
	start += strspn(value + start, BLANKS);
	if (start > last)
		start = last;
	return ipaddr_parse_n(value + start, last - start, address);
}

/* Walks one field; true when the walk goes on in the field before it. */
static bool
walk(const char *value, struct ipaddr *client, const struct ipprefix *trusted,
    size_t trusted_count)
{
	size_t end = strlen(value);

	while (end > 0) {
		struct ipaddr hop;

		if (take_last(value, &end, &hop) != 0)
			return false;
		*client = hop;
		if (!forwarded_is_trusted(&hop, trusted, trusted_count))
			return false;
	}
	return true;
}

struct ipaddr
forwarded_client(const struct ipaddr *peer, const struct field *fields,
    size_t count, const struct ipprefix *trusted, size_t trusted_count)
{
	struct ipaddr client = *peer;
	bool go_on = forwarded_is_trusted(peer, trusted, trusted_count);

	for (size_t i = count; go_on && i > 0; i--) {
		if (strcasecmp(fields[i - 1].name, "X-Forwarded-For") == 0)
			go_on = walk(fields[i - 1].value, &client, trusted,
			    trusted_count);
	}
	return client;
}

static bool
is_loopback(const struct ipaddr *address)
{
	static const struct ipaddr ipv6 = { .octets = { [15] = 1 } };

	return ipaddr_is_ipv4(address) ? ipaddr_to_ipv4(address) >> 24 == 127
				       : ipaddr_equal(address, &ipv6);
}

bool
forwarded_in_clear(const struct ipaddr *peer, const struct field *fields,
    size_t count, const struct ipprefix *trusted, size_t trusted_count)
{
	bool safe = is_loopback(peer);

	if (!forwarded_is_trusted(peer, trusted, trusted_count))
		return !safe;
	for (size_t i = 0; i < count; i++) {
		if (strcasecmp(fields[i].name, "X-Forwarded-Proto") != 0)
			continue;
		safe = strcasecmp(fields[i].value, "https") == 0;
		if (!safe)
			break;
	}
	return !safe;
}
