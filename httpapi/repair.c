#include "httpapi/repair.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/remedy.h"
#include "httpapi/problem.h"

/* --- for programs --------------------------------------------------------- */

/* Of ours, some four thousand octets at most, so that they always fit. */
#define TEXT_MAX ((size_t)64 << 10)

static struct strbuf texts[CAUSE_COUNT], none;
static pthread_once_t once = PTHREAD_ONCE_INIT;

#define CAUSES_PATH "/v1/causes/"

static json_t *
remedies_json(const struct cause *cause)
{
	json_t *list = json_array();

	for (size_t i = 0; i < remedy_count; i++) {
		const struct remedy *remedy = &remedies[i];
		const char *settings = remedy->settings;

		if (remedy_is_for(remedy, cause))
			json_array_append_new(
			    list, json_pack("{ss ss ss*}", "software",
				      remedy->software, "how", remedy->how,
				      "settings",
				      settings[0] != '\0' ? settings : NULL));
	}
	return list;
}

/* With `repairs`, which it takes. */
static json_t *
cause_json(const struct cause *cause, json_t *repairs)
{
	return json_pack("{ss ss ss so}", "name", cause->name, "what",
	    cause->what, "repair", cause->repair, "repairs", repairs);
}

static void
make_texts(void)
{
	strbuf_init(&none, TEXT_MAX);
	strbuf_puts(&none, "null");
	for (int i = 0; i < CAUSE_COUNT; i++) {
		const struct cause *cause = &causes[i];
		json_t *json = cause_json(
		    cause, json_sprintf(CAUSES_PATH "%s", cause->name));
		char *text = json_dumps(json, JSON_COMPACT);

		strbuf_init(&texts[i], TEXT_MAX);
		strbuf_puts(&texts[i], text != NULL ? text : "null");
		free(text);
		json_decref(json);
	}
}

const struct strbuf *
repair_json(const struct cause *cause)
{
	pthread_once(&once, make_texts);
	return cause != NULL ? &texts[cause - causes] : &none;
}

enum handled
cause_get(struct exchange *exchange)
{
	const struct cause *cause = cause_find(exchange->subject);

	if (cause == NULL)
		problem_reply(exchange, PROBLEM_NOT_FOUND, NULL);
	else
		reply_view(
		    &exchange->reply, cause_json(cause, remedies_json(cause)));
	return HANDLED;
}

enum handled
causes_get(struct exchange *exchange)
{
	json_t *list = json_array();

	for (int i = CAUSE_NONE + 1; i < CAUSE_COUNT; i++)
		json_array_append_new(
		    list, cause_json(&causes[i], remedies_json(&causes[i])));
	reply_view(&exchange->reply, json_pack("{so}", "causes", list));
	return HANDLED;
}

/* --- for people ----------------------------------------------------------- */

static bool
has(const json_t *list, const json_t *word)
{
	const json_t *other;
	size_t i;

	json_array_foreach(list, i, other)
	{
		if (json_equal(word, other))
			return true;
	}
	return false;
}

/* What sightings have under `member`, each word once. */
static void
add_said(json_t *list, const json_t *evidence, const char *member)
{
	const json_t *sighting;
	size_t i;

	json_array_foreach(evidence, i, sighting)
	{
		json_t *word = json_object_get(sighting, member);

		if (word != NULL && !has(list, word))
			json_array_append(list, word);
	}
}

static json_t *
lines_of(const char *text)
{
	json_t *lines = json_array();

	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		json_array_append_new(lines, json_stringn(text, len));
		text += len + (text[len] == '\n' ? 1 : 0);
	}
	return lines;
}

static json_t *
remedy_words(const struct remedy *remedy, const struct language *language)
{
	char name[64];

	snprintf(name, sizeof(name), "remedy.%s", remedy->name);
	return json_pack("{ss ss ss so}", "software", remedy->software, "how",
	    language_text(language, name, remedy->how), "settings",
	    remedy->settings, "lines", lines_of(remedy->settings));
}

static bool
fits_any(const struct remedy *remedy, const json_t *software)
{
	json_t *name;
	size_t i;

	json_array_foreach(software, i, name)
	{
		if (remedy_fits(remedy, json_string_value(name)))
			return true;
	}
	return false;
}

static void
add_remedies(json_t *words, const struct cause *cause, const json_t *software,
    const struct language *language)
{
	json_t *mine = json_array(), *others = json_array();

	for (size_t i = 0; i < remedy_count; i++) {
		if (!remedy_is_for(&remedies[i], cause))
			continue;
		json_array_append_new(
		    fits_any(&remedies[i], software) ? mine : others,
		    remedy_words(&remedies[i], language));
	}
	json_object_set_new(words, "mine", mine);
	json_object_set_new(words, "others", others);
}

static const char *
cause_text(const struct cause *cause, const char *member, const char *english,
    const struct language *language)
{
	char name[64];

	snprintf(name, sizeof(name), "cause.%s.%s", cause->name, member);
	return language_text(language, name, english);
}

/* "Postfix and Exim" */
static json_t *
joined(const json_t *names, const struct language *language)
{
	const char *and = language_text(language, "list.and", ", ");
	json_t *text = json_string(""), *name;
	size_t i;

	json_array_foreach(names, i, name)
	{
		json_t *longer = json_sprintf("%s%s%s", json_string_value(text),
		    i > 0 ? and : "", json_string_value(name));

		json_decref(text);
		text = longer;
	}
	return text;
}

static json_t *
words_of(const struct cause *cause, bool named, const json_t *software,
    const struct language *language)
{
	json_t *words = json_pack("{ss ss ss sb so}", "name", cause->name,
	    "what", cause_text(cause, "what", cause->what, language), "repair",
	    cause_text(cause, "repair", cause->repair, language), "named",
	    named, "seen", joined(software, language));
	size_t mine;

	add_remedies(words, cause, software, language);
	mine = json_array_size(json_object_get(words, "mine"));
	json_object_set_new(words, "has_mine", json_boolean(mine > 0));
	json_object_set_new(words, "has_any",
	    json_boolean(mine > 0 || json_array_size(json_object_get(
					 words, "others")) > 0));
	return words;
}

json_t *
repair_words(const json_t *lookup, const struct language *language)
{
	const json_t *evidence = json_object_get(lookup, "evidence");
	json_t *first =
	    json_object_get(json_object_get(lookup, "cause"), "name");
	json_t *list = json_array(), *names = json_array();
	json_t *said = json_array(), *software = json_array(), *name;
	size_t i;

	add_said(said, evidence, "cause");
	add_said(software, evidence, "software");
	if (first != NULL)
		json_array_append(names, first);
	add_said(names, evidence, "cause");
	json_array_foreach(names, i, name)
	{
		const struct cause *cause = cause_find(json_string_value(name));
		json_t *words;

		if (cause == NULL)
			continue;
		words = words_of(cause, has(said, name), software, language);
		json_object_set_new(words, "also", json_boolean(i > 0));
		json_array_append_new(list, words);
	}
	json_decref(software);
	json_decref(said);
	json_decref(names);
	return list;
}
