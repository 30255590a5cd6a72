#include "db/campaign_facts.h"

#include "common/clock.h"
#include "common/log.h"
#include "db/listing.h"
#include "db/tops.h"
#include "db/trap.h"
#include "db/trend.h"

void
campaign_facts_init(struct campaign_facts *facts, uint64_t id)
{
	*facts = (struct campaign_facts){ .campaign = { .id = id } };
	facts->servers = json_object();
	facts->networks = json_object();
	facts->traps = json_object();
	facts->software = json_object();
}

void
campaign_facts_deinit(struct campaign_facts *facts)
{
	json_decref(facts->servers);
	json_decref(facts->networks);
	json_decref(facts->traps);
	json_decref(facts->software);
}

struct reading {
	struct store_txn *txn;
	struct campaign_facts *facts;
	int64_t deadline_ms;
};

static void
note_names(const struct reading *reading, const struct evidence *evidence)
{
	struct campaign_facts *facts = reading->facts;
	struct ipaddr unit = listing_unit(&evidence->address);
	char text[TRAP_TEXT_MAX], escaped[LOG_TEXT_MAX];
	struct ipprefix network = ipaddr_network(&evidence->address, 24, 48);
	struct trap trap;

	tops_add(facts->servers, listing_unit_format(&unit, text));
	tops_add(facts->networks, ipprefix_format(&network, text));
	if (evidence->software[0] != '\0')
		tops_add(
		    facts->software, log_escape(evidence->software, escaped));
	if (trap_get(reading->txn, evidence->trap, &trap) == 0)
		tops_add(facts->traps, trap_format(&trap, text));
}

static int
look_at(const struct evidence *evidence, void *context)
{
	struct reading *reading = context;
	struct campaign_facts *facts = reading->facts;
	struct campaign *campaign = &facts->campaign;

	facts->next_id = evidence->id + 1;
	if ((evidence->flags & EVIDENCE_FINGERPRINTED) == 0 ||
	    evidence->campaign != campaign->id)
		return clock_monotonic_ms() >= reading->deadline_ms;
	if (campaign->first_at == 0 || evidence->seen_at < campaign->first_at)
		campaign->first_at = evidence->seen_at;
	if (evidence->seen_at > campaign->last_at)
		campaign->last_at = evidence->seen_at;
	campaign->sightings++;
	campaign->kinds |= BACKSCATTER_BIT(evidence->kind);
	if (campaign->language[0] == '\0')
		trend_language(evidence->signs, campaign->language);
	note_names(reading, evidence);
	if (facts->sample_count < CAMPAIGN_SAMPLES)
		facts->samples[facts->sample_count++] = *evidence;
	return clock_monotonic_ms() >= reading->deadline_ms;
}

int
campaign_facts_read(
    struct store_txn *txn, struct campaign_facts *facts, int64_t deadline_ms)
{
	struct reading reading = { txn, facts, deadline_ms };
	int code = campaign_resolve(txn, &facts->campaign.id);

	if (code == 0)
		code = evidence_list(txn, facts->next_id, look_at, &reading);
	facts->campaign.servers = json_object_size(facts->servers);
	facts->campaign.networks = json_object_size(facts->networks);
	return code;
}
