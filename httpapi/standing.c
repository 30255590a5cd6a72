#include "httpapi/standing.h"

#include "common/clock.h"
#include "common/error.h"
#include "db/appeal.h"
#include "httpapi/lookup.h"
#include "httpapi/network.h"
#include "httpapi/portal.h"
#include "httpapi/proof_api.h"
#include "httpapi/reader.h"

#define HOUR ((int64_t)3600)

static int
read_steps(struct store_txn *txn, const struct ipaddr *unit,
    int64_t last_used_at[DELISTING_STEP_COUNT])
{
	struct delisting last;

	for (int i = 0; i < DELISTING_STEP_COUNT; i++) {
		int code =
		    delisting_last(txn, unit, (enum delisting_step)i, &last);

		if (code == 0)
			last_used_at[i] = last.at;
		else if (code != ERROR_NOT_FOUND)
			return code;
	}
	return 0;
}

/* Of the last hour, without proof. */
static int
count_asked(struct store_txn *txn, const struct ipaddr *client, int64_t at,
    struct ladder_facts *facts)
{
	struct ipprefix network = network_of(client);
	struct ipprefix provider = network_of_provider(client);
	int64_t since = at - HOUR;
	int code = delisting_count_from(
	    txn, since, DELISTING_ASKED, &network, &facts->asked_by_network);

	if (code == 0)
		code = delisting_count_from(txn, since, DELISTING_ASKED,
		    &provider, &facts->asked_by_provider);
	return code != 0 ? code
			 : delisting_count_since(txn, since, DELISTING_ASKED,
			       &facts->asked_last_hour);
}

int
standing_read(struct store_txn *txn, const struct exchange *exchange,
    const struct ipaddr *unit, int64_t at, struct ladder_facts *facts)
{
	struct ipaddr own = listing_unit(&exchange->request.client);
	struct disclosure shown;
	struct lookup lookup;
	int code;

	*facts = (struct ladder_facts){
		.from_address = ipaddr_equal(&own, unit),
		.by_dns = proof_is_given(exchange, unit),
		.dns_asked = exchange->service->prover != NULL,
		.per_hour = exchange->site->delist_per_hour,
		.per_network = exchange->site->delist_per_network,
		.per_provider = exchange->site->delist_per_provider,
	};
	code = lookup_read(txn, unit, &exchange->site->rules.policy,
	    LOOKUP_APART, at, &lookup);
	if (code != 0)
		return code;
	disclosure_make(&lookup.facts, at, &shown);
	facts->listed = shown.judged;
	facts->manual = shown.manual;
	code = read_steps(txn, unit, facts->last_used_at);
	return code != 0
		   ? code
		   : count_asked(txn, &exchange->request.client, at, facts);
}

/* --- for the page --------------------------------------------------------- */

/* "2026-01-31 12:00 UTC" */
static json_t *
time_json(int64_t at)
{
	char text[CLOCK_TEXT_MAX];
	json_t *iso = json_string(clock_format(at, text));
	json_t *time = portal_time(iso);

	json_decref(iso);
	return time;
}

static json_t *
step_json(int64_t used_at, int64_t now, bool here)
{
	json_t *step = json_pack("{sb}", "here", here);
	int64_t hour = used_at - used_at % HOUR;

	/* As the public trail of delistings has it: the hour. */
	if (used_at != 0 && used_at > now - LADDER_AGAIN_SECONDS) {
		json_object_set_new(step, "used", time_json(hour));
		json_object_set_new(step, "free",
		    time_json(hour + HOUR + LADDER_AGAIN_SECONDS));
	}
	return step;
}

static json_t *
facts_json(const struct ladder_facts *facts, int64_t now)
{
	static const char *const outcomes[] = {
		[LADDER_DELIST] = "delist",
		[LADDER_NOT_LISTED] = "not_listed",
		[LADDER_BY_HAND] = "by_hand",
		[LADDER_LIMITED] = "limited",
		[LADDER_PROVE] = "prove",
		[LADDER_PUBLISH] = "publish",
		[LADDER_SPENT] = "spent",
	};
	enum delisting_step step = DELISTING_STEP_COUNT;
	enum ladder_outcome outcome = ladder_climb(facts, now, &step);
	json_t *view = json_pack("{sb}", outcomes[outcome], true);

	for (int i = 0; i < DELISTING_BY_OPERATOR; i++) {
		if (i != DELISTING_BY_DNS || facts->dns_asked)
			json_object_set_new(view,
			    delisting_step_name((enum delisting_step)i),
			    step_json(facts->last_used_at[i], now,
				step == (enum delisting_step)i));
	}
	return view;
}

static void
add_waiting(struct store_txn *txn, const struct ipaddr *unit, json_t *view)
{
	struct appeal appeal;

	if (appeal_get(txn, unit, &appeal) == 0)
		json_object_set_new(
		    view, "waits", time_json(appeal.at - appeal.at % HOUR));
}

json_t *
standing_view(struct exchange *exchange, const struct ipaddr *unit)
{
	int64_t now = clock_seconds();
	struct ladder_facts facts;
	struct reader *reader;
	json_t *view = NULL;

	if (reader_take(exchange->service->readers, &reader) != 0)
		return NULL;
	if (standing_read(reader->txn, exchange, unit, now, &facts) == 0) {
		view = facts_json(&facts, now);
		add_waiting(reader->txn, unit, view);
	}
	reader_give(exchange->service->readers, reader);
	return view;
}
