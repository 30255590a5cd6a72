#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "httpapi/fields.h"
#include "httpapi/forwarded.h"
#include "httpapi/negotiate.h"
#include "httpapi/route.h"
#include "tests/support/insist.h"

/*
 * A request as lines: its target, then values of Accept, If-None-Match,
 * X-Forwarded-For, Content-Type and Content-Length. What the parsers make of
 * it stays within bounds and does not contradict itself.
 */
#define LINES 6

static void
check_target(const char *text)
{
	static const enum http_method methods[] = { HTTP_GET, HTTP_HEAD,
		HTTP_POST, HTTP_OPTIONS, HTTP_OTHER };
	char rest[TARGET_MAX + 1], address[IPADDR_TEXT_MAX];
	const struct route *route;
	struct subject subject, again;
	struct target target;
	unsigned allowed;

	if (target_parse(text, &target) != 0)
		return;
	insist(target.path[0] == '/' || strcmp(target.path, "*") == 0);
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		enum route_outcome outcome = route_find(routes, route_count,
		    target.path, methods[i], &route, &allowed, rest);

		insist((outcome == ROUTE_NO_PATH) == (allowed == 0));
		if (outcome == ROUTE_FOUND && methods[i] != HTTP_OPTIONS)
			insist(route != NULL);
		if (outcome == ROUTE_FOUND)
			insist((allowed & methods[i]) != 0);
		if (outcome != ROUTE_FOUND || subject_parse(rest, &subject))
			continue;
		/* The address we show leads to the same page. */
		ipaddr_format(&subject.address, address);
		insist(subject_parse_loosely(address, &again) == 0);
		insist(ipaddr_equal(&subject.address, &again.address));
	}
}

static void
check_fields(const struct field *fields, size_t count)
{
	static const char *const offers[] = { "application/json", "text/plain",
		"text/html" };
	struct ipprefix trusted;
	struct ipaddr peer, client;
	int best = negotiate_type(fields[0].value, offers, 3);

	insist(best >= -1 && best < 3);
	if (strcmp(fields[1].value, "\"0123\"") == 0)
		insist(negotiate_etag_matches(fields[1].value, "\"0123\""));
	negotiate_etag_matches(fields[1].value, "\"0123456789abcdef\"");
	negotiate_is_type(fields[3].value, "application/json");
	insist(negotiate_wait(fields[2].value, 5) >= 0);
	if (fields_check(fields, count, "HTTP/1.0") == FIELDS_SOUND)
		insist(strtoull(fields[4].value, NULL, 10) <
		       UINT64_C(1000000000000000000));

	insist(ipprefix_parse("127.0.0.0/8", &trusted) == 0);
	insist(ipaddr_parse("192.0.2.1", &peer) == 0);
	client = forwarded_client(&peer, fields, count, &trusted, 1);
	insist(ipaddr_equal(&client, &peer));
	insist(ipaddr_parse("127.0.0.1", &peer) == 0);
	forwarded_client(&peer, fields, count, &trusted, 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *next = text;
	const char *lines[LINES];

	insist(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	for (int i = 0; i < LINES; i++) {
		char *line = strsep(&next, "\n");

		lines[i] = line != NULL ? line : "";
	}
	check_target(lines[0]);
	check_fields(
	    (const struct field[]){ { "Accept", lines[1] },
		{ "If-None-Match", lines[2] }, { "X-Forwarded-For", lines[3] },
		{ "Content-Type", lines[4] }, { "Content-Length", lines[5] } },
	    5);
	free(text);
	return 0;
}
