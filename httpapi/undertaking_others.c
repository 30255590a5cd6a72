#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "httpapi/undertaking_private.h"

/*
 * What another program does, or began and fell: by the records that are kept
 * while it is under way.
 */

/* --- as records say ------------------------------------------------------- */

void
undertaking_of_act(const struct bulk_act *act, struct undertaking *shown)
{
	static const enum undertaking_sort sorts[BULK_KINDS] = {
		[BULK_RELEASE] = UNDERTAKING_RELEASE,
		[BULK_REJECT] = UNDERTAKING_REJECT,
		[BULK_REMOVE] = UNDERTAKING_REMOVE,
		[BULK_EXEMPT] = UNDERTAKING_EXEMPT,
	};
	char text[IPPREFIX_TEXT_MAX];

	*shown = (struct undertaking){ .number = act->number,
		.sort = sorts[act->kind],
		.state = UNDERTAKING_DOING,
		.searched = true,
		.everywhere = act->everywhere,
		.prefix = act->prefix,
		.until = act->until,
		.begun_at = act->begun_at,
		.total = act->total,
		.done = act->done };
	if (!act->everywhere)
		strcpy(shown->subject, ipprefix_format(&act->prefix, text));
	strcpy(shown->who, act->who);
	strcpy(shown->confirmed_by, act->who);
	strcpy(shown->reason, act->reason);
}

/* --- taken over ----------------------------------------------------------- */

/* Where it is ours or under way, or there is no room, it is left alone. */
static struct slot *
claim(struct undertakings *all, uint64_t number)
{
	struct slot *slot = undertaking_find(all, number);

	if (slot != NULL && !undertaking_is_at_rest(&slot->shown))
		return NULL;
	if (slot == NULL)
		slot = undertaking_find_room(all);
	if (slot == NULL || store_is_claimed(all->service->store, number) ||
	    !writer_reserve(all->service->searcher))
		return NULL;
	if (store_claim(all->service->store, number))
		return slot;
	writer_release(all->service->searcher);
	return NULL;
}

static int
take(const struct bulk_act *act, void *context)
{
	struct undertakings *all = context;
	struct slot *slot = claim(all, act->number);

	if (slot == NULL)
		return 0;
	undertaking_of_act(act, &slot->shown);
	slot->bulk.begun = true;
	if (all->last_number < act->number)
		all->last_number = act->number;
	log_notice("undertaking_resumed number=%llu done=%llu total=%llu",
	    (unsigned long long)act->number, (unsigned long long)act->done,
	    (unsigned long long)act->total);
	undertaking_start(slot, UNDERTAKING_DOING);
	return 0;
}

int
undertaking_read_bulk(struct undertakings *all)
{
	struct store_txn *txn;
	int code = store_begin_read(all->service->store, &txn);

	if (code != 0)
		return code;
	code = bulk_act_list(txn, take, all);
	store_abort(txn);
	return code;
}

/* --- shown ---------------------------------------------------------------- */

int
undertaking_find_any(struct undertakings *all, struct store_txn *txn,
    uint64_t number, struct undertaking *found)
{
	struct bulk_act act;
	int code = undertaking_get(all, number, found);

	if (code != ERROR_NOT_FOUND)
		return code;
	code = bulk_act_get(txn, number, &act);
	if (code == 0)
		undertaking_of_act(&act, found);
	return code;
}

struct listing_all {
	struct undertaking *list;
	size_t ours, count;
};

static int
add(const struct bulk_act *act, void *context)
{
	struct listing_all *all = context;

	for (size_t i = 0; i < all->ours; i++) {
		if (all->list[i].number == act->number)
			return 0;
	}
	undertaking_of_act(act, &all->list[all->count++]);
	return all->count == UNDERTAKINGS_MOST;
}

int
undertaking_list_all(struct undertakings *all, struct store_txn *txn,
    struct undertaking list[UNDERTAKINGS_MOST], size_t *count)
{
	struct listing_all listing = { .list = list };
	int code;

	listing.ours = listing.count = undertaking_list(all, list);
	code = bulk_act_list(txn, add, &listing);
	*count = listing.count;
	return code < 0 ? code : 0;
}
