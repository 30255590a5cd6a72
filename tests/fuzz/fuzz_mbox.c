#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "ingest/mbox.h"
#include "tests/support/insist.h"

#define MOST 500

/*
 * Messages are within their bound, and come to the file's end; from each
 * place where one ends the rest reads as it did.
 */
static unsigned
read_from(FILE *file, off_t offset, size_t size)
{
	off_t before = offset;
	unsigned count = 0;
	struct mbox mbox;
	char *octets;
	size_t len;
	int code = mbox_begin(&mbox, file, offset, MOST);

	insist(code == 0 || (code == ERROR_FORMAT && offset == 0));
	if (code != 0)
		return 0;
	while (mbox_next(&mbox, &octets, &len) == 1) {
		insist(len <= MOST);
		insist(mbox.end > before);
		insist(strlen(mbox.sender) <= ENVELOPE_PATH_MAX);
		before = mbox.end;
		count++;
		free(octets);
	}
	insist(before == (off_t)size);
	return count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *file;
	struct mbox mbox;
	char *octets;
	size_t len;
	unsigned count;

	if (size == 0)
		return 0;
	file = fmemopen((void *)(uintptr_t)data, size, "r");
	insist(file != NULL);
	count = read_from(file, 0, size);
	rewind(file);
	if (count > 0) {
		insist(mbox_begin(&mbox, file, 0, MOST) == 0);
		insist(mbox_next(&mbox, &octets, &len) == 1);
		free(octets);
		insist(read_from(file, mbox.end, size) == count - 1);
	}
	fclose(file);
	return 0;
}
