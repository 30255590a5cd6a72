#include "db/intake_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "common/error.h"
#include "db/intake_group.h"
#include "db/intake_private.h"

/* While one half waits for the database, the other takes half a second's. */
#define FILE_BYTES (8 << 20)

/* Of many at a time, so many octets; more make another group. */
#define GROUP_MAX (1 << 20)

struct intake_log {
	int directory; /* with an exclusive flock */
	int fd;
	size_t half_bytes;
	unsigned half;	  /* that is being filled */
	size_t at;	  /* in it */
	uint64_t last[2]; /* the last number in each */
	uint64_t number;  /* the last that was given */
	uint64_t written; /* octets */
	uint64_t log;
	struct intake_group group;
	uint8_t octets[GROUP_MAX];
};

/* --- the file ------------------------------------------------------------- */

static int
fill_with_zeros(int fd)
{
	static const uint8_t zeros[1 << 16];

	for (off_t at = 0; at < FILE_BYTES; at += (off_t)sizeof(zeros)) {
		ssize_t written = pwrite(fd, zeros, sizeof(zeros), at);

		if (written != (ssize_t)sizeof(zeros))
			return written < 0 ? -errno : -ENOSPC;
	}
	return fsync(fd) == 0 ? 0 : -errno;
}

/* It gets its name when it is whole; its place is on disk with the name. */
static int
make_file(int directory)
{
	static const char new[] = INTAKE_LOG_FILE ".new";
	int fd = openat(directory, new, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC,
	    STORE_FILE_MODE);
	int code;

	if (fd < 0)
		return -errno;
	code = fill_with_zeros(fd);
	close(fd);
	if (code == 0 &&
	    renameat(directory, new, directory, INTAKE_LOG_FILE) != 0)
		code = -errno;
	if (code == 0 && fsync(directory) != 0)
		code = -errno;
	if (code != 0)
		unlinkat(directory, new, 0);
	return code;
}

static int
open_file(struct intake_log *log, bool make)
{
	off_t size;

	log->fd = openat(log->directory, INTAKE_LOG_FILE, O_RDWR | O_CLOEXEC);
	if (log->fd < 0 && errno == ENOENT) {
		int code = make ? make_file(log->directory) : ERROR_NOT_FOUND;

		return code != 0 ? code : open_file(log, false);
	}
	if (log->fd < 0)
		return -errno;
	size = lseek(log->fd, 0, SEEK_END);
	if (size < 0)
		return -errno;
	log->half_bytes = (size_t)size / 2 / INTAKE_PAGE * INTAKE_PAGE;
	/* Somebody cut it off: nothing would ever fit. */
	return log->half_bytes > 0 ? 0 : ERROR_DAMAGED;
}

int
intake_log_open(const char *directory, bool make, struct intake_log **opened)
{
	struct intake_log *log = calloc(1, sizeof(*log));
	int code = 0;

	if (log == NULL)
		return -ENOMEM;
	log->fd = -1;
	log->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (log->directory < 0)
		code = -errno;
	else if (flock(log->directory, LOCK_EX | LOCK_NB) != 0)
		code = errno == EWOULDBLOCK ? ERROR_BUSY : -errno;
	if (code == 0)
		code = open_file(log, make);
	if (code != 0) {
		intake_log_close(log);
		return code;
	}
	*opened = log;
	return 0;
}

void
intake_log_close(struct intake_log *log)
{
	if (log == NULL)
		return;
	if (log->fd >= 0)
		close(log->fd);
	if (log->directory >= 0)
		close(log->directory);
	free(log);
}

int
intake_log_replace(struct intake_log *log)
{
	if (renameat(log->directory, INTAKE_LOG_FILE, log->directory,
		INTAKE_LOG_REPLACED) != 0)
		return -errno;
	close(log->fd);
	return open_file(log, true);
}

int
intake_log_start(struct intake_log *log, const struct intake_mark *mark)
{
	struct intake_scan scan;
	int code = intake_scan(log->directory, INTAKE_LOG_FILE, mark, &scan);

	if (code != 0)
		return code;
	log->log = mark->log;
	log->number = scan.highest;
	/* Both halves count as full; the first is begun anew. */
	log->last[0] = log->last[1] = scan.highest;
	log->half = 1;
	log->at = log->half_bytes;
	intake_scan_free(&scan);
	return 0;
}

uint64_t
intake_log_last(const struct intake_log *log)
{
	return log->number;
}

uint64_t
intake_log_bytes(const struct intake_log *log)
{
	return 2 * log->half_bytes;
}

uint64_t
intake_log_written(const struct intake_log *log)
{
	return log->written;
}

/* --- a group -------------------------------------------------------------- */

void
intake_log_begin(struct intake_log *log)
{
	intake_group_begin(&log->group, log->octets, sizeof(log->octets),
	    log->log, log->number + 1);
}

int
intake_log_add(struct intake_log *log, const struct evidence *list,
    unsigned count, uint64_t *number)
{
	int code = intake_group_add(&log->group, list, count);

	if (code == 0)
		*number = log->number += count;
	return code;
}

/* Where so many octets have their place, in this half or the next. */
static bool
find_place(struct intake_log *log, size_t len, uint64_t settled)
{
	if (log->at + len <= log->half_bytes)
		return true;
	if (len > log->half_bytes || log->last[!log->half] > settled)
		return false;
	log->half = !log->half;
	log->at = 0;
	return true;
}

int
intake_log_write(struct intake_log *log, uint64_t settled)
{
	size_t len, padded;
	ssize_t written;
	off_t at;

	if (log->group.count == 0)
		return 0;
	len = intake_group_end(&log->group);
	padded = (len + INTAKE_PAGE - 1) / INTAKE_PAGE * INTAKE_PAGE;
	memset(log->octets + len, 0, padded - len);
	if (!find_place(log, padded, settled))
		return ERROR_LIMIT;
	log->last[log->half] = log->number;
	at = (off_t)(log->half * log->half_bytes + log->at);
	written = pwrite(log->fd, log->octets, padded, at);
	if (written != (ssize_t)padded)
		return written < 0 ? -errno : -ENOSPC;
	if (fdatasync(log->fd) != 0)
		return -errno;
	log->at += padded;
	log->written += padded;
	return 0;
}
