#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/*
 * LD_PRELOAD=disk.so: the disk below data.mdb and intake.log, as the test wants
 * it.
 *
 * BSBL_DISK_JOURNAL names a file to which is added whatever is written, and
 * when it is on disk, over all processes in one order: from it and from the
 * files as they were before, tests/support/powerloss.py makes what a power loss
 * at any moment would have left. Nothing is really synced meanwhile.
 *
 * BSBL_DISK names a file with one line that tells how the disk is: "good" (as
 * if there were no such file), "full" (ENOSPC, but for the meta pages),
 * "broken" (EIO when it syncs), "dying" (EIO of the meta pages), "unlogged"
 * (EIO when it syncs intake.log alone), "slow MILLISECONDS" (each sync).
 *
 * LMDB writes pages by pwrite, or by lseek and writev, syncs them by fdatasync,
 * and then writes one of its two meta pages through a descriptor of its own
 * with O_DSYNC.
 */
enum record_type {
	RECORD_WRITE = 'W',	/* of pages; on disk with the next sync */
	RECORD_META = 'M',	/* through O_DSYNC; on disk with its end */
	RECORD_META_END = 'D',	/* it is */
	RECORD_SYNC = 'S',	/* so is all before it */
	RECORD_SIZE = 'T',	/* ftruncate */
	RECORD_LOG_WRITE = 'w', /* of intake.log; on disk with its next sync */
	RECORD_LOG_SYNC = 's'
};

/* As powerloss.py reads it: in the machine's own order. */
struct record {
	uint64_t offset;
	uint32_t len;
	uint32_t type;
};

/* By descriptor; programs under test have few. */
#define DESCRIPTORS 4096
enum watched { WATCHED_NOT, WATCHED_PAGES, WATCHED_META, WATCHED_LOG };
static uint8_t watched[DESCRIPTORS];
static int journal = -1;
static const char *disk_path;

static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static int (*real_fdatasync)(int);
static int (*real_fsync)(int);
static int (*real_ftruncate)(int, off_t);

/* POSIX has functions and data differ; dlsym does not (dlopen(3)). */
#define FIND(name) *(void **)&real_##name = dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void
begin(void)
{
	const char *path = getenv("BSBL_DISK_JOURNAL");

	FIND(open);
	FIND(openat);
	FIND(close);
	FIND(pwrite);
	FIND(writev);
	FIND(fdatasync);
	FIND(fsync);
	FIND(ftruncate);
	disk_path = getenv("BSBL_DISK");
	if (path != NULL)
		journal = real_open(
		    path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
}

/* --- how the disk is ------------------------------------------------------ */

static bool
disk_is(const char *word, long *number)
{
	char line[64] = "";
	FILE *file = disk_path != NULL ? fopen(disk_path, "re") : NULL;
	size_t len = strlen(word);

	if (file == NULL)
		return false;
	if (fgets(line, sizeof(line), file) == NULL)
		line[0] = '\0';
	fclose(file);
	if (strncmp(line, word, len) != 0)
		return false;
	if (number != NULL)
		*number = strtol(line + len, NULL, 10);
	return true;
}

/*
 * Is a write refused? Then errno says why. A meta page has its place on a full
 * disk, and may be written there behind pages that still found theirs.
 */
static bool
refuses(bool meta)
{
	if (!disk_is(meta ? "dying" : "full", NULL))
		return false;
	errno = meta ? EIO : ENOSPC;
	return true;
}

/* --- the journal ---------------------------------------------------------- */

static void
tell(enum record_type type, const struct iovec *parts, int count,
    uint64_t offset)
{
	struct record record = { .offset = offset, .type = type };
	struct iovec all[1 + 64];

	if (journal < 0)
		return;
	if (count > 64)
		abort();
	all[0] = (struct iovec){ &record, sizeof(record) };
	for (int i = 0; i < count; i++) {
		all[1 + i] = parts[i];
		record.len += (uint32_t)parts[i].iov_len;
	}
	if (real_writev(journal, all, 1 + count) < (ssize_t)sizeof(record))
		abort();
}

static enum watched
watched_of(int fd)
{
	return fd >= 0 && fd < DESCRIPTORS ? (enum watched)watched[fd]
					   : WATCHED_NOT;
}

static enum record_type
type_of(int fd)
{
	static const enum record_type types[] = {
		[WATCHED_PAGES] = RECORD_WRITE,
		[WATCHED_META] = RECORD_META,
		[WATCHED_LOG] = RECORD_LOG_WRITE,
	};

	return types[watched_of(fd)];
}

/* --- what is called ------------------------------------------------------- */

static enum watched
what_is(const char *path, int flags)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;

	if ((flags & O_ACCMODE) == O_RDONLY)
		return WATCHED_NOT;
	if (strcmp(name, "intake.log") == 0)
		return WATCHED_LOG;
	if (strcmp(name, "data.mdb") != 0)
		return WATCHED_NOT;
	return (flags & O_DSYNC) != 0 ? WATCHED_META : WATCHED_PAGES;
}

static int
watch(int fd, const char *path, int flags)
{
	if (fd >= 0 && fd < DESCRIPTORS)
		watched[fd] = what_is(path, flags);
	return fd;
}

int open(const char *path, int flags, ...);
int
open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list arguments;

	va_start(arguments, flags);
	if ((flags & O_CREAT) != 0)
		mode = va_arg(arguments, mode_t);
	va_end(arguments);
	return watch(real_open(path, flags, mode), path, flags);
}

int openat(int directory, const char *path, int flags, ...);
int
openat(int directory, const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list arguments;

	va_start(arguments, flags);
	if ((flags & O_CREAT) != 0)
		mode = va_arg(arguments, mode_t);
	va_end(arguments);
	return watch(real_openat(directory, path, flags, mode), path, flags);
}

int
close(int fd)
{
	if (fd >= 0 && fd < DESCRIPTORS)
		watched[fd] = WATCHED_NOT;
	return real_close(fd);
}

ssize_t
pwrite(int fd, const void *octets, size_t len, off_t offset)
{
	const struct iovec part = { (void *)(uintptr_t)octets, len };
	ssize_t written;

	if (watched_of(fd) == WATCHED_NOT)
		return real_pwrite(fd, octets, len, offset);
	if (refuses(type_of(fd) == RECORD_META))
		return -1;
	tell(type_of(fd), &part, 1, (uint64_t)offset);
	written = real_pwrite(fd, octets, len, offset);
	if (type_of(fd) == RECORD_META)
		tell(RECORD_META_END, NULL, 0, (uint64_t)offset);
	return written;
}

ssize_t
writev(int fd, const struct iovec *parts, int count)
{
	if (watched_of(fd) == WATCHED_NOT)
		return real_writev(fd, parts, count);
	if (refuses(false))
		return -1;
	tell(RECORD_WRITE, parts, count, (uint64_t)lseek(fd, 0, SEEK_CUR));
	return real_writev(fd, parts, count);
}

int
ftruncate(int fd, off_t size)
{
	if (watched_of(fd) == WATCHED_NOT)
		return real_ftruncate(fd, size);
	tell(RECORD_SIZE, NULL, 0, (uint64_t)size);
	return real_ftruncate(fd, size);
}

static int
sync_with(int fd, int (*real)(int))
{
	long milliseconds = 0;

	if (watched_of(fd) == WATCHED_NOT)
		return real(fd);
	if (disk_is("broken", NULL) ||
	    (watched_of(fd) == WATCHED_LOG && disk_is("unlogged", NULL))) {
		errno = EIO;
		return -1;
	}
	if (disk_is("slow", &milliseconds))
		nanosleep(&(struct timespec){ milliseconds / 1000,
			      milliseconds % 1000 * 1000000 },
		    NULL);
	tell(watched_of(fd) == WATCHED_LOG ? RECORD_LOG_SYNC : RECORD_SYNC,
	    NULL, 0, 0);
	return journal < 0 ? real(fd) : 0;
}

int
fdatasync(int fd)
{
	return sync_with(fd, real_fdatasync);
}

/* Instead of fdatasync, on some kernels. */
int
fsync(int fd)
{
	return sync_with(fd, real_fsync);
}
