#include "common/metrics.h"

#include <inttypes.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/listen.h"
#include "common/log.h"

#define TEXT_MAX 65536 /* it is a tenth of that */

/* --- text ----------------------------------------------------------------- */

void
metrics_head(
    struct strbuf *out, const char *name, const char *type, const char *help)
{
	strbuf_printf(
	    out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void
metrics_put(struct strbuf *out, const struct metric *list, size_t count)
{
	for (const struct metric *metric = list; metric < list + count;
	     metric++) {
		metrics_head(out, metric->name, metric->type, metric->help);
		strbuf_printf(
		    out, "%s %" PRIu64 "\n", metric->name, metric->number);
	}
}

/* --- the socket ----------------------------------------------------------- */

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
tell(int fd, metrics_print *print, void *context)
{
	struct strbuf text;

	strbuf_init(&text, TEXT_MAX);
	print(&text, context);
	/* The socket's buffer takes it whole; if not, it was not wanted. */
	if (send(fd, text.text, text.len, MSG_NOSIGNAL) < 0)
		log_debug("metrics_unsent");
	strbuf_deinit(&text);
}

void
metrics_serve(int fd, metrics_print *print, void *context)
{
	int client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (client < 0)
		return;
	tell(client, print, context);
	close(client);
}
