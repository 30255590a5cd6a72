#include "common/error.h"

#include <stddef.h>
#include <string.h>

static const struct {
	int code;
	const char *text;
} texts[] = {
	{ 0, "no error" },
	{ ERROR_FORMAT, "not in the expected form" },
	{ ERROR_DAMAGED, "stored data is damaged" },
	{ ERROR_NEWER, "stored by a newer version of bsbl" },
	{ ERROR_OLDER, "stored by an older version: run `bsblctl upgrade`" },
	{ ERROR_NOT_FOUND, "no such record" },
	{ ERROR_EXISTS, "such a record is there already" },
	{ ERROR_FULL, "database or disk is full" },
	{ ERROR_LIMIT, "more than a limit allows" },
	{ ERROR_UNLOCKED, "the database cannot be locked" },
	{ ERROR_BUSY, "another program holds the database" },
	{ ERROR_REFUSED, "refused by the rules" },
	{ ERROR_NOT_MADE, "no database there: `bsblctl init` makes it" },
};

const char *
error_text(int code)
{
	const char *text = NULL;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i].code == code)
			return texts[i].text;
	}
	/* Unlike strerror() this one is safe in threads. */
	if (code < 0 && code > ERROR_FORMAT)
		text = strerrordesc_np(-code);
	return text != NULL ? text : "unknown error";
}
