#include "db/intake_aside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "db/intake_private.h"

struct aside {
	int directory, fd;
	off_t size;
};

static void
let_go(const struct aside *aside)
{
	if (aside->fd >= 0)
		close(aside->fd);
	if (aside->directory >= 0)
		close(aside->directory);
}

/* The lock may be on a file that whoever held it has removed. */
static int
look_at(struct aside *aside)
{
	struct stat st;

	if (fstat(aside->fd, &st) != 0)
		return -errno;
	aside->size = st.st_size;
	return st.st_nlink == 0 ? ERROR_BUSY : 0;
}

/* Alone with it; let_go() in any case. `flags` are those of open and flock. */
static int
take(struct aside *aside, const char *path, int flags, int wait)
{
	*aside = (struct aside){ .fd = -1 };
	aside->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (aside->directory < 0)
		return -errno;
	aside->fd = openat(aside->directory, INTAKE_ASIDE_FILE,
	    O_RDWR | O_CLOEXEC | flags, STORE_FILE_MODE);
	if (aside->fd < 0)
		return errno == ENOENT ? ERROR_NOT_FOUND : -errno;
	if (flock(aside->fd, LOCK_EX | wait) != 0)
		return errno == EWOULDBLOCK ? ERROR_BUSY : -errno;
	return look_at(aside);
}

/* --- adding --------------------------------------------------------------- */

static int
append(const struct aside *aside, const uint8_t *octets, size_t len)
{
	off_t at = (aside->size + INTAKE_PAGE - 1) / INTAKE_PAGE * INTAKE_PAGE;
	ssize_t written;

	if (at + (off_t)len > INTAKE_ASIDE_MAX)
		return ERROR_LIMIT;
	written = pwrite(aside->fd, octets, len, at);
	if (written != (ssize_t)len)
		return written < 0 ? -errno : -ENOSPC;
	if (fdatasync(aside->fd) != 0)
		return -errno;
	/* Its name with it, which who made it may not have come to. */
	return fsync(aside->directory) == 0 ? 0 : -errno;
}

int
intake_aside_add(const char *directory, uint64_t log, uint64_t number,
    const struct evidence *list, unsigned count)
{
	size_t size = INTAKE_HEAD_LEN + sizeof(uint32_t) +
		      count * (sizeof(uint16_t) + EVIDENCE_RECORD_MAX);
	uint8_t *octets = malloc(size);
	struct intake_group group;
	struct aside aside;
	int code;

	if (octets == NULL)
		return -ENOMEM;
	intake_group_begin(&group, octets, size, log, number - count + 1);
	code = intake_group_add(&group, list, count);
	if (code == 0) {
		code = take(&aside, directory, O_CREAT, LOCK_NB);
		if (code == 0)
			code = append(&aside, octets, intake_group_end(&group));
		let_go(&aside);
	}
	free(octets);
	return code;
}

/* --- looking -------------------------------------------------------------- */

static int
scan(int directory, uint64_t log, struct intake_scan *found)
{
	const struct intake_mark all = { log, 0 };

	return intake_scan(directory, INTAKE_ASIDE_FILE, &all, found);
}

int
intake_aside_count(const char *directory, uint64_t log)
{
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct intake_scan found;
	int code;

	if (fd < 0)
		return -errno;
	code = scan(fd, log, &found);
	close(fd);
	if (code != 0)
		return code;
	code = (int)found.count;
	intake_scan_free(&found);
	return code;
}

/* A group without a head is none. */
static int
wipe(const struct aside *aside, const struct intake_scan *found,
    const struct intake_found *group)
{
	static const uint8_t zeros[INTAKE_HEAD_LEN];
	off_t at = group->octets - found->octets;
	ssize_t written = pwrite(aside->fd, zeros, sizeof(zeros), at);

	if (written != (ssize_t)sizeof(zeros))
		return written < 0 ? -errno : -ENOSPC;
	return fdatasync(aside->fd) == 0 ? 0 : -errno;
}

static int
visit_group(struct intake_found *group, intake_aside_each *each, void *context)
{
	uint64_t number = group->first + group->count - 1;
	struct evidence *list;
	unsigned count;
	int code = intake_group_next(group, &list, &count);

	if (code != 0)
		return code;
	code = each(number, list, count, context);
	free(list);
	return code;
}

static int
visit_all(const struct aside *aside, struct intake_scan *found,
    intake_aside_each *each, void *context)
{
	unsigned left = found->count;
	int code = 0;

	for (unsigned i = 0; code >= 0 && i < found->count; i++) {
		code = visit_group(&found->groups[i], each, context);
		if (code > 0) {
			code = wipe(aside, found, &found->groups[i]);
			left--;
		}
	}
	if (code >= 0 && left == 0 && !found->foreign &&
	    unlinkat(aside->directory, INTAKE_ASIDE_FILE, 0) != 0)
		code = -errno;
	return code < 0 ? code : (int)left;
}

int
intake_aside_visit(
    const char *directory, uint64_t log, intake_aside_each *each, void *context)
{
	struct intake_scan found;
	struct aside aside;
	int code = take(&aside, directory, 0, 0);

	if (code == 0)
		code = scan(aside.directory, log, &found);
	if (code == 0) {
		code = visit_all(&aside, &found, each, context);
		intake_scan_free(&found);
	}
	let_go(&aside);
	return code == ERROR_NOT_FOUND ? 0 : code;
}
