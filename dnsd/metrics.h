#ifndef DNSD_METRICS_H
#define DNSD_METRICS_H

#include "dnsd/server.h"

/*
 * The counters, told to whoever connects to a local socket (dnsd.metrics): all
 * of them as text, then the end.
 */

/*
 * A listening descriptor in *fd, or -1 where the path is empty. 0, or a
 * negative code after one log line.
 */
int metrics_open(const char *path, int *fd);

/*
 * Tells one of those who wait at the socket: whoever comes again and again does
 * not keep the caller from the rest. Does not wait itself.
 */
void metrics_serve(int fd, const struct server *server);

#endif
