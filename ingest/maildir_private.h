#ifndef INGEST_MAILDIR_PRIVATE_H
#define INGEST_MAILDIR_PRIVATE_H

#include <dirent.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>

#include "ingest/mailboxes.h"
#include "ingest/maildir.h"

/*
 * What the files of a Maildir share, and nobody else includes: maildir.c (start
 * and end, and what the event loop does) and maildir_thread.c (the thread that
 * looks, reads and moves).
 */

/* Of one folder: enough to fill a group, too few to crowd out the others. */
#define MAILDIR_UNDER_WAY_MAX 64

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
	struct letter letters[MAILDIR_UNDER_WAY_MAX];
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

/* The thread: of a struct maildir, until that is closed. */
void *maildir_tend(void *maildir);

/* There is news for the other side; it has this eventfd. */
void maildir_wake(int event_fd);
/* `name`: a file in new/, or what else of the folder. */
void maildir_complain(
    const struct maildir *maildir, const char *name, int code);

#endif
