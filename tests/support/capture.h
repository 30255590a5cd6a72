#ifndef TESTS_SUPPORT_CAPTURE_H
#define TESTS_SUPPORT_CAPTURE_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * What a test's subject writes to a descriptor (1 or 2), kept instead of
 * shown:
 *
 *	struct capture capture = capture_begin(STDERR_FILENO);
 *	...
 *	char *text = capture_end(&capture);	(free it)
 */
struct capture {
	int fd, saved, kept;
};

static inline struct capture
capture_begin(int fd)
{
	struct capture capture = { .fd = fd };

	fflush(NULL);
	capture.saved = dup(fd);
	capture.kept = memfd_create("capture", MFD_CLOEXEC);
	/* Threads that write at once must not write to the same place. */
	if (capture.saved < 0 || fcntl(capture.kept, F_SETFL, O_APPEND) != 0 ||
	    dup2(capture.kept, fd) < 0)
		abort();
	return capture;
}

static inline char *
capture_end(struct capture *capture)
{
	char *text;
	off_t len;

	fflush(NULL);
	if (dup2(capture->saved, capture->fd) < 0)
		abort();
	close(capture->saved);
	len = lseek(capture->kept, 0, SEEK_END);
	text = calloc(1, (size_t)len + 1);
	if (text == NULL || pread(capture->kept, text, (size_t)len, 0) != len)
		abort();
	close(capture->kept);
	return text;
}

#endif
