#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "db/store_private.h"

#define INIT "`bsblctl init` makes a database"

int
store_refuse(
    const char *path, int code, const char *remedy, const char *format, ...)
{
	char where[LOG_TEXT_MAX], why[512];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	log_error("store_refused path=%s reason=\"%s\" remedy=\"%s\"",
	    log_escape(path, where), why, remedy);
	return code;
}

char *
store_file(const char *path, const char *name)
{
	char *file;

	return asprintf(&file, "%s/%s", path, name) < 0 ? NULL : file;
}

int
store_sync_directory(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int code = 0;

	if (fd < 0 || fsync(fd) != 0)
		code = -errno;
	if (fd >= 0)
		close(fd);
	return code;
}

int
store_sync_parent(const char *path)
{
	char *up = store_file(path, "..");
	int code = up != NULL ? store_sync_directory(up) : -ENOMEM;

	free(up);
	return code;
}

/* The group's id, or -1 (chown(2): leave it) when there is no such group. */
static gid_t
group_id(const char *group)
{
	struct group *entry = NULL;

	if (group != NULL && group[0] != '\0')
		entry = getgrnam(group);
	return entry != NULL ? entry->gr_gid : (gid_t)-1;
}

/* Programs of other users share the files through the group alone. */
static void
share(int fd, const char *path, mode_t mode, gid_t group)
{
	char where[LOG_TEXT_MAX];
	int code = 0;

	if (fchown(fd, (uid_t)-1, group) != 0)
		code = -errno;
	if (fchmod(fd, mode) != 0) /* after: chown() drops set-group-id */
		code = -errno;
	if (code != 0)
		log_warning("store_not_shared path=%s reason=\"%s\" "
			    "remedy=\"run bsblctl init as root\"",
		    log_escape(path, where), error_text(code));
}

/* 0, or -errno. Sets mode and group only of what it makes. */
static int
make_directory(const char *path, gid_t group)
{
	int fd;

	if (mkdir(path, 0770) != 0)
		return errno == EEXIST ? 0 : -errno;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	share(fd, path, STORE_DIRECTORY_MODE, group);
	close(fd);
	return 0;
}

static int
make_file(const char *path, const char *name, gid_t group)
{
	char *file = store_file(path, name);
	int fd;

	if (file == NULL)
		return -ENOMEM;
	fd = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, STORE_FILE_MODE);
	if (fd >= 0) {
		share(fd, file, STORE_FILE_MODE, group);
		close(fd);
	}
	free(file);
	return fd >= 0 || errno == EEXIST ? 0 : -errno;
}

int
store_files_make(const char *path, const char *group)
{
	static const char *const names[] = { STORE_HOLD, STORE_LOCK,
		STORE_DATA };
	gid_t id = group_id(group);
	int code = make_directory(path, id);

	if (code != 0)
		return store_refuse(path, code,
		    "make the directory above it, or run as root",
		    "cannot make the directory: %s", error_text(code));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		code = make_file(path, names[i], id);
		if (code != 0)
			return store_refuse(path, code,
			    "run as root, or as a member of the group",
			    "cannot make %s: %s", names[i], error_text(code));
	}
	code = store_sync_directory(path);
	if (code == 0)
		code = store_sync_parent(path);
	if (code != 0)
		return store_refuse(path, code, "see to the disk",
		    "cannot sync the directory: %s", error_text(code));
	return 0;
}

/*
 * A database may come without lock.mdb and bsbl.lock, out of a backup. With
 * the directory's own group, which the set-group-id bit hands on.
 */
static int
check_writable(const char *path, const char *name, const char *what)
{
	char *file;
	int code = make_file(path, name, (gid_t)-1);

	if (code == 0) {
		file = store_file(path, name);
		if (file == NULL)
			return -ENOMEM;
		/* As who we are now: access() would ask for the real user. */
		if (faccessat(AT_FDCWD, file, R_OK | W_OK, AT_EACCESS) != 0)
			code = -errno;
		free(file);
	}
	if (code == 0)
		return 0;
	return store_refuse(path, code == -ENOMEM ? code : ERROR_UNLOCKED,
	    "mount it for writing, and run as a member of its group",
	    "%s cannot be written: %s; %s", name, error_text(code), what);
}

int
store_files_check(const char *path, enum store_mode mode)
{
	char *data = store_file(path, STORE_DATA);
	int rights = mode == STORE_READ ? R_OK : R_OK | W_OK;
	struct stat st = { 0 };
	int code = 0;

	if (data == NULL)
		return -ENOMEM;
	if (stat(data, &st) != 0 ||
	    faccessat(AT_FDCWD, data, rights, AT_EACCESS) != 0)
		code = -errno;
	free(data);
	if (code == -ENOENT || code == -ENOTDIR)
		return store_refuse(
		    path, ERROR_NOT_MADE, INIT, "no database there");
	if (code != 0 && code != -EROFS)
		return store_refuse(path, code,
		    "run as root or as a member of its group",
		    "%s cannot be opened: %s", STORE_DATA, error_text(code));
	code = check_writable(
	    path, STORE_LOCK, "readers without it get wrong answers");
	if (code != 0 || mode == STORE_CREATE)
		return code;
	if (st.st_size == 0)
		return store_refuse(path, ERROR_DAMAGED,
		    "restore a backup; for a new database run bsblctl init",
		    "%s is empty", STORE_DATA);
	return 0;
}

/*
 * The process that a line of /proc/locks names when it is of this file, else
 * 0: "1: FLOCK  ADVISORY  WRITE 4711 fe:01:131090 0 EOF".
 */
static pid_t
holder_in(const char *line, const char *file)
{
	const char *words = strstr(line, "FLOCK");
	const char *process;

	if (words == NULL || strstr(words, file) == NULL)
		return 0;
	process = strpbrk(words, "0123456789");
	return process != NULL ? (pid_t)strtol(process, NULL, 10) : 0;
}

/*
 * Those of the file, each once, at most HOLDERS_MAX; how many there are. None
 * is shown that lives in another name space of processes.
 */
#define HOLDERS_MAX 4

static unsigned
find_holders(const struct stat *st, pid_t holders[HOLDERS_MAX])
{
	FILE *locks = fopen("/proc/locks", "re");
	char line[256], file[64];
	unsigned count = 0;

	if (locks == NULL)
		return 0;
	snprintf(file, sizeof(file), " %02x:%02x:%ju ", major(st->st_dev),
	    minor(st->st_dev), (uintmax_t)st->st_ino);
	while (fgets(line, sizeof(line), locks) != NULL) {
		pid_t pid = holder_in(line, file);

		if (pid > 0 && count++ < HOLDERS_MAX)
			holders[count - 1] = pid;
	}
	fclose(locks);
	return count;
}

/* "bsbl-dnsd (process 4711)" */
static void
describe_holder(pid_t pid, char *text, size_t size)
{
	char path[64], name[32] = "";
	FILE *comm;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	comm = fopen(path, "re");
	if (comm != NULL) {
		if (fgets(name, sizeof(name), comm) != NULL)
			name[strcspn(name, "\n")] = '\0';
		fclose(comm);
	}
	/* Any process may choose its own name. */
	for (char *c = name; *c != '\0'; c++) {
		if (*c < ' ' || *c > '~' || *c == '"')
			*c = '?';
	}
	snprintf(text, size, "%s (process %d)",
	    name[0] != '\0' ? name : "a program", (int)pid);
}

static void
describe_holders(int fd, char *text, size_t size)
{
	pid_t holders[HOLDERS_MAX];
	struct stat st;
	unsigned count = fstat(fd, &st) == 0 ? find_holders(&st, holders) : 0;
	size_t used = 0;

	snprintf(text, size, "another program");
	for (unsigned i = 0; i < count && i < HOLDERS_MAX && used < size; i++) {
		char holder[64];

		describe_holder(holders[i], holder, sizeof(holder));
		used += (size_t)snprintf(text + used, size - used, "%s%s",
		    i > 0 ? ", " : "", holder);
	}
	if (count > HOLDERS_MAX && used < size)
		snprintf(text + used, size - used, " and %u more",
		    count - HOLDERS_MAX);
}

static int
open_hold(const char *path, int *fd)
{
	char *file = store_file(path, STORE_HOLD);
	int code = make_file(path, STORE_HOLD, (gid_t)-1);

	if (file == NULL)
		return -ENOMEM;
	/* Who only reads may do so where it cannot be written: store_claim. */
	*fd = open(file, O_RDWR | O_CLOEXEC);
	if (*fd < 0)
		*fd = open(file, O_RDONLY | O_CLOEXEC);
	if (*fd < 0)
		code = -errno;
	free(file);
	if (*fd >= 0)
		return 0;
	return store_refuse(path, code,
	    "run as root or as a member of its group",
	    "%s cannot be opened: %s", STORE_HOLD, error_text(code));
}

static int
hold(const char *path, int operation, int *fd)
{
	char holders[320];
	int code = open_hold(path, fd);

	if (code != 0 || flock(*fd, operation | LOCK_NB) == 0)
		return code;
	code = errno == EWOULDBLOCK ? ERROR_BUSY : -errno;
	describe_holders(*fd, holders, sizeof(holders));
	close(*fd);
	*fd = -1;
	if (code != ERROR_BUSY)
		return store_refuse(path, code, "use a local file system",
		    "%s cannot be locked: %s", STORE_HOLD, error_text(code));
	if (operation == LOCK_EX)
		return store_refuse(path, code, "stop it, and try again",
		    "the database is in use by %s", holders);
	return store_refuse(path, code, "try again when it has finished",
	    "%s holds the database for itself", holders);
}

int
store_files_hold(const char *path, int *fd)
{
	return hold(path, LOCK_SH, fd);
}

int
store_files_hold_alone(const char *path, int *fd)
{
	return hold(path, LOCK_EX, fd);
}
