#include <string.h>

#include "ingest/classify.h"

bool
signs_have(const struct signs *signs, const char *name)
{
	for (unsigned i = 0; i < signs->count; i++) {
		if (strcmp(signs->names[i], name) == 0)
			return true;
	}
	return false;
}

bool
signs_have_prefix(const struct signs *signs, const char *prefix)
{
	for (unsigned i = 0; i < signs->count; i++) {
		if (strncmp(signs->names[i], prefix, strlen(prefix)) == 0)
			return true;
	}
	return false;
}

void
signs_add(struct signs *signs, const char *name)
{
	if (signs->count < SIGNS_MAX && !signs_have(signs, name))
		signs->names[signs->count++] = name;
}

char *
signs_format(const struct signs *signs, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < signs->count; i++) {
		size_t len = strlen(signs->names[i]);

		if (used + len + 2 > size)
			break;
		if (used > 0)
			text[used++] = ' ';
		memcpy(text + used, signs->names[i], len + 1);
		used += len;
	}
	return text;
}
