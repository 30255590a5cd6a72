#include "db/guard_json.h"

#include "db/told.h"

bool
guard_held_add(struct guard_held *held, const struct listing *listing)
{
	bool waits = listing_waits_since(listing) != 0;

	held->units += waits;
	for (int i = 0; i < GUARD_LISTS; i++) {
		enum guard_list list = (enum guard_list)i;

		held->of[list] += guard_holds(listing, list);
		held->anew[list] += guard_holds_anew(listing, list);
	}
	return waits;
}

json_t *
guard_json_lists(const struct listing *listing)
{
	json_t *lists = json_array();

	for (int i = 0; i < GUARD_LISTS; i++) {
		enum guard_list list = (enum guard_list)i;

		if (guard_holds(listing, list))
			json_array_append_new(
			    lists, json_string(guard_list_name(list)));
	}
	return lists;
}

static json_t *
list_json(enum guard_list list, const struct guard_figures *figures,
    const struct guard_held *held)
{
	return json_pack("{ss sI sI sI sI sI sI so}", "list",
	    guard_list_name(list), "pending", (json_int_t)held->of[list],
	    "pending_anew", (json_int_t)held->anew[list], "listed",
	    (json_int_t)figures->listed, "peak_of_7d",
	    (json_int_t)figures->peak, "added", (json_int_t)figures->additions,
	    "added_at_most", (json_int_t)figures->most, "last_alarm_at",
	    told_time(figures->alarm_at));
}

int
guard_json_add(struct store_txn *txn, const struct guard_limit *limit,
    const struct guard_held *held, int64_t now, json_t *answer)
{
	json_t *lists = json_array();
	int code = 0;

	json_object_set_new(
	    answer, "pending", json_integer((json_int_t)held->units));
	json_object_set_new(
	    answer, "within_seconds", json_integer((json_int_t)limit->seconds));
	json_object_set_new(answer, "lists", lists);
	for (int i = 0; code == 0 && i < GUARD_LISTS; i++) {
		enum guard_list list = (enum guard_list)i;
		struct guard_figures figures;

		code = guard_figures(txn, list, limit, now, &figures);
		json_array_append_new(lists, list_json(list, &figures, held));
	}
	return code;
}
