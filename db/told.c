#include "db/told.h"

#include <inttypes.h>

#include "common/clock.h"
#include "common/log.h"
#include "db/tops.h"

/* Of what a campaign has most of. */
#define TOPS_MAX 5

/* --- values --------------------------------------------------------------- */

json_t *
told_time(int64_t at)
{
	char text[CLOCK_TEXT_MAX];

	return at != 0 ? json_string(clock_format(at, text)) : json_null();
}

json_t *
told_text(const char *text)
{
	json_t *value = json_string(text);
	char escaped[LOG_TEXT_MAX];

	return value != NULL ? value : json_string(log_escape(text, escaped));
}

json_t *
told_kinds(uint32_t kinds)
{
	json_t *names = json_array();

	for (int kind = BACKSCATTER_NONE + 1; kind < BACKSCATTER_KIND_COUNT;
	     kind++) {
		if ((kinds & BACKSCATTER_BIT(kind)) != 0)
			json_array_append_new(names,
			    json_string(
				backscatter_name((enum backscatter_kind)kind)));
	}
	return names;
}

/* --- things --------------------------------------------------------------- */

json_t *
told_history(const struct listing *listing)
{
	json_t *history = json_array();

	for (unsigned i = 0; i < listing->episode_count; i++) {
		const struct listing_episode *episode = &listing->episodes[i];

		json_array_append_new(
		    history, json_pack("{s:o, s:o, s:s}", "listed_at",
				 told_time(episode->listed_at), "ended_at",
				 told_time(episode->ended_at), "end",
				 listing_end_name(episode->end)));
	}
	return history;
}

json_t *
told_tables(const struct store_stat *stat)
{
	json_t *tables = json_object();

	for (int i = 0; i < TABLE_COUNT; i++)
		json_object_set_new(tables,
		    store_table_name((enum store_table)i),
		    json_integer((json_int_t)stat->records[i]));
	return tables;
}

json_t *
told_campaign(const struct campaign *campaign)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:o, s:s}",
	    "campaign", json_sprintf("%016" PRIx64, campaign->id), "subject",
	    json_sprintf("%08" PRIx32, campaign_subject(campaign->id)),
	    "first_at", told_time(campaign->first_at), "last_at",
	    told_time(campaign->last_at), "servers",
	    (json_int_t)campaign->servers, "networks",
	    (json_int_t)campaign->networks, "sightings",
	    (json_int_t)campaign->sightings, "kinds",
	    told_kinds(campaign->kinds), "language", campaign->language);
}

/* Mailboxes in what it said are masked. */
static json_t *
sample_of(const struct evidence *evidence)
{
	char redacted[EVIDENCE_TEXT_MAX + 1], address[IPADDR_TEXT_MAX];

	campaign_redact(evidence->diagnostic, redacted, sizeof(redacted));
	return json_pack("{s:o, s:s, s:s, s:o, s:o, s:o, s:o}", "seen_at",
	    told_time(evidence->seen_at), "kind",
	    backscatter_name(evidence->kind), "address",
	    ipaddr_format(&evidence->address, address), "status",
	    told_text(evidence->status), "reporting_mta",
	    told_text(evidence->reporting_mta), "diagnostic",
	    told_text(redacted), "signs", told_text(evidence->signs));
}

json_t *
told_campaign_facts(const struct campaign_facts *facts)
{
	json_t *told = told_campaign(&facts->campaign);
	json_t *samples = json_array();

	for (size_t i = 0; i < facts->sample_count; i++)
		json_array_append_new(samples, sample_of(&facts->samples[i]));
	json_object_set_new(told, "traps", tops_best(facts->traps, TOPS_MAX));
	json_object_set_new(
	    told, "software", tops_best(facts->software, TOPS_MAX));
	json_object_set_new(
	    told, "top_servers", tops_best(facts->servers, TOPS_MAX));
	json_object_set_new(told, "samples", samples);
	return told;
}
