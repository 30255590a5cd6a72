#include <stdio.h>
#include <string.h>

#include "db/backscatter.h"
#include "httpapi/portal.h"
#include "httpapi/repair.h"

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* Up to this many of a unit are said in the one below it. */
#define KEPT_BELOW 2

/* A text with one number for its only {name}. */
static json_t *
with_number(const struct language *language, const char *name, long long number)
{
	const char *text = language_text(language, name, "{n}");
	size_t before = strcspn(text, "{");
	const char *after = strchr(text, '}');

	return json_sprintf("%.*s%lld%s", (int)before, text, number,
	    after != NULL ? after + 1 : "");
}

json_t *
portal_duration(int64_t seconds, const struct language *language)
{
	if (seconds == 1)
		return json_string(language_text(language, "time.second", ""));
	if (seconds < KEPT_BELOW * MINUTE)
		return with_number(language, "time.seconds", seconds);
	if (seconds < HOUR || (seconds < KEPT_BELOW * HOUR && seconds % HOUR))
		return with_number(
		    language, "time.minutes", (seconds + MINUTE - 1) / MINUTE);
	if (seconds == HOUR)
		return json_string(language_text(language, "time.hour", ""));
	if (seconds == DAY)
		return json_string(language_text(language, "time.day", ""));
	if (seconds < KEPT_BELOW * DAY || seconds % DAY != 0)
		return with_number(
		    language, "time.hours", (seconds + HOUR - 1) / HOUR);
	return with_number(language, "time.days", seconds / DAY);
}

static const char *
kind_words(const char *name, const struct language *language)
{
	char text_name[32];

	snprintf(text_name, sizeof(text_name), "kind.%s", name);
	return language_text(
	    language, text_name, backscatter_words(backscatter_parse(name)));
}

/* "bounces and automatic replies", as a sentence takes it. */
static json_t *
kinds_in_words(const json_t *kinds, const struct language *language)
{
	size_t count = json_array_size(kinds);
	char text[256] = "";

	for (size_t i = 0; i < count; i++) {
		const char *name = json_string_value(json_array_get(kinds, i));
		size_t len = strlen(text);

		snprintf(text + len, sizeof(text) - len, "%s%s",
		    i == 0	     ? ""
		    : i + 1 == count ? language_text(language, "list.and", " ")
				     : ", ",
		    kind_words(name, language));
	}
	return json_string(text);
}

/* "2 to 4", "500 or more", "1". */
static json_t *
range_in_words(const json_t *range, const struct language *language)
{
	json_int_t least = json_integer_value(json_object_get(range, "least"));
	json_t *most = json_object_get(range, "most");
	const char *between = language_text(language, "range.to", "{}-");

	if (!json_is_integer(most))
		return with_number(language, "range.more", least);
	if (json_integer_value(most) == least)
		return json_sprintf("%lld", (long long)least);
	between = strchr(between, '}') + 1;
	return json_sprintf("%lld%.*s%lld", (long long)least,
	    (int)strcspn(between, "{"), between,
	    (long long)json_integer_value(most));
}

json_t *
portal_time(const json_t *time)
{
	const char *iso = json_string_value(time);

	if (iso == NULL || strlen(iso) < 16)
		return json_null();
	return json_sprintf("%.10s %.5s UTC", iso, iso + 11);
}

json_t *
portal_joined(const json_t *strings)
{
	char text[256] = "";
	const json_t *string;
	size_t i;

	json_array_foreach(strings, i, string)
	{
		size_t len = strlen(text);

		snprintf(text + len, sizeof(text) - len, "%s%s",
		    i > 0 ? " " : "", json_string_value(string));
	}
	return json_string(text);
}

static json_t *
zones_in_words(const json_t *zones)
{
	json_t *rows = json_array(), *zone;
	size_t i;

	json_array_foreach(zones, i, zone)
	{
		json_array_append_new(
		    rows, json_pack("{sO so}", "zone",
			      json_object_get(zone, "zone"), "codes",
			      portal_joined(json_object_get(zone, "codes"))));
	}
	return rows;
}

/* "mail.example.net, Postfix, 5.1.1": what of it the server said. */
static json_t *
said_in_words(const json_t *sighting)
{
	static const char *const names[] = { "reporting_mta", "software",
		"status" };
	json_t *text = json_string("");

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *said =
		    json_string_value(json_object_get(sighting, names[i]));
		json_t *longer;

		if (said == NULL)
			continue;
		longer = json_sprintf("%s%s%s", json_string_value(text),
		    json_string_length(text) > 0 ? ", " : "", said);
		json_decref(text);
		text = longer;
	}
	if (json_string_length(text) == 0)
		json_string_set(text, "-");
	return text;
}

static json_t *
evidence_in_words(const json_t *evidence, const struct language *language)
{
	json_t *rows = json_array(), *sighting;
	size_t i;

	json_array_foreach(evidence, i, sighting)
	{
		const char *kind =
		    json_string_value(json_object_get(sighting, "kind"));

		json_array_append_new(
		    rows, json_pack("{so ss so}", "hour",
			      portal_time(json_object_get(sighting, "hour")),
			      "kind", kind_words(kind, language), "said",
			      said_in_words(sighting)));
	}
	return rows;
}

/* Times, counts and durations that stand in sentences. */
static void
add_facts(json_t *words, const json_t *view, const struct language *language)
{
	static const char *const times[] = { "first_seen", "last_seen",
		"listed_at", "expires_at" };
	static const char *const ranges[] = { "sightings", "traps" };
	const json_t *manual = json_object_get(view, "manual"), *value;

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		value = json_object_get(view, times[i]);
		if (value != NULL)
			json_object_set_new(
			    words, times[i], portal_time(value));
	}
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		value = json_object_get(view, ranges[i]);
		if (value != NULL)
			json_object_set_new(
			    words, ranges[i], range_in_words(value, language));
	}
	if (manual != NULL)
		json_object_set_new(words, "manual_until",
		    portal_time(json_object_get(manual, "until")));
	value =
	    json_object_get(json_object_get(view, "caches"), "listed_seconds");
	json_object_set_new(words, "caches",
	    portal_duration(json_integer_value(value), language));
}

/* Why, in a sentence, and all there is to say of it. */
static void
add_causes(json_t *words, json_t *view, const struct language *language)
{
	json_t *list = repair_words(view, language);
	json_t *what = json_object_get(json_array_get(list, 0), "what");

	if (what != NULL)
		json_object_set(words, "what", what);
	json_object_set_new(view, "causes", list);
}

/* Listed for what was seen, not only by hand; perhaps beside the main list. */
static void
add_state(json_t *words, json_t *view)
{
	bool judged = json_object_get(view, "sightings") != NULL;
	bool in_main = json_array_size(json_object_get(view, "codes")) > 0;

	json_object_set_new(view, "judged", json_boolean(judged));
	json_object_set_new(words, "aside", json_boolean(judged && !in_main));
	json_object_set_new(view, "owner",
	    json_boolean(json_object_get(view, "exact") != NULL));
}

/* curl has to come from the address that it names. */
static const char *
family_of(const json_t *view)
{
	const char *address =
	    json_string_value(json_object_get(view, "address"));

	return strchr(address, ':') != NULL ? "-6" : "-4";
}

void
portal_add_words(json_t *view, const struct language *language)
{
	json_t *words = json_object();
	const char *unit = json_string_value(json_object_get(view, "unit"));
	json_t *evidence =
	    evidence_in_words(json_object_get(view, "evidence"), language);

	add_facts(words, view, language);
	if (strchr(unit, '/') != NULL)
		json_object_set_new(words, "network", json_string(unit));
	json_object_set_new(words, "kinds",
	    kinds_in_words(json_object_get(view, "kinds"), language));
	json_object_set_new(
	    words, "zones", zones_in_words(json_object_get(view, "zones")));
	json_object_set_new(view, "words", words);
	add_causes(words, view, language);
	json_object_set_new(view, "family", json_string(family_of(view)));
	add_state(words, view);
	json_object_set_new(
	    view, "has_evidence", json_boolean(json_array_size(evidence) > 0));
	json_object_set_new(view, "evidence_rows", evidence);
}
