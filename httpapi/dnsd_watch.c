#include "httpapi/dnsd_watch.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "common/error.h"
#include "common/log.h"
#include "db/meta.h"
#include "httpapi/reader.h"

struct dnsd_watch {
	struct probe probe;
	uint32_t serial; /* the database's, a round ago; 0 not read yet */
	uint32_t asked;	 /* the one before the question under way */
	unsigned rounds; /* since that question; 0: none is under way */
	pthread_mutex_t lock;
	struct probe_answer answer; /* under it */
};

int
dnsd_watch_new(const struct settings *settings, struct dnsd_watch **out)
{
	struct dnsd_watch *watch = calloc(1, sizeof(*watch));
	int code;

	if (watch == NULL)
		return -ENOMEM;
	pthread_mutex_init(&watch->lock, NULL);
	code = probe_open(&watch->probe, settings);
	if (code != 0)
		log_warning("dnsd_not_asked reason=\"%s\"", error_text(code));
	*out = watch;
	return 0;
}

void
dnsd_watch_free(struct dnsd_watch *watch)
{
	if (watch == NULL)
		return;
	probe_close(&watch->probe);
	pthread_mutex_destroy(&watch->lock);
	free(watch);
}

struct probe_answer
dnsd_watch_get(struct dnsd_watch *watch)
{
	struct probe_answer answer;

	pthread_mutex_lock(&watch->lock);
	answer = watch->answer;
	pthread_mutex_unlock(&watch->lock);
	return answer;
}

static void
keep(struct dnsd_watch *watch, const struct probe_answer *answer)
{
	pthread_mutex_lock(&watch->lock);
	watch->answer = *answer;
	pthread_mutex_unlock(&watch->lock);
}

/*
 * What came to the question. Rounds are counted, not seconds: a round that
 * comes late behind a long job finds the answer where it waits.
 */
static void
take(struct dnsd_watch *watch)
{
	struct probe_answer answer;

	if (probe_take(&watch->probe, &answer)) {
		probe_judge(&answer, watch->asked);
		keep(watch, &answer);
	} else if (watch->probe.refused ||
		   watch->rounds == DNSD_WATCH_SECONDS) {
		answer = (struct probe_answer){ .state = PROBE_SILENT };
		keep(watch, &answer);
	}
}

static void
ask(struct dnsd_watch *watch, struct service *service)
{
	struct zone_version version = { 0 };
	struct reader *reader;

	if (reader_take(service->readers, &reader) != 0)
		return;
	/* As it was a round ago: dnsd has had a second to follow. */
	if (watch->rounds == 0 && watch->serial != 0) {
		watch->asked = watch->serial;
		probe_ask(&watch->probe, reader->zone.origin,
		    reader->zone.origin_len);
		watch->rounds = 1;
	}
	if (meta_zone_version(reader->txn, &version) == 0)
		watch->serial = version.serial;
	reader_give(service->readers, reader);
}

void
dnsd_watch_round(struct dnsd_watch *watch, struct service *service)
{
	if (watch->probe.fd < 0)
		return;
	if (watch->rounds > 0) {
		take(watch);
		if (watch->rounds++ == DNSD_WATCH_SECONDS)
			watch->rounds = 0;
	}
	ask(watch, service);
}
