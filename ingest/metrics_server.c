#include "ingest/metrics_server.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/metrics.h"

struct metrics_server {
	int fd;
	struct event readable;
	struct recorder *recorder;
};

static void
print(struct strbuf *out, void *recorder)
{
	recorder_print(recorder, out);
}

static void
on_readable(evutil_socket_t fd, short what, void *context)
{
	struct metrics_server *server = context;

	(void)what;
	metrics_serve(fd, print, server->recorder);
}

int
metrics_server_open(const struct settings *settings, struct event_base *base,
    struct metrics_server **opened)
{
	struct metrics_server *server;
	int fd, code = metrics_open(settings->ingest.metrics, &fd);

	if (code != 0 || fd < 0)
		return code;
	server = calloc(1, sizeof(*server));
	if (server == NULL) {
		close(fd);
		return -ENOMEM;
	}
	server->fd = fd;
	event_assign(&server->readable, base, fd, EV_READ | EV_PERSIST,
	    on_readable, server);
	*opened = server;
	return 0;
}

void
metrics_server_close(struct metrics_server *server)
{
	if (server == NULL)
		return;
	event_del(&server->readable);
	close(server->fd);
	free(server);
}

void
metrics_server_serve(struct metrics_server *server, struct recorder *recorder)
{
	if (server == NULL)
		return;
	server->recorder = recorder;
	event_add(&server->readable, NULL);
}
