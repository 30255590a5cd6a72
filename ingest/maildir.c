#include "ingest/maildir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "ingest/handover.h"

/* Of one folder: enough to fill a group, too few to crowd out the others. */
#define UNDER_WAY_MAX 64

/* What is delivered is linked or renamed into new/. */
#define EVENTS (IN_CREATE | IN_MOVED_TO)

/* The end of the name of a message that was looked at. */
#define INFO_SEEN ":2,S"

struct letter {
	struct maildir *maildir;
	char name[NAME_MAX + 1]; /* "": the place is free */
};

struct maildir {
	char *path;
	char *trap; /* NULL: the header tells */
	size_t message_max;
	int new_fd, cur_fd, inotify_fd;
	DIR *pass; /* a pass through new/ that goes on, or NULL */
	bool again;
	unsigned under_way;
	struct letter letters[UNDER_WAY_MAX];
	struct mailboxes *mailboxes;
	struct recorder *recorder; /* NULL: nothing more is handed over */
};

/* --- letters -------------------------------------------------------------- */

static void
complain(const struct maildir *maildir, const char *name, int code)
{
	static struct log_gate gate = LOG_GATE(10);
	char path[LOG_TEXT_MAX], file[LOG_TEXT_MAX];

	if (log_gate_open(&gate, "maildir_failed"))
		log_error("maildir_failed path=%s file=%s reason=\"%s\"",
		    log_escape(maildir->path, path), log_escape(name, file),
		    error_text(code));
}

static void
put_away(struct maildir *maildir, const char *name)
{
	char seen[NAME_MAX + sizeof(INFO_SEEN)];

	snprintf(seen, sizeof(seen), "%s%s", name,
	    strchr(name, ':') == NULL ? INFO_SEEN : "");
	if (renameat(maildir->new_fd, name, maildir->cur_fd, seen) != 0 &&
	    errno != ENOENT)
		complain(maildir, name, -errno);
}

static struct letter *
find_letter(struct maildir *maildir, const char *name)
{
	for (unsigned i = 0; i < UNDER_WAY_MAX; i++) {
		if (strcmp(maildir->letters[i].name, name) == 0)
			return &maildir->letters[i];
	}
	return NULL;
}

static void
note_done(void *context, int result)
{
	struct letter *letter = context;
	struct maildir *maildir = letter->maildir;

	if (result == 0)
		put_away(maildir, letter->name);
	else
		complain(maildir, letter->name, result);
	letter->name[0] = '\0';
	maildir->under_way--;
	/* There is room for the next. */
	maildir_work(maildir);
}

/* --- files ---------------------------------------------------------------- */

static int
read_all(int fd, char *octets, size_t size, size_t *len)
{
	ssize_t n = 1;

	*len = 0;
	while (n > 0 && *len < size) {
		n = read(fd, octets + *len, size - *len);
		if (n < 0 && errno != EINTR)
			return -errno;
		*len += n > 0 ? (size_t)n : 0;
		n = n < 0 ? 1 : n;
	}
	return 0;
}

/* Regular files alone, no more of them than a message may have. */
static int
read_file(const struct maildir *maildir, const char *name, struct stat *st,
    char **octets, size_t *len)
{
	int fd = openat(maildir->new_fd, name,
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	int code = fd < 0 || fstat(fd, st) != 0 ? -errno : 0;
	size_t size;

	if (code == 0 && !S_ISREG(st->st_mode))
		code = -EINVAL;
	if (code == 0) {
		size = (size_t)st->st_size < maildir->message_max
			   ? (size_t)st->st_size
			   : maildir->message_max;
		*octets = malloc(size + 1);
		code = *octets == NULL ? -ENOMEM
				       : read_all(fd, *octets, size, len);
		if (code != 0)
			free(*octets);
	}
	if (fd >= 0)
		close(fd);
	return code;
}

static int
make_job(
    const struct maildir *maildir, const char *name, struct recorder_job **job)
{
	struct handover hints = { .recipient_else = maildir->trap };
	struct stat st;
	char *octets = NULL;
	size_t len;
	int code = read_file(maildir, name, &st, &octets, &len);

	if (code != 0)
		return code;
	hints.received_else = st.st_mtime;
	return handover_job(maildir->mailboxes, &hints, octets, len, job);
}

static void
note_discarded(const struct maildir *maildir, const char *name)
{
	static struct log_gate gate = LOG_GATE(10);
	char path[LOG_TEXT_MAX], file[LOG_TEXT_MAX];

	if (log_gate_open(&gate, "discarded"))
		log_notice("discarded path=%s file=%s reason=\"for no trap "
			   "that counts, or from no address\"",
		    log_escape(maildir->path, path), log_escape(name, file));
}

/* False when the recorder takes no more now. */
static bool
take_letter(struct maildir *maildir, const char *name)
{
	struct letter *letter = find_letter(maildir, "");
	struct recorder_job *job = NULL;
	int code = make_job(maildir, name, &job);

	if (code == 0) {
		job->done = note_done;
		job->context = letter;
		letter->maildir = maildir;
		strcpy(letter->name, name);
		maildir->under_way++;
		code = recorder_submit(maildir->recorder, job);
	}
	if (code == 0)
		return true;
	if (job != NULL) {
		recorder_job_free(job);
		letter->name[0] = '\0';
		maildir->under_way--;
	}
	if (code == ERROR_NOT_FOUND) {
		note_discarded(maildir, name);
		put_away(maildir, name);
	} else if (code != ERROR_LIMIT && code != -ENOENT) {
		complain(maildir, name, code);
	}
	return code != ERROR_LIMIT;
}

/* --- passes --------------------------------------------------------------- */

static int
begin_pass(struct maildir *maildir)
{
	int fd =
	    openat(maildir->new_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	maildir->again = false;
	if (fd < 0)
		return -errno;
	maildir->pass = fdopendir(fd);
	if (maildir->pass == NULL) {
		int error = -errno;

		close(fd);
		return error;
	}
	return 0;
}

static void
end_pass(struct maildir *maildir)
{
	closedir(maildir->pass);
	maildir->pass = NULL;
}

static void
drain_events(struct maildir *maildir)
{
	char events[4096];

	/* What they say is seen by looking. */
	while (read(maildir->inotify_fd, events, sizeof(events)) > 0)
		maildir->again = true;
}

static void
go_on(struct maildir *maildir)
{
	while (maildir->under_way < UNDER_WAY_MAX) {
		const struct dirent *entry = readdir(maildir->pass);

		if (entry == NULL) {
			end_pass(maildir);
			return;
		}
		if (entry->d_name[0] == '.' ||
		    find_letter(maildir, entry->d_name) != NULL)
			continue;
		if (!take_letter(maildir, entry->d_name)) {
			end_pass(maildir);
			return;
		}
	}
}

void
maildir_work(struct maildir *maildir)
{
	int code = 0;

	if (maildir->recorder == NULL)
		return;
	drain_events(maildir);
	if (maildir->pass == NULL && maildir->again)
		code = begin_pass(maildir);
	if (code != 0)
		complain(maildir, "new", code);
	else if (maildir->pass != NULL)
		go_on(maildir);
}

void
maildir_look(struct maildir *maildir)
{
	maildir->again = true;
	maildir_work(maildir);
}

/* --- start and end -------------------------------------------------------- */

void
maildir_serve(struct maildir *maildir, struct mailboxes *mailboxes,
    struct recorder *recorder)
{
	maildir->mailboxes = mailboxes;
	maildir->recorder = recorder;
	maildir_look(maildir);
}

void
maildir_stop(struct maildir *maildir)
{
	maildir->recorder = NULL;
}

static int
open_folder(const char *path, const char *name)
{
	char folder[PATH_MAX];
	int fd;

	if (snprintf(folder, sizeof(folder), "%s/%s", path, name) >=
	    (int)sizeof(folder))
		return -ENAMETOOLONG;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int
watch(struct maildir *maildir)
{
	char folder[64];

	maildir->inotify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (maildir->inotify_fd < 0)
		return -errno;
	/* The folder that is open, whatever becomes of its name. */
	snprintf(folder, sizeof(folder), "/proc/self/fd/%d", maildir->new_fd);
	return inotify_add_watch(maildir->inotify_fd, folder, EVENTS) < 0
		   ? -errno
		   : 0;
}

static int
split(const char *text, struct maildir *maildir)
{
	size_t len = strcspn(text, " ");
	const char *trap = text + len + strspn(text + len, " ");

	maildir->path = strndup(text, len);
	if (*trap != '\0')
		maildir->trap = strdup(trap);
	return maildir->path == NULL || (*trap != '\0' && maildir->trap == NULL)
		   ? -ENOMEM
		   : 0;
}

static int
open_all(struct maildir *maildir)
{
	maildir->new_fd = open_folder(maildir->path, "new");
	if (maildir->new_fd < 0)
		return maildir->new_fd;
	maildir->cur_fd = open_folder(maildir->path, "cur");
	if (maildir->cur_fd < 0)
		return maildir->cur_fd;
	return watch(maildir);
}

int
maildir_open(const char *text, size_t message_max, struct maildir **opened)
{
	struct maildir *maildir = calloc(1, sizeof(*maildir));
	char shown[LOG_TEXT_MAX];
	int code = -ENOMEM;

	if (maildir != NULL) {
		maildir->new_fd = maildir->cur_fd = maildir->inotify_fd = -1;
		maildir->message_max = message_max;
		maildir->again = true;
		code = split(text, maildir);
	}
	if (code == 0)
		code = open_all(maildir);
	if (code != 0) {
		log_error("maildir_failed path=%s reason=\"%s\"",
		    log_escape(text, shown), error_text(code));
		maildir_close(maildir);
		return code;
	}
	*opened = maildir;
	return 0;
}

void
maildir_close(struct maildir *maildir)
{
	if (maildir == NULL)
		return;
	if (maildir->pass != NULL)
		end_pass(maildir);
	for (int *fd = &maildir->new_fd; fd <= &maildir->inotify_fd; fd++) {
		if (*fd >= 0)
			close(*fd);
	}
	free(maildir->path);
	free(maildir->trap);
	free(maildir);
}

int
maildir_fd(const struct maildir *maildir)
{
	return maildir->inotify_fd;
}
