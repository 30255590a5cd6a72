#include "httpapi/undertaking.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "httpapi/search.h"
#include "httpapi/site.h"
#include "httpapi/survey.h"
#include "httpapi/writer.h"

/* One of them, and what it is done by. */
struct slot {
	struct undertaking shown; /* under the lock */
	struct undertakings *of;
	struct writer_job job; /* the searcher's, then the writer's */
	struct purge_plan plan;
	int code;
};

struct undertakings {
	struct service *service;
	pthread_mutex_t lock;
	struct slot slots[UNDERTAKINGS_MAX];
	uint64_t last_number;
};

int
undertakings_new(struct service *service, struct undertakings **out)
{
	struct undertakings *all = calloc(1, sizeof(*all));

	if (all == NULL)
		return -ENOMEM;
	all->service = service;
	pthread_mutex_init(&all->lock, NULL);
	for (size_t i = 0; i < UNDERTAKINGS_MAX; i++)
		all->slots[i].of = all;
	*out = all;
	return 0;
}

void
undertakings_free(struct undertakings *all)
{
	if (all == NULL)
		return;
	pthread_mutex_destroy(&all->lock);
	free(all);
}

static bool
is_at_rest(const struct undertaking *shown)
{
	return shown->state != UNDERTAKING_LOOKING &&
	       shown->state != UNDERTAKING_DOING;
}

/* --- searching ------------------------------------------------------------ */

/* Ids are times: how many of the seconds there are a search has behind it. */
static uint64_t
seconds_done(const struct slot *slot, uint64_t next_id)
{
	uint64_t seconds = next_id / UINT64_C(1000000);
	uint64_t from = (uint64_t)slot->plan.purge.from;

	return seconds > from ? seconds - from : 0;
}

/* Of both searches. */
static unsigned
percent_of(const struct slot *slot)
{
	const struct purge_plan *plan = &slot->plan;
	uint64_t all = 2 * (uint64_t)(clock_seconds() - plan->purge.from) + 1;
	uint64_t done = seconds_done(slot, plan->next_id) +
			seconds_done(slot, plan->next_near_id);

	return done < all ? (unsigned)(done * 100 / all) : 100;
}

static int
step(struct store_txn *txn, void *context, int64_t deadline_ms)
{
	struct slot *slot = context;
	int more = record_purge_prepare(txn, &slot->plan, deadline_ms);
	unsigned percent = percent_of(slot);

	pthread_mutex_lock(&slot->of->lock);
	slot->shown.percent = percent;
	pthread_mutex_unlock(&slot->of->lock);
	return more;
}

/* --- trying it, and doing it ---------------------------------------------- */

static void
end(struct slot *slot, int code, const struct purge_result *result)
{
	struct undertaking *shown = &slot->shown;
	bool done = shown->state == UNDERTAKING_DOING;

	purge_plan_deinit(&slot->plan);
	if (code != 0)
		log_error("undertaking_failed number=%llu reason=\"%s\"",
		    (unsigned long long)shown->number, error_text(code));
	pthread_mutex_lock(&slot->of->lock);
	shown->code = code;
	shown->ended_at = done || code != 0 ? clock_seconds() : 0;
	if (code != 0)
		shown->state = UNDERTAKING_FAILED;
	else if (done)
		shown->state = UNDERTAKING_DONE;
	else
		shown->state = UNDERTAKING_SHOWN;
	*(done ? &shown->did : &shown->would) = *result;
	pthread_mutex_unlock(&slot->of->lock);
	if (done)
		survey_spoil(slot->of->service->survey);
}

/* A look is the whole work, thrown away. */
static int
purge(struct slot *slot, const struct recorder_rules *rules, bool keep,
    struct purge_result *result)
{
	struct store_txn *txn;
	int code = store_begin_write(slot->of->service->store, &txn);

	if (code != 0)
		return code;
	code = record_purge(txn, rules, &slot->plan, clock_seconds(), result);
	if (code == 0 && keep)
		code = store_commit(txn);
	else
		store_abort(txn);
	record_log_decisions(rules, code == 0 && keep);
	return code;
}

static struct slot *
slot_of(struct writer_job *job)
{
	return (
	    struct slot *)(void *)((char *)job - offsetof(struct slot, job));
}

/* The writer's thread alone may use the rules. */
static void
run_on_writer(struct writer_job *job, void *context)
{
	struct slot *slot = slot_of(job);
	const struct site *site = atomic_load(&slot->of->service->site);
	struct recorder_rules rules = site->rules;
	struct purge_result result = { .evidence = 0 };
	bool keep = slot->shown.state == UNDERTAKING_DOING;

	(void)context;
	rules.who = keep ? slot->shown.confirmed_by : slot->shown.who;
	slot->code = purge(slot, &rules, keep, &result);
	end(slot, slot->code, &result);
}

static void
rest(struct writer_job *job, void *context)
{
	(void)job;
	(void)context;
}

/* From the searcher's thread over to the writer's. */
static void
go_on(struct writer_job *job, void *context)
{
	const struct purge_result none = { .evidence = 0 };
	struct slot *slot = slot_of(job);
	struct writer *writer = slot->of->service->writer;

	(void)context;
	if (slot->code == 0 && !writer_reserve(writer))
		slot->code = ERROR_BUSY;
	if (slot->code != 0) {
		end(slot, slot->code, &none);
		return;
	}
	pthread_mutex_lock(&slot->of->lock);
	slot->shown.searched = true;
	pthread_mutex_unlock(&slot->of->lock);
	job->run = run_on_writer;
	job->done = rest;
	writer_submit(writer, job);
}

static void
run_on_searcher(struct writer_job *job, void *context)
{
	struct slot *slot = slot_of(job);

	(void)context;
	slot->code = search_walk(slot->of->service, step, slot);
}

/* With the lock held, and a place of the searcher's. */
static void
start(struct slot *slot, enum undertaking_state state)
{
	struct undertaking *shown = &slot->shown;

	shown->state = state;
	shown->percent = 0;
	shown->searched = false;
	if (shown->until_now)
		shown->purge.to = clock_seconds() + 1;
	purge_plan_init(&slot->plan, &shown->purge);
	slot->plan.purge.reason = shown->reason;
	slot->job.run = run_on_searcher;
	slot->job.done = go_on;
	writer_submit(slot->of->service->searcher, &slot->job);
}

/* --- from outside --------------------------------------------------------- */

/* Never used, or the oldest at rest; NULL: all are under way. */
static struct slot *
find_room(struct undertakings *all)
{
	struct slot *best = NULL;

	for (size_t i = 0; i < UNDERTAKINGS_MAX; i++) {
		struct slot *slot = &all->slots[i];

		if ((slot->shown.number == 0 || is_at_rest(&slot->shown)) &&
		    (best == NULL || slot->shown.number < best->shown.number))
			best = slot;
	}
	return best;
}

int
undertaking_begin(
    struct undertakings *all, const struct undertaking *what, uint64_t *number)
{
	struct slot *slot;
	int code = ERROR_FULL;

	if (!writer_reserve(all->service->searcher))
		return ERROR_FULL;
	pthread_mutex_lock(&all->lock);
	slot = find_room(all);
	if (slot != NULL) {
		struct undertaking *shown = &slot->shown;

		memset(shown, 0, sizeof(*shown));
		shown->number = *number = ++all->last_number;
		shown->purge = what->purge;
		shown->until_now = what->until_now;
		strcpy(shown->subject, what->subject);
		strcpy(shown->who, what->who);
		shown->begun_at = clock_seconds();
		start(slot, UNDERTAKING_LOOKING);
		code = 0;
	}
	pthread_mutex_unlock(&all->lock);
	if (code != 0)
		writer_release(all->service->searcher);
	return code;
}

/* With the lock held; NULL: there is none. */
static struct slot *
find(struct undertakings *all, uint64_t number)
{
	for (size_t i = 0; number != 0 && i < UNDERTAKINGS_MAX; i++) {
		if (all->slots[i].shown.number == number)
			return &all->slots[i];
	}
	return NULL;
}

int
undertaking_confirm(struct undertakings *all, uint64_t number, const char *who,
    const char *reason)
{
	struct slot *slot;
	int code = 0;

	if (!writer_reserve(all->service->searcher))
		return ERROR_FULL;
	pthread_mutex_lock(&all->lock);
	slot = find(all, number);
	if (slot == NULL)
		code = ERROR_NOT_FOUND;
	else if (slot->shown.state != UNDERTAKING_SHOWN)
		code = ERROR_EXISTS;
	if (code == 0) {
		snprintf(slot->shown.confirmed_by,
		    sizeof(slot->shown.confirmed_by), "%s", who);
		snprintf(slot->shown.reason, sizeof(slot->shown.reason), "%s",
		    reason);
		start(slot, UNDERTAKING_DOING);
	}
	pthread_mutex_unlock(&all->lock);
	if (code != 0)
		writer_release(all->service->searcher);
	return code;
}

int
undertaking_get(
    struct undertakings *all, uint64_t number, struct undertaking *found)
{
	const struct slot *slot;

	pthread_mutex_lock(&all->lock);
	slot = find(all, number);
	if (slot != NULL)
		*found = slot->shown;
	pthread_mutex_unlock(&all->lock);
	return slot != NULL ? 0 : ERROR_NOT_FOUND;
}

static int
compare(const void *left, const void *right)
{
	const struct undertaking *a = left, *b = right;

	return a->number > b->number ? -1 : a->number < b->number;
}

size_t
undertaking_list(
    struct undertakings *all, struct undertaking list[UNDERTAKINGS_MAX])
{
	size_t count = 0;

	pthread_mutex_lock(&all->lock);
	for (size_t i = 0; i < UNDERTAKINGS_MAX; i++) {
		if (all->slots[i].shown.number != 0)
			list[count++] = all->slots[i].shown;
	}
	pthread_mutex_unlock(&all->lock);
	qsort(list, count, sizeof(*list), compare);
	return count;
}
