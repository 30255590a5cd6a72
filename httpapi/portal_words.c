#include <stdio.h>
#include <string.h>

#include "db/backscatter.h"
#include "httpapi/portal.h"

/* "bounces and automatic replies", as a sentence takes it. */
static json_t *
kinds_in_words(const json_t *kinds)
{
	size_t count = json_array_size(kinds);
	char text[256] = "";

	for (size_t i = 0; i < count; i++) {
		const char *name = json_string_value(json_array_get(kinds, i));
		size_t len = strlen(text);

		snprintf(text + len, sizeof(text) - len, "%s%s",
		    i == 0	     ? ""
		    : i + 1 == count ? " and "
				     : ", ",
		    backscatter_words(backscatter_parse(name)));
	}
	return json_string(text);
}

/* "2 to 4", "500 or more", "1". */
static json_t *
range_in_words(const json_t *range)
{
	json_int_t least = json_integer_value(json_object_get(range, "least"));
	json_t *most = json_object_get(range, "most");
	char text[64];

	if (!json_is_integer(most))
		snprintf(text, sizeof(text), "%lld or more", (long long)least);
	else if (json_integer_value(most) == least)
		snprintf(text, sizeof(text), "%lld", (long long)least);
	else
		snprintf(text, sizeof(text), "%lld to %lld", (long long)least,
		    (long long)json_integer_value(most));
	return json_string(text);
}

/* "2026-01-31T12:00:00Z" -> "2026-01-31 12:00 UTC". */
static json_t *
time_in_words(const json_t *time)
{
	const char *iso = json_string_value(time);

	if (iso == NULL || strlen(iso) < 16)
		return json_null();
	return json_sprintf("%.10s %.5s UTC", iso, iso + 11);
}

static json_t *
minutes_in_words(const json_t *seconds)
{
	json_int_t value = json_integer_value(seconds);

	if (value < 120)
		return json_sprintf("%lld seconds", (long long)value);
	return json_sprintf("%lld minutes", (long long)((value + 59) / 60));
}

static json_t *
list_in_words(const json_t *zones)
{
	json_t *rows = json_array(), *zone;
	size_t i;

	json_array_foreach(zones, i, zone)
	{
		json_t *codes = json_object_get(zone, "codes"), *code;
		char text[256] = "";
		size_t k;

		json_array_foreach(codes, k, code)
		{
			size_t len = strlen(text);

			snprintf(text + len, sizeof(text) - len, "%s%s",
			    k > 0 ? " " : "", json_string_value(code));
		}
		json_array_append_new(
		    rows, json_pack("{sO ss}", "zone",
			      json_object_get(zone, "zone"), "codes", text));
	}
	return rows;
}

void
portal_add_words(json_t *view)
{
	static const char *const times[] = { "first_seen", "last_seen",
		"listed_at", "expires_at" };
	static const char *const ranges[] = { "sightings", "traps" };
	json_t *words = json_object(), *value;
	const json_t *manual = json_object_get(view, "manual");
	const char *unit = json_string_value(json_object_get(view, "unit"));

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		value = json_object_get(view, times[i]);
		if (value != NULL)
			json_object_set_new(
			    words, times[i], time_in_words(value));
	}
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		value = json_object_get(view, ranges[i]);
		if (value != NULL)
			json_object_set_new(
			    words, ranges[i], range_in_words(value));
	}
	if (manual != NULL)
		json_object_set_new(words, "manual_until",
		    time_in_words(json_object_get(manual, "until")));
	if (strchr(unit, '/') != NULL)
		json_object_set_new(words, "network", json_string(unit));
	json_object_set_new(
	    words, "kinds", kinds_in_words(json_object_get(view, "kinds")));
	json_object_set_new(
	    words, "zones", list_in_words(json_object_get(view, "zones")));
	json_object_set_new(words, "caches",
	    minutes_in_words(json_object_get(
		json_object_get(view, "caches"), "listed_seconds")));
	json_object_set_new(view, "words", words);
	/* Listed for what was seen, not only by hand. */
	json_object_set_new(view, "judged",
	    json_boolean(json_object_get(view, "sightings") != NULL));
}
