#include "ctl/lookup_print.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/log.h"

static void
print_words(const char *title, const json_t *words)
{
	json_t *word;
	size_t i;

	if (json_array_size(words) == 0)
		return;
	printf("  %-14s", title);
	json_array_foreach(words, i, word)
	    printf("%s%s", i > 0 ? ", " : "", json_string_value(word));
	putchar('\n');
}

static void
print_field(const char *title, const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	if (text != NULL && text[0] != '\0')
		printf("  %-14s%s\n", title, text);
}

static const char *
plural(int count)
{
	return count == 1 ? "" : "s";
}

static void
print_counts(const json_t *answer)
{
	int sightings, corroborated, traps, campaigns;
	double score;

	if (json_unpack((json_t *)answer, "{s:i, s:i, s:i, s:i, s:F}",
		"sightings", &sightings, "corroborated", &corroborated, "traps",
		&traps, "campaigns", &campaigns, "score", &score) != 0 ||
	    sightings == 0)
		return;
	printf("  %-14s%.2f; %d counted (%d corroborated) from %d trap%s and "
	       "%d campaign%s\n",
	    "score", score, sightings, corroborated, traps, plural(traps),
	    campaigns, plural(campaigns));
}

static void
print_evidence(const json_t *list)
{
	static const char *const fields[] = { "reporting_mta", "status",
		"cause", "signs" };
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		printf("  %-14s%s %s %s", i == 0 ? "evidence" : "",
		    json_string_value(json_object_get(item, "seen_at")),
		    json_string_value(json_object_get(item, "kind")),
		    json_string_value(json_object_get(item, "grade")));
		for (size_t j = 0; j < sizeof(fields) / sizeof(fields[0]);
		     j++) {
			char escaped[LOG_TEXT_MAX];
			const char *text =
			    json_string_value(json_object_get(item, fields[j]));

			if (text != NULL && text[0] != '\0')
				printf(" %s=%s", fields[j],
				    log_escape(text, escaped));
		}
		putchar('\n');
	}
}

void
lookup_print(const json_t *answer)
{
	const json_t *lists = json_object_get(answer, "lists");
	const char *state = json_string_value(json_object_get(answer, "state"));
	bool listed = json_is_true(json_object_get(answer, "listed"));
	const char *name;
	json_t *codes;

	printf("%s is %slisted",
	    json_string_value(json_object_get(answer, "address")),
	    listed ? "" : "not ");
	if (!listed &&
	    json_integer_value(json_object_get(answer, "sightings")) > 0)
		printf(" (%s)", state);
	putchar('\n');
	if (strchr(json_string_value(json_object_get(answer, "unit")), '/') !=
	    NULL)
		print_field("listed as", answer, "unit");
	json_object_foreach((json_t *)lists, name, codes)
	    print_words(name, codes);
	print_words("kinds", json_object_get(answer, "kinds"));
	print_counts(answer);
	print_field("first seen", answer, "first_seen_at");
	print_field("last seen", answer, "last_seen_at");
	print_field("listed since", answer, "listed_at");
	print_field("listed until", answer, "expires_at");
	print_field("by hand until", answer, "manual_until");
	print_field("reason", answer, "manual_reason");
	print_field("delisted", answer, "delisted_at");
	print_field("exempt", answer, "exempt");
	print_field("never listed", answer, "never_listed");
	print_evidence(json_object_get(answer, "evidence"));
}
