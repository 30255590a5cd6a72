#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/ipaddr.h"
#include "common/listen.h"
#include "tests/support/insist.h"

/*
 * Addresses, prefixes and places to listen from text. What reads must write as
 * text that reads as the same, and a prefix holds its own address.
 */

static void
try_address(const char *text, size_t len)
{
	struct ipaddr first, second;
	char once[IPADDR_TEXT_MAX], twice[IPADDR_TEXT_MAX];

	if (ipaddr_parse_n(text, len, &first) != 0)
		return;
	insist(ipaddr_parse(ipaddr_format(&first, once), &second) == 0);
	insist(ipaddr_equal(&first, &second));
	insist(strcmp(once, ipaddr_format(&second, twice)) == 0);
}

static void
try_prefix(const char *text)
{
	struct ipprefix first, second;
	char once[IPPREFIX_TEXT_MAX];

	if (ipprefix_parse(text, &first) != 0)
		return;
	insist(ipprefix_parse(ipprefix_format(&first, once), &second) == 0);
	insist(first.length == second.length);
	insist(ipaddr_equal(&first.address, &second.address));
	insist(ipprefix_contains(&first, &first.address));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct listen_address place;
	char *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = '\0';
	try_address(text, size);
	try_prefix(text);
	if (listen_parse(text, &place) == 0)
		insist(place.len > 0 && place.len <= sizeof(place.sa));
	free(text);
	return 0;
}
