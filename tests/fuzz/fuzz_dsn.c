/*
 * Any text is a report or none; its texts end within their room, and a report
 * has a recipient and an action. What a report says does not change when
 * something that is no field follows it.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/dsn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_text(const char *text, size_t size)
{
	assert(memchr(text, '\0', size) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char tail[] = "\n\nno field\n";
	struct dsn dsn, longer;
	char *text = malloc(size + sizeof(tail));
	bool report;

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	memcpy(text + size, tail, sizeof(tail));
	report = dsn_parse(text, size, &dsn);
	check_text(dsn.reporting_mta, sizeof(dsn.reporting_mta));
	check_text(dsn.arrival_date, sizeof(dsn.arrival_date));
	check_text(dsn.queue_id, sizeof(dsn.queue_id));
	check_text(dsn.recipient, sizeof(dsn.recipient));
	check_text(dsn.remote_mta, sizeof(dsn.remote_mta));
	check_text(dsn.status, sizeof(dsn.status));
	check_text(dsn.diagnostic, sizeof(dsn.diagnostic));
	if (report)
		assert(dsn.has_recipient &&
		       dsn.failed + dsn.delayed + dsn.succeeded > 0);
	assert(!(dsn_is_success(&dsn) && dsn_is_delay(&dsn)));
	assert(dsn_parse(text, size + sizeof(tail) - 1, &longer) == report);
	assert(longer.failed == dsn.failed && longer.delayed == dsn.delayed);
	free(text);
	return 0;
}
