#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "ingest/maildir_private.h"

/* What is delivered is linked or renamed into new/. */
#define EVENTS (IN_CREATE | IN_MOVED_TO)

void
maildir_wake(int event_fd)
{
	/* It fails only where the other side has not looked for ages. */
	(void)eventfd_write(event_fd, 1);
}

void
maildir_complain(const struct maildir *maildir, const char *name, int code)
{
	static struct log_gate gate = LOG_GATE(10);
	char path[LOG_TEXT_MAX], file[LOG_TEXT_MAX];

	if (log_gate_open(&gate, "maildir_failed"))
		log_error("maildir_failed path=%s file=%s reason=\"%s\"",
		    log_escape(maildir->path, path), log_escape(name, file),
		    error_text(code));
}

/* --- the event loop's side ------------------------------------------------ */

static void
answer(struct letter *letter, int result)
{
	struct maildir *maildir = letter->maildir;

	letter->result = result;
	job_queue_put(&maildir->settled, &letter->job);
	maildir_wake(maildir->thread_fd);
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
	int code = ERROR_LIMIT;

	content->done = note_done;
	content->context = letter;
	letter->content = NULL;
	if (maildir->recorder != NULL)
		code = recorder_submit(maildir->recorder, content);
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
		maildir_wake(maildir->thread_fd);
	}
}

/* --- start and end -------------------------------------------------------- */

int
maildir_serve(
    struct maildir *maildir, struct store *store, struct recorder *recorder)
{
	int code = mailboxes_open(store, &maildir->mailboxes);

	maildir->recorder = recorder;
	if (code == 0)
		code = -pthread_create(
		    &maildir->thread, NULL, maildir_tend, maildir);
	if (code != 0)
		maildir_complain(maildir, "", code);
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
	maildir_wake(maildir->thread_fd);
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
