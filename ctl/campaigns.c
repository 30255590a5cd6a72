#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "ctl/progress.h"
#include "ctl/terminal.h"
#include "ctl/verb.h"
#include "db/campaign_facts.h"
#include "db/told.h"

#define USUAL_SECONDS (7 * 86400)
#define MOST_USUAL 20
/* A read transaction pins pages: it is renewed so often. */
#define STEP_MS 50

static int
parse_campaign(const char *text, uint64_t *id)
{
	char *end;

	errno = 0;
	*id = strtoull(text, &end, 16);
	if (errno == 0 && end != text && *end == '\0' && *text != '-' &&
	    *id != 0)
		return CTL_OK;
	ctl_say("%s is no campaign: 16 hexadecimal figures, as `campaign "
		"list` shows them",
	    text);
	return CTL_USAGE;
}

/* --- list ----------------------------------------------------------------- */

static int
read_all(struct ctl *ctl, struct store_txn *txn, void *context)
{
	struct campaigns *campaigns = context;
	uint64_t seconds = (uint64_t)(ctl->now - campaigns->from);
	struct progress progress;
	int more = 1, error = 0;

	progress_begin(&progress, "searching", seconds);
	while (error == 0 && more == 1) {
		more = campaigns_read(
		    txn, campaigns, clock_monotonic_ms() + STEP_MS);
		store_reset(txn);
		progress_show(
		    &progress, campaigns->next_id / UINT64_C(1000000) -
				   (uint64_t)campaigns->from);
		error = more < 0 ? more : store_renew(txn);
	}
	progress_end(&progress);
	campaigns_finish(campaigns);
	return error;
}

static void
print_list(const struct campaigns *campaigns, size_t most)
{
	char servers[TERMINAL_NUMBER_MAX], sightings[TERMINAL_NUMBER_MAX];
	char first[CLOCK_TEXT_MAX], last[CLOCK_TEXT_MAX];

	if (campaigns->count > 0)
		printf("%-16s  %8s  %9s  %-4s  %-16s  %-16s\n", "campaign",
		    "servers", "sightings", "in", "first", "last");
	for (size_t i = 0; i < campaigns->count && i < most; i++) {
		const struct campaign *campaign = &campaigns->list[i];

		clock_format(campaign->first_at, first);
		clock_format(campaign->last_at, last);
		printf("%016" PRIx64 "  %8s  %9s  %-4s  %.16s  %.16s\n",
		    campaign->id, terminal_number(campaign->servers, servers),
		    terminal_number(campaign->sightings, sightings),
		    campaign->language[0] != '\0' ? campaign->language : "?",
		    first, last);
	}
	if (campaigns->count == 0)
		puts("no campaign was seen in that time");
	if (campaigns->count > most)
		printf("... and %zu more; --most NUMBER shows more\n",
		    campaigns->count - most);
}

int
verb_campaign_list(struct ctl *ctl, int count, char *words[])
{
	int64_t to = ctl->to != 0 ? ctl->to : ctl->now + 1;
	struct campaigns campaigns;
	size_t most = ctl->most != 0 ? (size_t)ctl->most : MOST_USUAL;
	json_t *list;
	int error, status = ctl_open(ctl, STORE_READ);

	(void)count;
	(void)words;
	if (status != CTL_OK)
		return status;
	campaigns_init(
	    &campaigns, ctl->from != 0 ? ctl->from : to - USUAL_SECONDS, to);
	error = ctl_look(ctl, read_all, &campaigns);
	list = json_array();
	for (size_t i = 0; i < campaigns.count && (ctl->all || i < most); i++)
		json_array_append_new(list, told_campaign(&campaigns.list[i]));
	if (error == 0 && !ctl->json)
		print_list(&campaigns, ctl->all ? campaigns.count : most);
	campaigns_deinit(&campaigns);
	if (error == 0)
		return ctl_finish(ctl, list);
	json_decref(list);
	return ctl_fail(error, "cannot read the evidence");
}

/* --- show ----------------------------------------------------------------- */

static int
read_one(struct ctl *ctl, struct store_txn *txn, void *facts)
{
	int more = 1, error = 0;

	(void)ctl;
	while (error == 0 && more == 1) {
		more = campaign_facts_read(
		    txn, facts, clock_monotonic_ms() + STEP_MS);
		store_reset(txn);
		error = more < 0 ? more : store_renew(txn);
	}
	return error;
}

static void
print_tops(const json_t *answer, const char *name, const char *title)
{
	json_t *top;
	size_t i;

	json_array_foreach(json_object_get(answer, name), i, top) printf(
	    "  %-12s %-44s %8" JSON_INTEGER_FORMAT "\n", i == 0 ? title : "",
	    json_string_value(json_object_get(top, "name")),
	    json_integer_value(json_object_get(top, "count")));
}

static void
print_samples(const json_t *samples)
{
	static const char *const fields[] = { "reporting_mta", "status",
		"diagnostic", "signs" };
	json_t *sample;
	size_t i;

	json_array_foreach(samples, i, sample)
	{
		printf("\n  sample       %s %s from %s\n",
		    json_string_value(json_object_get(sample, "seen_at")),
		    json_string_value(json_object_get(sample, "kind")),
		    json_string_value(json_object_get(sample, "address")));
		for (size_t j = 0; j < sizeof(fields) / sizeof(fields[0]);
		     j++) {
			const char *text = json_string_value(
			    json_object_get(sample, fields[j]));
			char escaped[LOG_TEXT_MAX];

			if (text != NULL && *text != '\0')
				printf("    %-14s %s\n", fields[j],
				    log_escape(text, escaped));
		}
	}
}

static void
print_one(const struct campaign *campaign, const json_t *answer)
{
	char first[CLOCK_TEXT_MAX], last[CLOCK_TEXT_MAX];
	char number[TERMINAL_NUMBER_MAX];

	printf("Campaign %016" PRIx64 " (hash of the forged sender's domain "
	       "and the subject)\n\n",
	    campaign->id);
	printf("  %-12s %08" PRIx32 " (hash; what begins so has the same)\n",
	    "subject", campaign_subject(campaign->id));
	printf("  %-12s %s\n  %-12s %s\n", "first",
	    clock_format(campaign->first_at, first), "last",
	    clock_format(campaign->last_at, last));
	printf("  %-12s %s", "servers",
	    terminal_number(campaign->servers, number));
	printf(" in %" PRIu64 " networks, %s sightings\n", campaign->networks,
	    terminal_number(campaign->sightings, number));
	printf("  %-12s %s\n", "replies in",
	    campaign->language[0] != '\0' ? campaign->language : "?");
	print_tops(answer, "traps", "traps");
	print_tops(answer, "software", "software");
	print_tops(answer, "top_servers", "most from");
	print_samples(json_object_get(answer, "samples"));
}

int
verb_campaign_show(struct ctl *ctl, int count, char *words[])
{
	struct campaign_facts facts;
	json_t *answer;
	uint64_t id = 0;
	int error, status = parse_campaign(words[0], &id);

	(void)count;
	if (status == CTL_OK)
		status = ctl_open(ctl, STORE_READ);
	if (status != CTL_OK)
		return status;
	campaign_facts_init(&facts, id);
	error = ctl_look(ctl, read_one, &facts);
	answer = told_campaign_facts(&facts);
	if (error == 0 && facts.campaign.sightings > 0 && !ctl->json)
		print_one(&facts.campaign, answer);
	campaign_facts_deinit(&facts);
	if (error == 0 && facts.campaign.sightings > 0)
		return ctl_finish(ctl, answer);
	json_decref(answer);
	if (error != 0)
		return ctl_fail(error, "cannot read the evidence");
	ctl_say("nothing is known of campaign %s", words[0]);
	return CTL_NOT_FOUND;
}
