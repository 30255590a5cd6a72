#include "ingest/notice.h"

#include <string.h>

#include "ingest/fold.h"

bool
notice_field(
    struct notice *notice, const char *name, char value[NOTICE_VALUE_MAX])
{
	const char *decoded = message_field(notice->message, name);

	value[0] = '\0';
	if (decoded == NULL)
		return false;
	fold_text(decoded, strlen(decoded), value, NOTICE_VALUE_MAX);
	return true;
}

static bool
matches(const char *value, const char *pattern)
{
	if (pattern == NULL)
		return true;
	if (*pattern == '^')
		return strncmp(value, pattern + 1, strlen(pattern + 1)) == 0;
	return strstr(value, pattern) != NULL;
}

void
notice_look_fields(
    struct notice *notice, const struct field_sign *rows, size_t count)
{
	char value[NOTICE_VALUE_MAX];
	const char *last = NULL;
	bool present = false;

	/* Rows of one name stand together: it is looked up once. */
	for (size_t i = 0; i < count; i++) {
		if (last == NULL || strcmp(last, rows[i].name) != 0) {
			last = rows[i].name;
			present = notice_field(notice, last, value);
		}
		if (present && matches(value, rows[i].value))
			finding_add(&notice->findings, rows[i].kind,
			    rows[i].family, rows[i].sign);
	}
}

bool
notice_sender_is_null(const struct notice *notice)
{
	return notice->envelope->sender_known &&
	       notice->envelope->sender[0] == '\0';
}
