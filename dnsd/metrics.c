#include "dnsd/metrics.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/listen.h"
#include "common/log.h"
#include "dnsd/counters.h"

#define TEXT_MAX 65536 /* it is a tenth of that */

int
metrics_open(const char *path, int *fd)
{
	*fd = -1;
	if (path[0] == '\0')
		return 0;
	*fd = listen_open(path, LISTEN_STREAM);
	return *fd < 0 ? *fd : 0;
}

static void
tell(int fd, const struct server *server)
{
	struct counters sum;
	struct strbuf text;

	server_count(server, &sum);
	strbuf_init(&text, TEXT_MAX);
	counters_print(&sum, &text);
	/* The socket's buffer takes it whole; if not, it was not wanted. */
	if (send(fd, text.text, text.len, MSG_NOSIGNAL) < 0)
		log_debug("metrics_unsent");
	strbuf_deinit(&text);
}

void
metrics_serve(int fd, const struct server *server)
{
	int client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (client < 0)
		return;
	tell(client, server);
	close(client);
}
