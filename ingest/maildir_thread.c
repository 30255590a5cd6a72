#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "ingest/handover.h"
#include "ingest/maildir_private.h"
#include "ingest/mailfile.h"

/* What was left for want of room or of rights is looked for again. */
#define LOOK_MS 10000

/* The end of the name of a message that was looked at. */
#define INFO_SEEN ":2,S"

/* --- letters -------------------------------------------------------------- */

static void
put_away(struct maildir *maildir, const char *name)
{
	char seen[NAME_MAX + sizeof(INFO_SEEN)];

	snprintf(seen, sizeof(seen), "%s%s", name,
	    strchr(name, ':') == NULL ? INFO_SEEN : "");
	if (renameat(maildir->new_fd, name, maildir->cur_fd, seen) != 0 &&
	    errno != ENOENT)
		maildir_complain(maildir, name, -errno);
}

static struct letter *
find_letter(struct maildir *maildir, const char *name)
{
	for (unsigned i = 0; i < MAILDIR_UNDER_WAY_MAX; i++) {
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
		maildir_complain(maildir, name, result);
	}
}

/* --- passes through new/ -------------------------------------------------- */

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
	letter->maildir = maildir;
	strcpy(letter->name, name);
	maildir->under_way++;
	atomic_store(&maildir->waits, true);
	job_queue_put(&maildir->read, &letter->job);
	maildir_wake(maildir->loop_fd);
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

	if (maildir->under_way == MAILDIR_UNDER_WAY_MAX ||
	    atomic_load(&maildir->waits) || atomic_load(&maildir->stopped))
		return false;
	if (maildir->pass == NULL && maildir->again)
		code = begin_pass(maildir);
	if (code != 0)
		maildir_complain(maildir, "new", code);
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

/* --- the thread ----------------------------------------------------------- */

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

void *
maildir_tend(void *context)
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
