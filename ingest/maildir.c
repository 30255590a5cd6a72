#include "ingest/maildir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "ingest/handover.h"
#include "ingest/mailboxes.h"
#include "ingest/mailfile.h"

/* Of one folder: enough to fill a group, too few to crowd out the others. */
#define UNDER_WAY_MAX 64

/* What is delivered is linked or renamed into new/. */
#define EVENTS (IN_CREATE | IN_MOVED_TO)

/* What was left for want of room or of rights is looked for again. */
#define LOOK_MS 10000

/* The end of the name of a message that was looked at. */
#define INFO_SEEN ":2,S"

struct letter {
	struct job job; /* goes from thread to thread */
	struct maildir *maildir;
	char name[NAME_MAX + 1];      /* "": the place is free */
	struct recorder_job *content; /* until the recorder has it */
	int result;		      /* what has become of it */
};

struct maildir {
	char *path;
	char *trap; /* NULL: the header tells */
	size_t message_max;
	int new_fd, cur_fd, inotify_fd;

	/* The thread's. */
	pthread_t thread;
	DIR *pass; /* a pass through new/ that goes on, or NULL */
	bool again;
	unsigned under_way;
	struct letter letters[UNDER_WAY_MAX];
	struct mailboxes *mailboxes;

	/* The event loop's. */
	struct recorder *recorder; /* NULL: nothing more is handed over */
	bool served;

	/* Between the two. */
	struct job_queue read, settled; /* letters to the loop, and back */
	int loop_fd, thread_fd;		/* eventfds: there is news for it */
	atomic_bool waits;   /* a letter was read and is not taken yet */
	atomic_bool stopped; /* nothing more is read */
	atomic_bool closed;  /* nothing more comes from the loop */
};

static void
wake(int event_fd)
{
	/* It fails only where the other side has not looked for ages. */
	(void)eventfd_write(event_fd, 1);
}

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
note_discarded(const struct maildir *maildir, const char *name)
{
	static struct log_gate gate = LOG_GATE(10);
	char path[LOG_TEXT_MAX], file[LOG_TEXT_MAX];

	if (log_gate_open(&gate, "discarded"))
		log_notice("discarded path=%s file=%s reason=\"for no trap "
			   "that counts, or from no address\"",
		    log_escape(maildir->path, path), log_escape(name, file));
}

static void
end_pass(struct maildir *maildir)
{
	if (maildir->pass != NULL)
		closedir(maildir->pass);
	maildir->pass = NULL;
}

/* What is known now of a letter, or why there is none. */
static void
settle(struct maildir *maildir, const char *name, int result)
{
	switch (result) {
	case ERROR_NOT_FOUND:
		note_discarded(maildir, name);
		/* fall through */
	case 0:
		put_away(maildir, name);
		break;
	case ERROR_LIMIT: /* the recorder takes no more now */
		end_pass(maildir);
		break;
	case -ENOENT: /* somebody else has taken it */
		break;
	default:
		complain(maildir, name, result);
	}
}

/* --- the event loop's side ------------------------------------------------ */

static void
answer(struct letter *letter, int result)
{
	struct maildir *maildir = letter->maildir;

	letter->result = result;
	job_queue_put(&maildir->settled, &letter->job);
	wake(maildir->thread_fd);
}

static void
note_done(void *context, int result)
{
	answer(context, result);
}

static void
submit(struct maildir *maildir, struct letter *letter)
{
	struct recorder_job *content = letter->content;
	int code = maildir->recorder == NULL
		       ? ERROR_LIMIT
		       : recorder_submit(maildir->recorder, content);

	letter->content = NULL;
	if (code == 0)
		return;
	recorder_job_free(content);
	answer(letter, code);
}

void
maildir_work(struct maildir *maildir)
{
	struct job *job;
	eventfd_t news;

	(void)eventfd_read(maildir->loop_fd, &news);
	job = job_queue_take_all(&maildir->read);
	while (job != NULL) {
		struct letter *letter = (struct letter *)job;

		job = job->next;
		submit(maildir, letter);
		atomic_store(&maildir->waits, false);
		wake(maildir->thread_fd);
	}
}

/* --- the thread's side: passes -------------------------------------------- */

static int
read_letter(
    const struct maildir *maildir, const char *name, struct recorder_job **job)
{
	struct handover hints = { .recipient_else = maildir->trap };
	struct mailfile file;
	int code =
	    mailfile_read(maildir->new_fd, name, maildir->message_max, &file);

	if (code != 0)
		return code;
	hints.received_else = file.changed_at;
	return handover_job(
	    maildir->mailboxes, &hints, file.octets, file.len, job);
}

static void
take_letter(struct maildir *maildir, const char *name)
{
	struct letter *letter = find_letter(maildir, "");
	int code = read_letter(maildir, name, &letter->content);

	if (code != 0) {
		settle(maildir, name, code);
		return;
	}
	letter->content->done = note_done;
	letter->content->context = letter;
	letter->maildir = maildir;
	strcpy(letter->name, name);
	maildir->under_way++;
	atomic_store(&maildir->waits, true);
	job_queue_put(&maildir->read, &letter->job);
	wake(maildir->loop_fd);
}

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

/* False when there is nothing to do before the next news. */
static bool
go_on(struct maildir *maildir)
{
	const struct dirent *entry;
	int code = 0;

	if (maildir->under_way == UNDER_WAY_MAX ||
	    atomic_load(&maildir->waits) || atomic_load(&maildir->stopped))
		return false;
	if (maildir->pass == NULL && maildir->again)
		code = begin_pass(maildir);
	if (code != 0)
		complain(maildir, "new", code);
	if (maildir->pass == NULL)
		return false;
	entry = readdir(maildir->pass);
	if (entry == NULL)
		end_pass(maildir);
	else if (entry->d_name[0] != '.' &&
		 find_letter(maildir, entry->d_name) == NULL)
		take_letter(maildir, entry->d_name);
	return true;
}

/* --- the thread's side: the rest ------------------------------------------ */

static void
settle_all(struct maildir *maildir)
{
	struct job *job = job_queue_take_all(&maildir->settled);

	while (job != NULL) {
		struct letter *letter = (struct letter *)job;

		job = job->next;
		settle(maildir, letter->name, letter->result);
		letter->name[0] = '\0';
		maildir->under_way--;
	}
}

/* What the events say is seen by looking. */
static void
drain_events(const struct maildir *maildir)
{
	char events[4096];

	while (read(maildir->inotify_fd, events, sizeof(events)) > 0)
		continue;
}

static void
await_news(struct maildir *maildir)
{
	struct pollfd news[] = { { maildir->inotify_fd, POLLIN, 0 },
		{ maildir->thread_fd, POLLIN, 0 } };
	int count = poll(news, 2, LOOK_MS);
	eventfd_t times;

	if (count == 0 || (count > 0 && news[0].revents != 0))
		maildir->again = true;
	drain_events(maildir);
	(void)eventfd_read(maildir->thread_fd, &times);
}

static void *
tend(void *context)
{
	struct maildir *maildir = context;
	bool closed;

	do {
		/* Whatever was settled before is settled here at last. */
		closed = atomic_load(&maildir->closed);
		settle_all(maildir);
		if (!closed && !go_on(maildir))
			await_news(maildir);
	} while (!closed);
	end_pass(maildir);
	return NULL;
}

/* --- start and end -------------------------------------------------------- */

int
maildir_serve(
    struct maildir *maildir, struct store *store, struct recorder *recorder)
{
	int code = mailboxes_open(store, &maildir->mailboxes);

	maildir->recorder = recorder;
	if (code == 0)
		code = -pthread_create(&maildir->thread, NULL, tend, maildir);
	if (code != 0)
		complain(maildir, "", code);
	maildir->served = code == 0;
	return code;
}

void
maildir_stop(struct maildir *maildir)
{
	atomic_store(&maildir->stopped, true);
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
	maildir->loop_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	maildir->thread_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (maildir->loop_fd < 0 || maildir->thread_fd < 0)
		return -errno;
	maildir->new_fd = open_folder(maildir->path, "new");
	if (maildir->new_fd < 0)
		return maildir->new_fd;
	maildir->cur_fd = open_folder(maildir->path, "cur");
	if (maildir->cur_fd < 0)
		return maildir->cur_fd;
	return watch(maildir);
}

static void
close_all(const struct maildir *maildir)
{
	const int fds[] = { maildir->new_fd, maildir->cur_fd,
		maildir->inotify_fd, maildir->loop_fd, maildir->thread_fd };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
}

int
maildir_open(const char *text, size_t message_max, struct maildir **opened)
{
	struct maildir *maildir = calloc(1, sizeof(*maildir));
	char shown[LOG_TEXT_MAX];
	int code = -ENOMEM;

	if (maildir != NULL) {
		maildir->new_fd = maildir->cur_fd = maildir->inotify_fd = -1;
		maildir->loop_fd = maildir->thread_fd = -1;
		job_queue_init(&maildir->read);
		job_queue_init(&maildir->settled);
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

static void
end_thread(struct maildir *maildir)
{
	struct job *job;

	if (!maildir->served)
		return;
	atomic_store(&maildir->stopped, true);
	atomic_store(&maildir->closed, true);
	wake(maildir->thread_fd);
	pthread_join(maildir->thread, NULL);
	/* Read, and never handed over. */
	job = job_queue_take_all(&maildir->read);
	for (; job != NULL; job = job->next)
		recorder_job_free(((struct letter *)job)->content);
}

void
maildir_close(struct maildir *maildir)
{
	if (maildir == NULL)
		return;
	end_thread(maildir);
	mailboxes_close(maildir->mailboxes);
	job_queue_deinit(&maildir->read);
	job_queue_deinit(&maildir->settled);
	close_all(maildir);
	free(maildir->path);
	free(maildir->trap);
	free(maildir);
}

int
maildir_fd(const struct maildir *maildir)
{
	return maildir->loop_fd;
}
