#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "httpapi/form.h"
#include "tests/support/insist.h"

/* Written anew, with every octet escaped, a form is the same form. */
static char *
write_form(const json_t *form)
{
	static const char digits[] = "0123456789ABCDEF";
	char *text = malloc(
	    FORM_FIELDS_MAX * (3 * (FORM_NAME_MAX + FORM_VALUE_MAX) + 2) + 1);
	char *to = text;
	const char *name;
	json_t *value;

	insist(text != NULL);
	json_object_foreach((json_t *)form, name, value)
	{
		const char *parts[] = { name, json_string_value(value) };

		for (int i = 0; i < 2; i++) {
			for (const char *s = parts[i]; *s != '\0'; s++) {
				*to++ = '%';
				*to++ = digits[(unsigned char)*s >> 4];
				*to++ = digits[(unsigned char)*s & 15];
			}
			*to++ = i == 0 ? '=' : '&';
		}
	}
	*to = '\0';
	return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *form, *again;
	const char *name;
	json_t *value;
	char *text;

	if (form_parse((const char *)data, size, &form) != 0)
		return 0;
	insist(json_object_size(form) <= FORM_FIELDS_MAX);
	json_object_foreach(form, name, value)
	{
		insist(strlen(name) <= FORM_NAME_MAX);
		insist(json_string_length(value) ==
		       strlen(json_string_value(value)));
		insist(json_string_length(value) <= FORM_VALUE_MAX);
	}
	text = write_form(form);
	insist(form_parse(text, strlen(text), &again) == 0);
	insist(json_equal(form, again));
	free(text);
	json_decref(again);
	json_decref(form);
	return 0;
}
