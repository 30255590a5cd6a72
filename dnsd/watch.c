#include "dnsd/watch.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"

/* A look costs less than a microsecond; a notice to secondaries may wait. */
#define LOOK_MS 50

/* What failed may fail again: the database answers meanwhile. */
#define FAILED_MS 1000

struct watch {
	struct store *store;
	struct index *index;
	int call;
	pthread_t thread;
	bool runs;
	atomic_bool stop;
	uint64_t seen; /* the last transaction that the index has followed */
	uint64_t builds_told;
};

static void
tell(struct watch *watch, int64_t since_ms)
{
	struct index_figures figures;

	index_figures(watch->index, &figures);
	if (figures.builds == watch->builds_told)
		return;
	watch->builds_told = figures.builds;
	if (figures.ready)
		log_notice("index_ready serial=%" PRIu32 " addresses=%" PRIu64
			   " units=%" PRIu64 " ms=%" PRId64,
		    figures.serial, figures.addresses, figures.units,
		    clock_monotonic_ms() - since_ms);
	else
		log_warning("index_unfit serial=%" PRIu32
			    " reason=\"names that no publisher makes\"",
		    figures.serial);
}

/* 0 when the index is where the database is, or was a moment ago. */
static int
follow(struct watch *watch)
{
	static struct log_gate gate = LOG_GATE(2);
	int64_t since_ms = clock_monotonic_ms();
	int result;

	do {
		result = index_step(watch->index);
	} while (result > 0 && !atomic_load(&watch->stop));
	if (result == 0)
		tell(watch, since_ms);
	else if (result < 0 && log_gate_open(&gate, "index_failed"))
		log_error("index_failed reason=\"%s\"", error_text(result));
	return result;
}

/* However often queries call: what failed is not tried again for each. */
static void
rest(struct watch *watch)
{
	const struct timespec pause = { .tv_nsec = LOOK_MS * 1000000 };
	int64_t until_ms = clock_monotonic_ms() + FAILED_MS;

	while (!atomic_load(&watch->stop) && clock_monotonic_ms() < until_ms)
		nanosleep(&pause, NULL);
}

static void *
run(void *context)
{
	struct watch *watch = context;

	while (!atomic_load(&watch->stop)) {
		uint64_t last = store_last_txn_id(watch->store);

		if (last != watch->seen) {
			eventfd_write(watch->call, 1);
			if (follow(watch) != 0) {
				rest(watch);
				continue;
			}
		}
		watch->seen = last;
		index_await_call(watch->index, LOOK_MS);
	}
	return NULL;
}

int
watch_start(struct store *store, int call, struct watch **out)
{
	struct watch *watch = calloc(1, sizeof(*watch));
	int error = -ENOMEM;

	if (watch != NULL) {
		watch->store = store;
		watch->call = call;
		error = index_new(store, &watch->index);
	}
	if (error == 0)
		error = -pthread_create(&watch->thread, NULL, run, watch);
	if (error != 0) {
		log_error("start_failed reason=\"%s\"", error_text(error));
		watch_stop(watch);
		return error;
	}
	watch->runs = true;
	*out = watch;
	return 0;
}

void
watch_stop(struct watch *watch)
{
	if (watch == NULL)
		return;
	atomic_store(&watch->stop, true);
	if (watch->runs) {
		index_call(watch->index);
		pthread_join(watch->thread, NULL);
	}
	index_free(watch->index);
	free(watch);
}

struct index *
watch_index(const struct watch *watch)
{
	return watch->index;
}
