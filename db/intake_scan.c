#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "db/intake_log.h"
#include "db/intake_private.h"

/* Far more than the file is made with: then it is something else. */
#define FILE_MAX (1 << 28)

static int
read_octets(int fd, struct intake_scan *scan)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX)
		return ERROR_DAMAGED;
	scan->octets = malloc((size_t)st.st_size + 1);
	if (scan->octets == NULL)
		return -ENOMEM;
	while (scan->len < (size_t)st.st_size) {
		ssize_t n = pread(fd, scan->octets + scan->len,
		    (size_t)st.st_size - scan->len, (off_t)scan->len);

		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		scan->len += (size_t)n;
	}
	return 0;
}

static int
read_file(int directory, const char *name, struct intake_scan *scan)
{
	/* Not to wait for a writer, should it be a pipe. */
	int fd = openat(directory, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	int code;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	code = read_octets(fd, scan);
	close(fd);
	return code;
}

static void
note(struct intake_scan *scan, const struct intake_mark *mark,
    const struct intake_found *found)
{
	uint64_t last = found->first + found->count - 1;

	if (found->log != mark->log) {
		scan->foreign = true;
		return;
	}
	if (last > scan->highest)
		scan->highest = last;
	if (last > mark->number)
		scan->groups[scan->count++] = *found;
}

static int
compare(const void *a, const void *b)
{
	const struct intake_found *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

int
intake_scan(int directory, const char *name, const struct intake_mark *mark,
    struct intake_scan *scan)
{
	struct intake_found found;
	int code;

	memset(scan, 0, sizeof(*scan));
	scan->highest = mark->number;
	code = read_file(directory, name, scan);
	if (code == 0) {
		scan->groups =
		    calloc(scan->len / INTAKE_PAGE + 1, sizeof(*scan->groups));
		code = scan->groups == NULL ? -ENOMEM : 0;
	}
	if (code != 0) {
		intake_scan_free(scan);
		return code;
	}
	for (size_t at = 0; at < scan->len; at += INTAKE_PAGE) {
		if (!intake_group_find(
			scan->octets + at, scan->len - at, &found))
			continue;
		note(scan, mark, &found);
		at += (found.len - 1) / INTAKE_PAGE * INTAKE_PAGE;
	}
	if (scan->count > 1)
		qsort(
		    scan->groups, scan->count, sizeof(*scan->groups), compare);
	return 0;
}

void
intake_scan_free(struct intake_scan *scan)
{
	free(scan->groups);
	free(scan->octets);
}

/* --- what lies behind the mark -------------------------------------------- */

static int
read_group(struct intake_found *group, const struct intake_mark *mark,
    intake_log_each *each, void *context)
{
	uint64_t number = group->first - 1;
	struct evidence *list;
	unsigned count;
	int code;

	while ((code = intake_group_next(group, &list, &count)) == 0) {
		number += count;
		if (number > mark->number)
			code = each(number, list, count, context);
		else
			free(list);
		if (code != 0)
			return code;
	}
	return code == ERROR_NOT_FOUND ? 0 : code;
}

int
intake_log_read(const char *directory, const struct intake_mark *mark,
    intake_log_each *each, void *context)
{
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct intake_scan scan;
	int code;

	if (fd < 0)
		return -errno;
	code = intake_scan(fd, INTAKE_LOG_FILE, mark, &scan);
	close(fd);
	if (code != 0)
		return code;
	for (unsigned i = 0; code == 0 && i < scan.count; i++)
		code = read_group(&scan.groups[i], mark, each, context);
	if (code == 0 && scan.foreign && scan.count == 0)
		code = ERROR_EXISTS;
	intake_scan_free(&scan);
	return code;
}

static int
count_entry(
    uint64_t number, struct evidence *list, unsigned count, void *context)
{
	(void)number;
	(void)count;
	free(list);
	++*(int *)context;
	return 0;
}

int
intake_log_waiting(struct store_txn *txn)
{
	struct intake_mark mark;
	int waiting = 0, code = meta_intake_mark(txn, &mark);

	if (code == 0)
		code = intake_log_read(
		    store_path(store_of(txn)), &mark, count_entry, &waiting);
	return code == 0 || code == ERROR_EXISTS ? waiting : code;
}
