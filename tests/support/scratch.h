#ifndef TESTS_SUPPORT_SCRATCH_H
#define TESTS_SUPPORT_SCRATCH_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

/*
 * Where tests write what nobody keeps: in memory, where there is a place with
 * room for the databases of several at a time, since a disk would be waited for
 * at each commit.
 */

#define SCRATCH_MAX 32		     /* octets of a path, and its end */
#define SCRATCH_ROOM_BYTES (1 << 30) /* of a place in memory, at least */

static inline const char *
scratch_root(void)
{
	static const char memory[] = "/dev/shm";
	struct statvfs vfs;

	return access(memory, W_OK) == 0 && statvfs(memory, &vfs) == 0 &&
		       vfs.f_bavail >= SCRATCH_ROOM_BYTES / vfs.f_frsize
		   ? memory
		   : "/tmp";
}

/* Makes a new directory, for its maker alone; false when it cannot. */
static inline bool
scratch_make(char path[SCRATCH_MAX])
{
	snprintf(path, SCRATCH_MAX, "%s/bsbl-test-XXXXXX", scratch_root());
	return mkdtemp(path) != NULL;
}

#endif
