#include <sys/stat.h>
#include <unistd.h>

#include "db/store_private.h"

/*
 * A commit that makes the file longer waits for the file system to note its
 * new length, which takes as long again as the commit. So zeros are written
 * ahead of the last page, a step at a time: more than the largest group of a
 * flood brings, and no more than is written in some hundredths of a second.
 */
#define LEAST_BYTES (1 << 20)
#define STEP_BYTES (4 << 20)

void
store_write_ahead(struct store *store)
{
	static const char zeros[64 << 10];
	uint64_t used, size;
	MDB_envinfo info;
	struct stat st;
	MDB_stat stat;
	int fd;

	mdb_env_info(store->env, &info);
	mdb_env_stat(store->env, &stat);
	if (mdb_env_get_fd(store->env, &fd) != 0 || fstat(fd, &st) != 0)
		return;
	used = (info.me_last_pgno + 1) * stat.ms_psize;
	size = (uint64_t)st.st_size;
	if (size >= used + LEAST_BYTES || size + STEP_BYTES > info.me_mapsize ||
	    !store->room)
		return;
	/* Nothing depends on it: where it fails, the commit will say why. */
	for (uint64_t at = size; at < size + STEP_BYTES; at += sizeof(zeros)) {
		if (pwrite(fd, zeros, sizeof(zeros), (off_t)at) !=
		    (ssize_t)sizeof(zeros))
			return;
	}
}
