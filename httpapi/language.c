#include "httpapi/language.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "httpapi/include.h"
#include "httpapi/negotiate.h"

INCLUDE_TEXT(language_en, "httpapi/portal/en.json");
INCLUDE_TEXT(language_de, "httpapi/portal/de.json");
INCLUDE_TEXT(language_console_en, "httpapi/console/en.json");
INCLUDE_TEXT(language_console_de, "httpapi/console/de.json");

static const struct {
	const char *tag, *file, *console;
} sources[] = {
	{ "en", language_en, language_console_en },
	{ "de", language_de, language_console_de },
};
#define LANGUAGES (sizeof(sources) / sizeof(sources[0]))

const size_t language_count = LANGUAGES;

static struct language languages[LANGUAGES];
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The files were read by a test before they became part of the program. */
static json_t *
read_file(const char *file)
{
	json_t *texts = json_loads(file, JSON_REJECT_DUPLICATES, NULL);

	assert(json_is_object(texts));
	return texts;
}

static void
load(void)
{
	for (size_t i = 0; i < LANGUAGES; i++) {
		languages[i].tag = sources[i].tag;
		languages[i].texts = read_file(sources[i].file);
		languages[i].console = read_file(sources[i].console);
	}
}

const struct language *
language_at(size_t i)
{
	pthread_once(&once, load);
	return &languages[i];
}

static const struct language *
find(const char *tag)
{
	for (size_t i = 0; tag != NULL && i < LANGUAGES; i++) {
		if (strcmp(sources[i].tag, tag) == 0)
			return language_at(i);
	}
	return NULL;
}

const struct language *
language_choose(const char *wanted, const char *chosen, const char *accept)
{
	const struct language *language = find(wanted);
	const char *tags[LANGUAGES];
	int best;

	if (language == NULL)
		language = find(chosen);
	if (language != NULL)
		return language;
	for (size_t i = 0; i < LANGUAGES; i++)
		tags[i] = sources[i].tag;
	best = negotiate_language(accept, tags, LANGUAGES);
	return language_at(best >= 0 ? (size_t)best : 0);
}

const char *
language_text(
    const struct language *language, const char *name, const char *otherwise)
{
	const char *text =
	    json_string_value(json_object_get(language->texts, name));

	return text != NULL ? text : otherwise;
}
