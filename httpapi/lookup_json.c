#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "db/cause.h"
#include "db/zonedata.h"
#include "httpapi/lookup.h"

/*
 * Jansson passes NULL through: a failed json_*() makes json_object_set_new()
 * fail, and the whole object is checked once, by `failed`.
 */
struct builder {
	json_t *object;
	bool failed;
};

static void
set(struct builder *to, const char *name, json_t *value)
{
	if (json_object_set_new_nocheck(to->object, name, value) != 0)
		to->failed = true;
}

static void
set_text(struct builder *to, const char *name, const char *text)
{
	/* What came from outside is checked to be UTF-8; else it is left out.
	 */
	json_t *value = json_string(text);

	set(to, name, value != NULL ? value : json_null());
}

static void
set_time(struct builder *to, const char *name, int64_t at)
{
	char text[CLOCK_TEXT_MAX];

	set(to, name,
	    at != 0 ? json_string_nocheck(clock_format(at, text))
		    : json_null());
}

static json_t *
done(struct builder *built)
{
	if (!built->failed)
		return built->object;
	json_decref(built->object);
	return NULL;
}

static json_t *
codes_json(uint16_t codes)
{
	json_t *array = json_array();
	char text[IPADDR_TEXT_MAX];

	for (int code = 0; code < 16; code++) {
		if ((codes & CODE_BIT(code)) == 0)
			continue;
		snprintf(text, sizeof(text), "127.0.0.%d", code);
		json_array_append_new(array, json_string_nocheck(text));
	}
	return array;
}

/* One for each list the unit stands in: its name as a client queries it. */
static json_t *
zones_json(const struct lookup *lookup, const char *zone_name)
{
	json_t *array = json_array();

	for (int list = 0; list < SUBLIST_COUNT; list++) {
		const struct zone_entry *entry = &lookup->facts.entries[list];
		const char *label = sublists[list].label;
		struct builder zone = { .object = json_object() };
		char name[DNAME_TEXT_MAX + 16];

		if (entry->codes == 0) {
			json_decref(zone.object);
			continue;
		}
		snprintf(name, sizeof(name), "%s%s%s", label,
		    label[0] != '\0' ? "." : "", zone_name);
		set(&zone, "zone", json_string_nocheck(name));
		set(&zone, "codes", codes_json(entry->codes));
		json_array_append_new(array, done(&zone));
	}
	return array;
}

/* The TXT that DNS answers beside the codes, from the first list it is in. */
static json_t *
text_json(const struct lookup *lookup, const struct zone_settings *zone)
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
		return json_string(text);
	}
	return json_null();
}

/* How long after a change a resolver may still say what was before. */
static json_t *
caches_json(const struct zone_settings *zone)
{
	struct builder built = { .object = json_object() };

	set(&built, "listed_seconds", json_integer(zone->ttl_seconds));
	set(&built, "not_listed_seconds",
	    json_integer(zone->negative_ttl_seconds));
	return done(&built);
}

static json_t *
kinds_json(uint32_t kinds)
{
	json_t *array = json_array();

	for (int i = BACKSCATTER_NONE + 1; i < BACKSCATTER_KIND_COUNT; i++) {
		enum backscatter_kind kind = (enum backscatter_kind)i;

		if ((kinds & BACKSCATTER_BIT(kind)) != 0)
			json_array_append_new(
			    array, json_string_nocheck(backscatter_name(kind)));
	}
	return array;
}

static json_t *
range_json(struct disclosure_range range)
{
	struct builder built = { .object = json_object() };

	set(&built, "least", json_integer(range.least));
	set(&built, "most",
	    range.most != 0 || range.least == 0 ? json_integer(range.most)
						: json_null());
	return done(&built);
}

static json_t *
score_json(struct disclosure_score score)
{
	struct builder built = { .object = json_object() };

	set(&built, "least", json_real(score.least));
	set(&built, "below",
	    score.below > 0 ? json_real(score.below) : json_null());
	set(&built, "threshold", json_real(score.threshold));
	return done(&built);
}

static json_t *
cause_json(const struct disclosure *shown)
{
	const struct cause *cause = cause_find(shown->cause);
	struct builder built = { .object = NULL };

	if (cause == NULL)
		cause = cause_of_kinds(shown->kinds);
	if (cause == NULL)
		return json_null();
	built.object = json_object();
	set(&built, "name", json_string_nocheck(cause->name));
	set(&built, "what", json_string_nocheck(cause->what));
	set(&built, "repair", json_string_nocheck(cause->repair));
	return done(&built);
}

/* What the server said of itself; "" is left out. */
static void
set_said(struct builder *to, const char *name, const char *text)
{
	if (text[0] != '\0')
		set_text(to, name, text);
}

static json_t *
evidence_json(const struct disclosure *shown)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < shown->evidence_count; i++) {
		const struct disclosure_sighting *sighting =
		    shown->evidence[i].sighting;
		struct builder built = { .object = json_object() };

		set_time(&built, "hour", shown->evidence[i].hour_at);
		set(&built, "kind",
		    json_string_nocheck(backscatter_name(sighting->kind)));
		set_said(&built, "cause", sighting->cause);
		set_said(&built, "reporting_mta", sighting->reporting_mta);
		set_said(&built, "software", sighting->software);
		set_said(&built, "status", sighting->status);
		json_array_append_new(array, done(&built));
	}
	return array;
}

static json_t *
manual_json(const struct disclosure *shown)
{
	struct builder built = { .object = json_object() };

	set_text(&built, "reason", shown->manual_reason);
	set_time(&built, "until", shown->manual_until);
	return done(&built);
}

/* What a listed address shows for what was seen of it. */
static void
set_seen(struct builder *to, const struct disclosure *shown)
{
	set_time(to, "first_seen", shown->first_seen_at);
	set_time(to, "last_seen", shown->last_seen_at);
	set_time(to, "listed_at", shown->listed_at);
	set_time(to, "expires_at", shown->expires_at);
	set(to, "sightings", range_json(shown->sightings));
	set(to, "traps", range_json(shown->traps));
	if (shown->score.threshold > 0)
		set(to, "score", score_json(shown->score));
	set(to, "cause", cause_json(shown));
	set(to, "evidence", evidence_json(shown));
}

static json_t *
delisting_json(const struct lookup *lookup, const struct zone_settings *zone)
{
	struct builder built = { .object = json_object() };
	char address[IPADDR_TEXT_MAX];
	char url[ZONE_TEXT_MAX + IPADDR_TEXT_MAX + 1];

	snprintf(url, sizeof(url), "%s%s", zone->portal,
	    ipaddr_format(&lookup->unit, address));
	set_text(&built, "page", url);
	set(&built, "post_to", json_string_nocheck("/v1/delistings"));
	return done(&built);
}

static const char *
verdict_name(const struct disclosure *shown)
{
	if (shown->test)
		return "test";
	return shown->listed ? "listed" : "not_listed";
}

static void
set_verdict(struct builder *to, const struct lookup *lookup,
    const struct zone_settings *zone, const char *zone_name,
    const struct disclosure *shown)
{
	char text[IPPREFIX_TEXT_MAX];

	set(to, "address",
	    json_string_nocheck(ipaddr_format(&lookup->address, text)));
	set(to, "unit",
	    json_string_nocheck(listing_unit_format(&lookup->unit, text)));
	set(to, "verdict", json_string_nocheck(verdict_name(shown)));
	set(to, "listed", json_boolean(shown->listed));
	set(to, "zone", json_string_nocheck(zone_name));
	set(to, "codes", codes_json(lookup->facts.entries[SUBLIST_MAIN].codes));
	set(to, "zones", zones_json(lookup, zone_name));
	set(to, "text", text_json(lookup, zone));
	set(to, "caches", caches_json(zone));
	set(to, "kinds", kinds_json(shown->kinds));
}

json_t *
lookup_json(const struct lookup *lookup, const struct zone_settings *zone,
    const char *zone_name, int64_t now)
{
	struct builder built = { .object = json_object() };
	struct disclosure shown;
	char day[CLOCK_TEXT_MAX];

	disclosure_make(&lookup->facts, now, &shown);
	set_verdict(&built, lookup, zone, zone_name, &shown);
	if (shown.test)
		set(&built, "test", json_true());
	if (shown.judged)
		set_seen(&built, &shown);
	else if (shown.seen_day_at != 0)
		set(&built, "seen_day",
		    json_string_nocheck(
			clock_format_date(shown.seen_day_at, day)));
	if (shown.manual)
		set(&built, "manual", manual_json(&shown));
	if (shown.judged)
		set(&built, "delisting", delisting_json(lookup, zone));
	return done(&built);
}
