#include "ingest/maildirs.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>

#include "ingest/maildir.h"

struct maildirs {
	struct watched {
		struct maildir *maildir;
		struct event readable;
	} * list;
	size_t count;
};

static void
on_readable(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	maildir_work(context);
}

static int
open_all(struct maildirs *maildirs, const struct settings *settings,
    struct event_base *base)
{
	const struct settings_list *texts = &settings->ingest.maildir;

	maildirs->list = calloc(texts->count + 1, sizeof(*maildirs->list));
	if (maildirs->list == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < texts->count; i++) {
		struct watched *watched = &maildirs->list[i];
		int code = maildir_open(texts->items[i],
		    (size_t)settings->ingest.message_bytes, &watched->maildir);

		if (code != 0)
			return code;
		event_assign(&watched->readable, base,
		    maildir_fd(watched->maildir), EV_READ | EV_PERSIST,
		    on_readable, watched->maildir);
		maildirs->count++;
	}
	return 0;
}

int
maildirs_open(const struct settings *settings, struct event_base *base,
    struct maildirs **opened)
{
	struct maildirs *maildirs = calloc(1, sizeof(*maildirs));
	int code;

	if (maildirs == NULL)
		return -ENOMEM;
	code = open_all(maildirs, settings, base);
	if (code != 0) {
		maildirs_close(maildirs);
		return code;
	}
	*opened = maildirs;
	return 0;
}

int
maildirs_serve(
    struct maildirs *maildirs, struct store *store, struct recorder *recorder)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < maildirs->count; i++) {
		struct watched *watched = &maildirs->list[i];

		code = maildir_serve(watched->maildir, store, recorder);
		event_add(&watched->readable, NULL);
	}
	return code;
}

void
maildirs_stop(struct maildirs *maildirs)
{
	for (size_t i = 0; maildirs != NULL && i < maildirs->count; i++)
		maildir_stop(maildirs->list[i].maildir);
}

void
maildirs_close(struct maildirs *maildirs)
{
	if (maildirs == NULL)
		return;
	for (size_t i = 0; i < maildirs->count; i++) {
		event_del(&maildirs->list[i].readable);
		maildir_close(maildirs->list[i].maildir);
	}
	free(maildirs->list);
	free(maildirs);
}
