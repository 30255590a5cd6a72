#include <stdint.h>

#include "ctl/import_line.h"
#include "tests/support/insist.h"

/* Whatever is read: a range is no larger than may be listed by one line. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct import_line line;

	import_line_parse((const char *)data, size, &line);
	insist(line.kind < IMPORT_KIND_COUNT);
	insist((line.kind == IMPORT_WRONG) == (line.wrong != NULL));
	if (line.kind != IMPORT_ENTRY && line.kind != IMPORT_EXCLUSION)
		return 0;
	insist(line.range.first <= line.range.last);
	insist(line.ipv6 || line.range.last <= UINT32_MAX);
	if (line.kind == IMPORT_ENTRY)
		insist(line.range.last - line.range.first <
		       (line.ipv6 ? 1 : IMPORT_RANGE_MAX));
	return 0;
}
