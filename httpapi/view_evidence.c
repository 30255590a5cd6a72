#include <inttypes.h>
#include <string.h>

#include "common/error.h"
#include "db/evidence.h"
#include "db/listing.h"
#include "db/policy.h"
#include "db/told.h"
#include "db/trap.h"
#include "httpapi/target.h"
#include "httpapi/view.h"

struct page {
	const struct view *view;
	json_t *list;
	long long limit;
	uint64_t last;
};

static json_t *
flags_of(const struct evidence *evidence)
{
	json_t *names = json_array();

	for (size_t i = 0; i < evidence_flag_name_count; i++) {
		const struct evidence_flag_name *flag = &evidence_flag_names[i];

		if ((evidence->flags & flag->flag) != 0)
			json_array_append_new(names, json_string(flag->name));
	}
	return names;
}

/* The reasons of a verdict: names with spaces between them. */
static json_t *
signs_of(const struct evidence *evidence)
{
	json_t *names = json_array();
	const char *text = evidence->signs;

	for (text += strspn(text, " "); *text != '\0';
	     text += strspn(text, " ")) {
		size_t len = strcspn(text, " ");
		json_t *name = json_stringn(text, len);

		if (name != NULL)
			json_array_append_new(names, name);
		text += len;
	}
	return names;
}

/* As bsblctl shows traps; by its id alone when it is one no longer. */
static json_t *
trap_of(struct store_txn *txn, const struct evidence *evidence)
{
	char text[TRAP_TEXT_MAX];
	struct trap trap;

	if (trap_get(txn, evidence->trap, &trap) == 0)
		return told_text(trap_format(&trap, text));
	return json_sprintf("%016" PRIx64, evidence->trap);
}

static json_t *
evidence_json(const struct view *view, const struct evidence *evidence)
{
	const struct policy *policy = &view->exchange->site->rules.policy;
	const char grade[2] = { proof_grade_letter(evidence->grade) };
	char address[IPADDR_TEXT_MAX];
	struct policy_event event;

	policy_event_from(evidence, true, &event);
	return json_pack("{so so ss ss ss sb so so so so sI so so so so so so "
			 "so so so}",
	    "id", json_sprintf("%" PRIu64, evidence->id), "seen_at",
	    told_time(evidence->seen_at), "address",
	    ipaddr_format(&evidence->address, address), "kind",
	    backscatter_name(evidence->kind), "grade", grade, "counts",
	    policy_counts(policy, &event), "flags", flags_of(evidence), "trap",
	    trap_of(view->reader->txn, evidence), "campaign",
	    json_sprintf("%016" PRIx64, evidence->campaign), "original_at",
	    told_time(evidence->original_at), "sensor",
	    (json_int_t)evidence->sensor, "helo", told_text(evidence->helo),
	    "reverse_path", told_text(evidence->reverse_path), "reporting_mta",
	    told_text(evidence->reporting_mta), "software",
	    told_text(evidence->software), "queue_id",
	    told_text(evidence->queue_id), "status",
	    told_text(evidence->status), "cause", told_text(evidence->cause),
	    "diagnostic", told_text(evidence->diagnostic), "signs",
	    signs_of(evidence));
}

static int
take(const struct evidence *evidence, void *context)
{
	struct page *page = context;

	if ((long long)json_array_size(page->list) == page->limit)
		return 1;
	page->last = evidence->id;
	json_array_append_new(page->list, evidence_json(page->view, evidence));
	return 0;
}

int
view_evidence(struct view *view)
{
	struct page page = { .view = view };
	char text[IPPREFIX_TEXT_MAX];
	struct subject subject;
	struct ipaddr unit;
	long long before;
	int code = view_number(
	    view, "limit", 1, VIEW_EVIDENCE_MOST, VIEW_PAGE_USUAL, &page.limit);

	if (code == 0)
		code = view_number(view, "before", 0, INT64_MAX, 0, &before);
	if (code == 0 &&
	    subject_parse_loosely(view->exchange->subject, &subject) != 0)
		code = ERROR_REFUSED;
	if (code != 0)
		return code;
	unit = listing_unit(&subject.address);
	page.list = json_array();
	json_object_set_new(view->answer, "unit",
	    json_string(listing_unit_format(&unit, text)));
	json_object_set_new(view->answer, "evidence", page.list);
	code = evidence_of_before(view->reader->txn, &unit,
	    before != 0 ? (uint64_t)before : UINT64_MAX, take, &page);
	json_object_set_new(view->answer, "next",
	    code == 1 ? json_sprintf("%" PRIu64, page.last) : json_null());
	return code < 0 ? code : 0;
}
