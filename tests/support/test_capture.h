#ifndef TESTS_SUPPORT_TEST_CAPTURE_H
#define TESTS_SUPPORT_TEST_CAPTURE_H

/*
 * What is logged between capture_begin and capture_end, as text, so that a
 * test can say which line an operator would read. Include it after cmocka.h.
 */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct capture {
	FILE *file;
	int stderr_fd;
	char text[8192];
};

static inline void
capture_begin(struct capture *capture)
{
	capture->file = tmpfile();
	assert_non_null(capture->file);
	fflush(stderr);
	capture->stderr_fd = dup(STDERR_FILENO);
	dup2(fileno(capture->file), STDERR_FILENO);
}

/* Returns how many lines there were. */
static inline int
capture_end(struct capture *capture)
{
	size_t len;
	int lines = 0;

	fflush(stderr);
	dup2(capture->stderr_fd, STDERR_FILENO);
	close(capture->stderr_fd);
	rewind(capture->file);
	len = fread(capture->text, 1, sizeof(capture->text) - 1, capture->file);
	capture->text[len] = '\0';
	fclose(capture->file);
	for (const char *c = capture->text; (c = strchr(c, '\n')) != NULL; c++)
		lines++;
	return lines;
}

#endif
