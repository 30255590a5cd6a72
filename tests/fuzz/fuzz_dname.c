#include <stdint.h>
#include <string.h>

#include "db/dname.h"
#include "tests/support/insist.h"

/* What is read is a whole name, and is read again from how it is written. */
static void
check(const uint8_t *name, int len)
{
	uint8_t again[DNAME_MAX];
	char text[DNAME_TEXT_MAX];

	if (len < 0)
		return;
	insist(len <= DNAME_MAX);
	insist(dname_len(name, DNAME_MAX) == (size_t)len);
	dname_format(name, text);
	insist(dname_parse(text, again) == len);
	insist(memcmp(name, again, (size_t)len) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t name[DNAME_MAX] = { 0 };
	char text[2048];

	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	check(name, dname_parse(text, name));
	check(name, dname_parse_mailbox(text, name));
	insist(dname_len(data, size) <= size);
	return 0;
}
