#ifndef CTL_PROGRESS_H
#define CTL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How far a long work is, in one line that is drawn anew some five times a
 * second; only where standard error is a terminal, and not before the work has
 * taken half a second. It is gone when the work ends.
 */
struct progress {
	const char *doing; /* "importing" */
	uint64_t total;	   /* 0: not known; then only counted */
	int64_t began_ms, next_ms;
	bool terminal, drawn;
};

void progress_begin(
    struct progress *progress, const char *doing, uint64_t total);
void progress_show(struct progress *progress, uint64_t done);
void progress_end(struct progress *progress);

/*
 * The line itself, for a terminal so wide: pure, for tests. `elapsed_ms` is
 * since the beginning.
 */
#define PROGRESS_LINE_MAX 256
char *progress_line(const struct progress *progress, uint64_t done,
    int64_t elapsed_ms, unsigned columns, char line[PROGRESS_LINE_MAX]);

#endif
