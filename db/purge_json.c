#include "db/purge_json.h"

#include "db/listing.h"

json_t *
purge_result_json(const struct purge_result *result, bool done)
{
	json_t *first = json_array();
	char text[IPPREFIX_TEXT_MAX];

	for (uint64_t i = 0; i < result->ended && i < PURGE_SHOWN_MAX; i++)
		json_array_append_new(first,
		    json_string(
			listing_unit_format(&result->first_ended[i], text)));
	return json_pack("{s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "done",
	    done, "evidence", (json_int_t)result->evidence, "addresses",
	    (json_int_t)result->addresses, "judged", (json_int_t)result->judged,
	    "ended", (json_int_t)result->ended, "no_longer_held",
	    (json_int_t)result->unheld, "begun", (json_int_t)result->begun,
	    "first_ended", first);
}
