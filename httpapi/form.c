#include "httpapi/form.h"

#include <errno.h>
#include <string.h>

#include "common/error.h"
#include "httpapi/percent.h"

static int
add_field(json_t *form, const char *text, size_t len)
{
	const char *equals = memchr(text, '=', len);
	size_t name_len = equals != NULL ? (size_t)(equals - text) : len;
	char name[FORM_NAME_MAX + 1], value[FORM_VALUE_MAX + 1];
	json_t *string;
	int code;

	code = percent_decode(text, name_len, true, name, sizeof(name));
	if (code != 0)
		return code;
	text += name_len + (equals != NULL ? 1 : 0);
	len -= name_len + (equals != NULL ? 1 : 0);
	code = percent_decode(text, len, true, value, sizeof(value));
	if (code != 0)
		return code;
	if (json_object_get(form, name) != NULL)
		return ERROR_FORMAT;
	if (json_object_size(form) == FORM_FIELDS_MAX)
		return ERROR_LIMIT;
	/* Both refuse what is no UTF-8. */
	string = json_string(value);
	if (string == NULL || json_object_set_new(form, name, string) != 0)
		return ERROR_FORMAT;
	return 0;
}

int
form_parse(const char *text, size_t len, json_t **out)
{
	json_t *form = json_object();
	int code = form != NULL ? 0 : -ENOMEM;

	while (code == 0 && len > 0) {
		const char *end = memchr(text, '&', len);
		size_t field_len = end != NULL ? (size_t)(end - text) : len;

		/* "a=1&&b=2" and a final '&' have empty fields: nothing. */
		if (field_len > 0)
			code = add_field(form, text, field_len);
		if (end != NULL)
			field_len++;
		text += field_len;
		len -= field_len;
	}
	if (code != 0)
		json_decref(form);
	else
		*out = form;
	return code;
}
