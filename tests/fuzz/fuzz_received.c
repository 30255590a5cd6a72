#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "ingest/classify.h"
#include "ingest/culprit.h"
#include "ingest/received.h"

/*
 * Received lines, read alone, and as the header of a message that a relay of
 * ours passed on: words hold nothing that ends one, and whoever answers for
 * the message in the end is no relay of ours.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_word(const char *word, size_t size)
{
	size_t len = strnlen(word, size);

	assert(len < size);
	assert(strcspn(word, " ;()[]") == len);
}

static void
try_line(const char *value)
{
	struct received line;
	const char *organisation;

	received_parse(value, &line);
	check_word(line.helo, sizeof(line.helo));
	check_word(line.by, sizeof(line.by));
	check_word(line.with, sizeof(line.with));
	check_word(line.id, sizeof(line.id));
	organisation = received_organisation(line.by);
	assert(organisation >= line.by &&
	       organisation <= line.by + strlen(line.by));
}

static void
try_header(const char *octets, size_t len, bool connected)
{
	struct ipprefix relay;
	const struct prefixes relays = { &relay, 1 };
	struct envelope envelope = { .client_known = connected };
	int code;

	assert(ipprefix_parse("192.0.2.0/24", &relay) == 0);
	if (connected)
		assert(ipaddr_parse("192.0.2.1", &envelope.client) == 0);
	code = culprit_settle(&envelope, octets, len, &relays);
	assert(code == 0 || (code == ERROR_NOT_FOUND && !connected));
	if (code != 0)
		return;
	assert(envelope.client_known);
	assert(envelope.own_relay == prefixes_hold(&relays, &envelope.client));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool begun;
	char *text = malloc(size + 1);

	if (!begun)
		classify_init();
	begun = true;
	assert(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	try_line(text);
	try_header(text, size, true);
	try_header(text, size, false);
	free(text);
	return 0;
}
