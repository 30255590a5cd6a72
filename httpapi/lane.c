#include "httpapi/lane.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "httpapi/turn.h"

/* Requests that wait have turns, too: in a quiet hour those are freed. */
#define SPARE_MOST 8

/* An answer to a look-up fits; what is larger is freed with its reply. */
#define KEPT_OCTETS_MAX 4096

struct lanes {
	pthread_mutex_t lock;
	struct lane *first;
};

int
lanes_new(struct lanes **out)
{
	struct lanes *lanes = calloc(1, sizeof(*lanes));

	if (lanes == NULL)
		return -ENOMEM;
	pthread_mutex_init(&lanes->lock, NULL);
	*out = lanes;
	return 0;
}

static void
discard(struct turn *turn)
{
	strbuf_deinit(&turn->kept);
	free(turn);
}

static void
lane_free(struct lane *lane)
{
	struct turn *next;

	for (struct turn *turn = lane->spare; turn != NULL; turn = next) {
		next = turn->next;
		discard(turn);
	}
	stock_free(lane->stock);
	free(lane);
}

void
lanes_free(struct lanes *lanes)
{
	struct lane *next;

	if (lanes == NULL)
		return;
	for (struct lane *lane = lanes->first; lane != NULL; lane = next) {
		next = lane->next;
		lane_free(lane);
	}
	pthread_mutex_destroy(&lanes->lock);
	free(lanes);
}

static struct lane *
make(struct lanes *lanes)
{
	struct lane *lane = calloc(1, sizeof(*lane));

	if (lane == NULL || stock_new(&lane->stock) != 0) {
		free(lane);
		return NULL;
	}
	pthread_mutex_lock(&lanes->lock);
	lane->next = lanes->first;
	lanes->first = lane;
	pthread_mutex_unlock(&lanes->lock);
	return lane;
}

struct lane *
lane_here(struct lanes *lanes)
{
	static _Thread_local struct lane *here;

	if (here == NULL)
		here = make(lanes);
	return here;
}

const char *
lane_date(struct lane *lane)
{
	int64_t now = clock_seconds();

	if (now != lane->date_at)
		clock_format_http(now, lane->date);
	lane->date_at = now;
	return lane->date;
}

struct turn *
lane_take(struct lane *lane)
{
	struct turn *turn = lane->spare;

	if (turn != NULL) {
		lane->spare = turn->next;
		lane->spare_count--;
		return turn;
	}
	turn = malloc(sizeof(*turn));
	if (turn == NULL)
		return NULL;
	turn->lane = lane;
	strbuf_init(&turn->kept, REPLY_BODY_MAX);
	return turn;
}

void
lane_give(struct turn *turn)
{
	struct lane *lane = turn->lane;

	if (lane->spare_count == SPARE_MOST) {
		discard(turn);
		return;
	}
	if (turn->kept.size > KEPT_OCTETS_MAX)
		strbuf_deinit(&turn->kept);
	turn->kept.max_len = REPLY_BODY_MAX;
	strbuf_clear(&turn->kept);
	turn->next = lane->spare;
	lane->spare = turn;
	lane->spare_count++;
}
