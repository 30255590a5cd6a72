#include "common/clock.h"
#include "httpapi/undertaking_api.h"
#include "httpapi/undertaking_private.h"

/*
 * Requests that wait until an undertaking rests, or their time is over. The
 * connection of one that is answered may be gone at any moment.
 */

/* With the lock held. */
static bool
is_due(struct undertakings *all, const struct exchange *exchange)
{
	const struct slot *slot =
	    undertaking_find(all, exchange->awaiting.number);

	return slot == NULL || undertaking_is_at_rest(&slot->shown) ||
	       clock_monotonic_ms() >= exchange->awaiting.until_ms;
}

void
undertaking_await(struct writer_job *job, void *context)
{
	struct exchange *exchange = exchange_of_job(job);
	struct undertakings *all = exchange->service->undertakings;
	bool due;

	(void)context;
	pthread_mutex_lock(&all->lock);
	due = is_due(all, exchange);
	if (!due) {
		exchange->awaiting.next = all->waiting;
		all->waiting = exchange;
	}
	pthread_mutex_unlock(&all->lock);
	if (due)
		undertaking_answer(exchange);
}

/* Out of the list: those that are due, or everybody. */
static struct exchange *
take_due(struct undertakings *all, bool everybody)
{
	struct exchange **place = &all->waiting, *due = NULL;

	while (*place != NULL) {
		struct exchange *one = *place;

		if (!everybody && !is_due(all, one)) {
			place = &one->awaiting.next;
			continue;
		}
		*place = one->awaiting.next;
		one->awaiting.next = due;
		due = one;
	}
	return due;
}

void
undertakings_wake(struct undertakings *all, bool everybody)
{
	struct exchange *due;

	pthread_mutex_lock(&all->lock);
	due = take_due(all, everybody);
	pthread_mutex_unlock(&all->lock);
	while (due != NULL) {
		struct exchange *next = due->awaiting.next;

		undertaking_answer(due);
		due = next;
	}
}
