#include "ingest/backlog.h"

void
backlog_init(struct backlog *backlog)
{
	pthread_mutex_init(&backlog->lock, NULL);
	backlog->first = backlog->count = 0;
}

void
backlog_deinit(struct backlog *backlog)
{
	pthread_mutex_destroy(&backlog->lock);
}

static struct backlog_group *
group_at(struct backlog *backlog, unsigned place)
{
	return &backlog->groups[(backlog->first + place) % BACKLOG_MAX];
}

static void
forget_settled(struct backlog *backlog, uint64_t settled)
{
	while (backlog->count > 0 &&
	       backlog->groups[backlog->first].number <= settled) {
		backlog->first = (backlog->first + 1) % BACKLOG_MAX;
		backlog->count--;
	}
}

void
backlog_note(struct backlog *backlog, uint64_t number, uint64_t octets,
    uint64_t settled, int64_t now_ms)
{
	struct backlog_group *group;

	pthread_mutex_lock(&backlog->lock);
	forget_settled(backlog, settled);
	backlog->last = number;
	if (backlog->count < BACKLOG_MAX) {
		group = group_at(backlog, backlog->count++);
		group->octets = 0;
		group->at_ms = now_ms;
	} else {
		group = group_at(backlog, BACKLOG_MAX - 1);
	}
	group->number = number;
	group->octets += octets;
	pthread_mutex_unlock(&backlog->lock);
}

struct backlog_sum
backlog_sum(struct backlog *backlog, uint64_t settled)
{
	struct backlog_sum sum = { 0 };

	pthread_mutex_lock(&backlog->lock);
	forget_settled(backlog, settled);
	if (backlog->count > 0) {
		sum.sightings = backlog->last - settled;
		sum.oldest_ms = group_at(backlog, 0)->at_ms;
	}
	for (unsigned i = 0; i < backlog->count; i++)
		sum.octets += group_at(backlog, i)->octets;
	pthread_mutex_unlock(&backlog->lock);
	return sum;
}
