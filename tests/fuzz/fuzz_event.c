#include <stdint.h>
#include <string.h>

#include "common/error.h"
#include "db/event.h"
#include "tests/support/insist.h"

/*
 * What is read has all that must be there and fits a record; what is not has
 * a reason, one short line of plain text whatever was sent.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct evidence none;
	uint8_t record[EVIDENCE_RECORD_MAX];
	char why[EVENT_WHY_MAX] = "";
	struct event event;
	int code = event_read((const char *)data, size, &event, why);

	insist(code == 0 || code == ERROR_FORMAT);
	if (code != 0) {
		insist(why[0] != '\0' && strlen(why) < EVENT_WHY_MAX);
		for (const char *c = why; *c != '\0'; c++)
			insist(*c >= ' ' && *c <= '~');
		return 0;
	}
	insist(size <= EVENT_MAX);
	insist(event.evidence.kind > BACKSCATTER_NONE &&
	       event.evidence.kind < BACKSCATTER_KIND_COUNT);
	insist(event.evidence.grade <= GRADE_D);
	insist(memcmp(&event.evidence.address, &none.address, 16) != 0 ||
	       memmem(data, size, "::", 2) != NULL);
	insist(event.evidence.seen_at >= 0);
	insist(evidence_encode(&event.evidence, record, sizeof(record)) > 0);
	return 0;
}
