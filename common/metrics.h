#ifndef COMMON_METRICS_H
#define COMMON_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "common/strbuf.h"

/*
 * Numbers for whoever watches, in Prometheus' text format, version 0.0.4:
 * "bsbl_PROGRAM_WHAT_UNIT", and "_total" behind what only rises.
 */
struct metric {
	const char *name, *type, *help;
	uint64_t number;
};
void metrics_put(struct strbuf *out, const struct metric *list, size_t count);
/* What stands before numbers that bear labels. */
void metrics_head(
    struct strbuf *out, const char *name, const char *type, const char *help);

/*
 * Told to whoever connects to a local socket: all of them, then the end.
 *
 * metrics_open: a listening descriptor in *fd, or -1 where the path is empty.
 * 0, or a negative code after one log line.
 */
int metrics_open(const char *path, int *fd);
/*
 * Tells one of those who wait there: whoever comes again and again does not
 * keep the caller from the rest. Does not wait itself.
 */
typedef void metrics_print(struct strbuf *out, void *context);
void metrics_serve(int fd, metrics_print *print, void *context);

#endif
