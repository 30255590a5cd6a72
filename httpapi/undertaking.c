#include "httpapi/undertaking.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "httpapi/survey.h"
#include "httpapi/undertaking_private.h"

bool
undertaking_is_purge(enum undertaking_sort sort)
{
	return sort == UNDERTAKING_PURGE || sort == UNDERTAKING_MERGE;
}

bool
undertaking_is_at_rest(const struct undertaking *of)
{
	return of->state != UNDERTAKING_LOOKING &&
	       of->state != UNDERTAKING_DOING;
}

const char *
undertaking_sort_name(enum undertaking_sort sort)
{
	static const char *const names[UNDERTAKING_SORTS] = {
		[UNDERTAKING_PURGE] = "purge",
		[UNDERTAKING_MERGE] = "merge",
		[UNDERTAKING_RELEASE] = "release",
		[UNDERTAKING_REJECT] = "reject",
		[UNDERTAKING_REMOVE] = "remove",
		[UNDERTAKING_EXEMPT] = "exempt",
	};

	return names[sort];
}

unsigned
undertaking_percent(const struct undertaking *of)
{
	if (undertaking_is_purge(of->sort) || !of->searched || of->total == 0)
		return of->percent;
	return (unsigned)(of->done * 100 / of->total);
}

uint64_t
undertaking_number(const char *text)
{
	size_t len = strspn(text, "0123456789");

	/* Nineteen digits would be too many for some. */
	return len > 0 && len <= 18 && text[len] == '\0'
		   ? strtoull(text, NULL, 10)
		   : 0;
}

bool
undertaking_may_see(const struct caller *caller, const struct undertaking *of)
{
	unsigned needs =
	    undertaking_is_purge(of->sort) ? PERMIT_MANAGE : PERMIT_DECIDE;

	return (caller->permits & needs) != 0;
}

static const struct undertaking_way *
way_of(const struct slot *slot)
{
	return undertaking_is_purge(slot->shown.sort) ? &undertaking_purging
						      : &undertaking_in_bulk;
}

int
undertakings_new(struct service *service, struct undertakings **out)
{
	struct undertakings *all = calloc(1, sizeof(*all));

	if (all == NULL)
		return -ENOMEM;
	all->service = service;
	/* A page that was open before a new start names none of the new. */
	all->last_number = (uint64_t)clock_seconds();
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

int
undertakings_resume(struct undertakings *all)
{
	int code = 0;

	pthread_mutex_lock(&all->lock);
	if (clock_monotonic_ms() >= all->again_ms)
		code = undertaking_read_bulk(all);
	pthread_mutex_unlock(&all->lock);
	return code;
}

/* --- on its way ----------------------------------------------------------- */

struct slot *
undertaking_slot(struct writer_job *job)
{
	return (
	    struct slot *)(void *)((char *)job - offsetof(struct slot, job));
}

bool
undertaking_is_stopped(struct slot *slot)
{
	bool stop;

	pthread_mutex_lock(&slot->of->lock);
	stop = slot->stop;
	pthread_mutex_unlock(&slot->of->lock);
	return stop;
}

void
undertaking_tell_percent(struct slot *slot, unsigned percent)
{
	pthread_mutex_lock(&slot->of->lock);
	slot->shown.percent = percent;
	pthread_mutex_unlock(&slot->of->lock);
}

static enum undertaking_state
state_after(const struct slot *slot, int code)
{
	if (code != 0)
		return UNDERTAKING_FAILED;
	if (slot->shown.state == UNDERTAKING_LOOKING)
		return slot->shown.only_looks ? UNDERTAKING_DONE
					      : UNDERTAKING_SHOWN;
	return slot->stop && slot->shown.done < slot->shown.total
		   ? UNDERTAKING_STOPPED
		   : UNDERTAKING_DONE;
}

/* A full disk seldom has room a second later, and what failed begins anew. */
#define PAUSE_MS 30000

/* With the lock held. One that was stopped, or cut short, did not fail. */
static void
pause_after(struct undertakings *all, int code)
{
	if (code != 0 && code != ERROR_NOT_FOUND && code != -ECANCELED)
		all->again_ms = clock_monotonic_ms() + PAUSE_MS;
}

void
undertaking_rest(struct slot *slot, int code, const struct purge_result *result)
{
	struct undertaking *shown = &slot->shown;
	struct undertakings *all = slot->of;
	bool did = shown->state == UNDERTAKING_DOING;

	way_of(slot)->clear(slot);
	if (code == -ECANCELED)
		log_notice("undertaking_cut_short number=%llu reason=\"the "
			   "program ends\"",
		    (unsigned long long)shown->number);
	else if (code != 0)
		log_error("undertaking_failed number=%llu reason=\"%s\"",
		    (unsigned long long)shown->number, error_text(code));
	pthread_mutex_lock(&all->lock);
	pause_after(all, code);
	shown->code = code;
	shown->ended_at =
	    did || shown->only_looks || code != 0 ? clock_seconds() : 0;
	shown->state = state_after(slot, code);
	if (result != NULL)
		*(did ? &shown->did : &shown->would) = *result;
	pthread_mutex_unlock(&all->lock);
	if (did)
		survey_spoil(all->service->survey);
	undertakings_wake(all, false);
}

/* Where a look is no more than a search, it ends here. */
static bool
goes_on(struct slot *slot)
{
	const struct undertaking_way *way = way_of(slot);
	bool looks = slot->shown.state == UNDERTAKING_LOOKING;

	if (slot->code == 0 && way->show != NULL) {
		pthread_mutex_lock(&slot->of->lock);
		way->show(slot);
		pthread_mutex_unlock(&slot->of->lock);
	}
	return slot->code == 0 && !(looks && way->show != NULL);
}

/* From the searcher's thread over to the writer's. */
static void
go_on(struct writer_job *job, void *context)
{
	struct slot *slot = undertaking_slot(job);
	struct writer *writer = slot->of->service->writer;
	bool further = goes_on(slot);

	(void)context;
	if (further && !writer_reserve(writer)) {
		slot->code = ERROR_BUSY;
		further = false;
	}
	if (!further) {
		undertaking_rest(slot, slot->code, NULL);
		return;
	}
	pthread_mutex_lock(&slot->of->lock);
	slot->shown.searched = true;
	pthread_mutex_unlock(&slot->of->lock);
	job->run = way_of(slot)->run;
	job->done = way_of(slot)->done;
	writer_submit(writer, job);
}

static void
run_on_searcher(struct writer_job *job, void *context)
{
	struct slot *slot = undertaking_slot(job);

	(void)context;
	slot->code = search_walk(slot->of->service, way_of(slot)->search, slot);
}

void
undertaking_start(struct slot *slot, enum undertaking_state state)
{
	slot->shown.state = state;
	slot->shown.percent = 0;
	slot->shown.searched = false;
	slot->stop = false;
	way_of(slot)->prepare(slot);
	slot->job.run = run_on_searcher;
	slot->job.done = go_on;
	writer_submit(slot->of->service->searcher, &slot->job);
}

/* --- from outside --------------------------------------------------------- */

struct slot *
undertaking_find_room(struct undertakings *all)
{
	struct slot *best = NULL;

	for (size_t i = 0; i < UNDERTAKINGS_MAX; i++) {
		struct slot *slot = &all->slots[i];

		if ((slot->shown.number == 0 ||
			undertaking_is_at_rest(&slot->shown)) &&
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
	slot = undertaking_find_room(all);
	if (slot != NULL) {
		slot->shown = *what;
		slot->shown.number = *number = ++all->last_number;
		slot->shown.begun_at = clock_seconds();
		undertaking_start(slot, what->confirmed_by[0] != '\0'
					    ? UNDERTAKING_DOING
					    : UNDERTAKING_LOOKING);
		code = 0;
	}
	pthread_mutex_unlock(&all->lock);
	if (code != 0)
		writer_release(all->service->searcher);
	return code;
}

struct slot *
undertaking_find(struct undertakings *all, uint64_t number)
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
	slot = undertaking_find(all, number);
	if (slot == NULL)
		code = ERROR_NOT_FOUND;
	else if (slot->shown.state != UNDERTAKING_SHOWN)
		code = ERROR_EXISTS;
	if (code == 0) {
		snprintf(slot->shown.confirmed_by,
		    sizeof(slot->shown.confirmed_by), "%s", who);
		snprintf(slot->shown.reason, sizeof(slot->shown.reason), "%s",
		    reason);
		undertaking_start(slot, UNDERTAKING_DOING);
	}
	pthread_mutex_unlock(&all->lock);
	if (code != 0)
		writer_release(all->service->searcher);
	return code;
}

int
undertaking_stop(struct undertakings *all, uint64_t number)
{
	struct slot *slot;
	int code = 0;

	pthread_mutex_lock(&all->lock);
	slot = undertaking_find(all, number);
	if (slot == NULL)
		code = ERROR_NOT_FOUND;
	else if (slot->shown.state != UNDERTAKING_DOING || slot->shown.taken)
		code = ERROR_REFUSED;
	else
		slot->stop = true;
	pthread_mutex_unlock(&all->lock);
	return code;
}

int
undertaking_get(
    struct undertakings *all, uint64_t number, struct undertaking *found)
{
	const struct slot *slot;

	pthread_mutex_lock(&all->lock);
	slot = undertaking_find(all, number);
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
