#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "httpapi/undertaking_private.h"

/*
 * What another program does, or began and fell: by the records that are kept
 * while it is under way.
 */

/* --- as records say ------------------------------------------------------- */

/* One that is being done. */
static void
show_act(const struct bulk_act *act, struct undertaking *shown)
{
	static const enum undertaking_sort sorts[BULK_KINDS] = {
		[BULK_RELEASE] = UNDERTAKING_RELEASE,
		[BULK_REJECT] = UNDERTAKING_REJECT,
		[BULK_REMOVE] = UNDERTAKING_REMOVE,
		[BULK_EXEMPT] = UNDERTAKING_EXEMPT,
		[BULK_PURGE] = UNDERTAKING_PURGE,
		[BULK_MERGE] = UNDERTAKING_MERGE,
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

/* `purge` is set where it is one. */
static int
show_whole(struct store_txn *txn, const struct bulk_act *act,
    struct undertaking *shown, struct purge_act *purge)
{
	int code;

	show_act(act, shown);
	if (!bulk_kind_is_purge(act->kind))
		return 0;
	code = purge_act_get(txn, act->number, purge);
	if (code != 0)
		return code;
	shown->everywhere = false;
	strcpy(shown->subject, purge->subject);
	shown->purge = purge->purge;
	shown->taken = purge->stage != PURGE_TAKES;
	if (act->total > 0)
		shown->percent = (unsigned)(act->done * 100 / act->total);
	return 0;
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

struct taking {
	struct undertakings *all;
	struct store_txn *txn;
};

static int
take(const struct bulk_act *act, void *context)
{
	const struct taking *taking = context;
	struct undertakings *all = taking->all;
	struct undertaking shown;
	struct purge_act purge;
	struct slot *slot;

	/* What cannot be read is not gone on with. */
	if (show_whole(taking->txn, act, &shown, &purge) != 0)
		return 0;
	slot = claim(all, act->number);
	if (slot == NULL)
		return 0;
	slot->shown = shown;
	slot->resumes = bulk_kind_is_purge(act->kind);
	slot->bulk.begun = !slot->resumes;
	if (slot->resumes)
		slot->resumed = purge;
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
	struct taking taking = { all, NULL };
	int code = store_begin_read(all->service->store, &taking.txn);

	if (code != 0)
		return code;
	code = bulk_act_list(taking.txn, take, &taking);
	store_abort(taking.txn);
	return code;
}

/* --- shown ---------------------------------------------------------------- */

int
undertaking_find_any(struct undertakings *all, struct store_txn *txn,
    uint64_t number, struct undertaking *found)
{
	struct purge_act purge;
	struct bulk_act act;
	int code = undertaking_get(all, number, found);

	if (code != ERROR_NOT_FOUND)
		return code;
	code = bulk_act_get(txn, number, &act);
	return code != 0 ? code : show_whole(txn, &act, found, &purge);
}

struct listing_all {
	struct store_txn *txn;
	struct undertaking *list;
	size_t ours, count;
};

static int
add(const struct bulk_act *act, void *context)
{
	struct listing_all *all = context;
	struct purge_act purge;

	for (size_t i = 0; i < all->ours; i++) {
		if (all->list[i].number == act->number)
			return 0;
	}
	if (show_whole(all->txn, act, &all->list[all->count], &purge) == 0)
		all->count++;
	return all->count == UNDERTAKINGS_MOST;
}

int
undertaking_list_all(struct undertakings *all, struct store_txn *txn,
    struct undertaking list[UNDERTAKINGS_MOST], size_t *count)
{
	struct listing_all listing = { .txn = txn, .list = list };
	int code;

	listing.ours = listing.count = undertaking_list(all, list);
	code = bulk_act_list(txn, add, &listing);
	*count = listing.count;
	return code < 0 ? code : 0;
}
