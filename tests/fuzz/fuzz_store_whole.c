#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/error.h"
#include "db/store_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Any file at all is read to an end. What is found whole is found whole again
 * with its free pages written, and is not when nothing is left of it.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t file_bytes, wanted_bytes;
	int fd = memfd_create("data", 0);
	int code;

	if (fd < 0 || size > 1 << 20 || write(fd, data, size) != (ssize_t)size)
		abort();
	code = store_whole(fd, &file_bytes, &wanted_bytes);
	if (code != 0 && code != ERROR_DAMAGED)
		abort();
	/* Sparse, and small enough for any file system. */
	if (code == 0 && wanted_bytes < 1 << 24 && file_bytes < wanted_bytes) {
		if (ftruncate(fd, (off_t)wanted_bytes) != 0 ||
		    store_whole(fd, &file_bytes, &wanted_bytes) != 0)
			abort();
	}
	if (code == 0 &&
	    (ftruncate(fd, 0) != 0 ||
		store_whole(fd, &file_bytes, &wanted_bytes) != ERROR_DAMAGED))
		abort();
	close(fd);
	return 0;
}
