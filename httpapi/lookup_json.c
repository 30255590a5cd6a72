#include <string.h>

#include "common/clock.h"
#include "db/cause.h"
#include "db/zonedata.h"
#include "httpapi/jsonout.h"
#include "httpapi/lookup.h"
#include "httpapi/repair.h"

/* Most look-ups of a listed address fit. */
#define LIKELY_OCTETS 2048

/* One for each list the unit stands in: its name as a client queries it. */
static void
put_zones(
    struct jsonout *to, const struct lookup *lookup, const char *zone_name)
{
	jsonout_array(to, "zones");
	for (int list = 0; list < SUBLIST_COUNT; list++) {
		const struct zone_entry *entry = &lookup->facts.entries[list];
		const char *label = sublists[list].label;
		char name[DNAME_TEXT_MAX + 16], *end = name;

		if (entry->codes == 0)
			continue;
		if (label[0] != '\0')
			end = stpcpy(stpcpy(name, label), ".");
		strcpy(end, zone_name);
		jsonout_object(to, NULL);
		jsonout_text(to, "zone", name);
		jsonout_codes(to, entry->codes);
		jsonout_end_object(to);
	}
	jsonout_end_array(to);
}

/* The TXT that DNS answers beside the codes, from the first list it is in. */
static void
put_text(struct jsonout *to, const struct lookup *lookup,
    const struct zone_settings *zone)
{
	char text[ZONE_TEXT_MAX + 1];

	for (int list = 0; list < SUBLIST_COUNT; list++) {
		const struct zone_entry *entry = &lookup->facts.entries[list];

		if (entry->codes == 0)
			continue;
		zonedata_text(zone, entry,
		    (entry->flags & ZONE_ENTRY_TEST) != 0 ? NULL
							  : &lookup->unit,
		    text);
		jsonout_text(to, "text", text);
		return;
	}
	jsonout_null(to, "text");
}

/* How long after a change a resolver may still say what was before. */
static void
put_caches(struct jsonout *to, const struct zone_settings *zone)
{
	jsonout_object(to, "caches");
	jsonout_integer(to, "listed_seconds", zone->ttl_seconds);
	jsonout_integer(to, "not_listed_seconds", zone->negative_ttl_seconds);
	jsonout_end_object(to);
}

static void
put_kinds(struct jsonout *to, uint32_t kinds)
{
	jsonout_array(to, "kinds");
	for (int i = BACKSCATTER_NONE + 1; i < BACKSCATTER_KIND_COUNT; i++) {
		enum backscatter_kind kind = (enum backscatter_kind)i;

		if ((kinds & BACKSCATTER_BIT(kind)) != 0)
			jsonout_plain(to, NULL, backscatter_name(kind));
	}
	jsonout_end_array(to);
}

static void
put_range(struct jsonout *to, const char *name, struct disclosure_range range)
{
	jsonout_object(to, name);
	jsonout_integer(to, "least", range.least);
	if (range.most != 0 || range.least == 0)
		jsonout_integer(to, "most", range.most);
	else
		jsonout_null(to, "most");
	jsonout_end_object(to);
}

static void
put_score(struct jsonout *to, struct disclosure_score score)
{
	jsonout_object(to, "score");
	jsonout_real(to, "least", score.least);
	if (score.below > 0)
		jsonout_real(to, "below", score.below);
	else
		jsonout_null(to, "below");
	jsonout_real(to, "threshold", score.threshold);
	jsonout_end_object(to);
}

static void
put_cause(struct jsonout *to, const struct disclosure *shown)
{
	const struct cause *cause =
	    shown->cause[0] != '\0' ? cause_find(shown->cause) : NULL;
	const struct strbuf *json;

	if (cause == NULL)
		cause = cause_of_kinds(shown->kinds);
	json = repair_json(cause);
	jsonout_put(to, "cause", json->text, json->len);
}

/* What the server said of itself; "" is left out. */
static void
put_said(struct jsonout *to, const char *name, const char *text)
{
	if (text[0] != '\0')
		jsonout_text(to, name, text);
}

static void
put_evidence(struct jsonout *to, const struct disclosure *shown)
{
	jsonout_array(to, "evidence");
	for (unsigned i = 0; i < shown->evidence_count; i++) {
		const struct disclosure_sighting *sighting =
		    shown->evidence[i].sighting;

		jsonout_object(to, NULL);
		jsonout_time(to, "hour", shown->evidence[i].hour_at);
		jsonout_plain(to, "kind", backscatter_name(sighting->kind));
		put_said(to, "cause", sighting->cause);
		put_said(to, "reporting_mta", sighting->reporting_mta);
		put_said(to, "software", sighting->software);
		put_said(to, "status", sighting->status);
		jsonout_end_object(to);
	}
	jsonout_end_array(to);
}

static void
put_manual(struct jsonout *to, const struct disclosure *shown)
{
	jsonout_object(to, "manual");
	jsonout_text(to, "reason", shown->manual_reason);
	jsonout_time(to, "until", shown->manual_until);
	jsonout_end_object(to);
}

/* What a listed address shows for what was seen of it. */
static void
put_seen(struct jsonout *to, const struct disclosure *shown)
{
	jsonout_time(to, "first_seen", shown->first_seen_at);
	jsonout_time(to, "last_seen", shown->last_seen_at);
	jsonout_time(to, "listed_at", shown->listed_at);
	jsonout_time(to, "expires_at", shown->expires_at);
	put_range(to, "sightings", shown->sightings);
	put_range(to, "traps", shown->traps);
	if (shown->score.threshold > 0)
		put_score(to, shown->score);
	put_cause(to, shown);
	put_evidence(to, shown);
}

static void
put_delisting(struct jsonout *to, const struct lookup *lookup,
    const struct zone_settings *zone)
{
	char url[ZONE_TEXT_MAX + IPADDR_TEXT_MAX + 1];
	char address[IPADDR_TEXT_MAX];

	strcpy(
	    stpcpy(url, zone->portal), ipaddr_format(&lookup->unit, address));
	jsonout_object(to, "delisting");
	jsonout_text(to, "page", url);
	jsonout_plain(to, "post_to", "/v1/delistings");
	jsonout_end_object(to);
}

static const char *
verdict_name(const struct disclosure *shown)
{
	if (shown->test)
		return "test";
	return shown->listed ? "listed" : "not_listed";
}

static void
put_names(struct jsonout *to, const struct lookup *lookup)
{
	char text[IPPREFIX_TEXT_MAX];

	jsonout_plain(to, "address", ipaddr_format(&lookup->address, text));
	/* An IPv4 address is a unit, and spelled alike. */
	if (!ipaddr_is_ipv4(&lookup->unit))
		listing_unit_format(&lookup->unit, text);
	jsonout_plain(to, "unit", text);
}

static void
put_verdict(struct jsonout *to, const struct lookup *lookup,
    const struct zone_settings *zone, const char *zone_name,
    const struct disclosure *shown)
{
	jsonout_plain(to, "verdict", verdict_name(shown));
	jsonout_bool(to, "listed", shown->listed);
	jsonout_text(to, "zone", zone_name);
	jsonout_codes(to, lookup->facts.entries[SUBLIST_MAIN].codes);
	put_zones(to, lookup, zone_name);
	put_text(to, lookup, zone);
	put_caches(to, zone);
	put_kinds(to, shown->kinds);
}

void
lookup_write(const struct lookup *lookup, const struct zone_settings *zone,
    const char *zone_name, int64_t now, struct strbuf *out)
{
	struct disclosure shown;
	char day[CLOCK_TEXT_MAX];
	struct jsonout to;

	strbuf_reserve(out, LIKELY_OCTETS);
	jsonout_init(&to, out);
	disclosure_make(&lookup->facts, now, &shown);
	jsonout_object(&to, NULL);
	put_names(&to, lookup);
	put_verdict(&to, lookup, zone, zone_name, &shown);
	if (shown.test)
		jsonout_bool(&to, "test", true);
	if (shown.judged)
		put_seen(&to, &shown);
	else if (shown.seen_day_at != 0)
		jsonout_text(
		    &to, "seen_day", clock_format_date(shown.seen_day_at, day));
	if (shown.manual)
		put_manual(&to, &shown);
	if (shown.judged)
		put_delisting(&to, lookup, zone);
	jsonout_end_object(&to);
	jsonout_done(&to);
}

/* --- an address that nothing is known of ---------------------------------- */

bool
lookup_is_unknown(const struct lookup *lookup)
{
	const struct disclosure_facts *facts = &lookup->facts;
	unsigned codes = 0;

	for (int list = 0; list < SUBLIST_COUNT; list++)
		codes |= facts->entries[list].codes;
	return codes == 0 && facts->sighting_count == 0;
}

void
lookup_write_unknown(const struct zone_settings *zone, const char *zone_name,
    struct strbuf *unknown)
{
	static const struct lookup nobody;
	struct disclosure shown;
	struct jsonout to;

	jsonout_init(&to, unknown);
	disclosure_make(&nobody.facts, 0, &shown);
	to.more = true; /* the address */
	put_verdict(&to, &nobody, zone, zone_name, &shown);
	jsonout_end_object(&to);
	jsonout_done(&to);
}

void
lookup_add_unknown(const struct lookup *lookup, const struct strbuf *unknown,
    struct strbuf *out)
{
	struct jsonout to;

	strbuf_reserve(out, LIKELY_OCTETS);
	jsonout_init(&to, out);
	jsonout_object(&to, NULL);
	put_names(&to, lookup);
	jsonout_done(&to);
	strbuf_add(out, unknown->text, unknown->len);
}
