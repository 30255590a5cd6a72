#include "db/dname.h"

#include <stdio.h>
#include <string.h>

#include "common/error.h"

#define LABEL_MAX 63

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static uint8_t
lower(uint8_t octet)
{
	return octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet;
}

/* What stands behind a backslash; moves `*text` behind it. -1 for nothing. */
static int
read_escape(const char **text)
{
	const char *at = *text;
	int octet = 0;

	if (*at == '\0')
		return -1;
	if (!is_digit(*at)) {
		*text = at + 1;
		return (unsigned char)*at;
	}
	for (int i = 0; i < 3; i++) {
		if (!is_digit(at[i]))
			return -1;
		octet = octet * 10 + (at[i] - '0');
	}
	*text = at + 3;
	return octet <= 255 ? octet : -1;
}

/* A name under construction; `label` is where its running label's length is. */
struct builder {
	uint8_t *name;
	size_t len, label;
	bool failed;
};

static void
begin(struct builder *builder, uint8_t *name)
{
	*builder = (struct builder){ .name = name, .len = 1 };
	name[0] = 0;
}

static void
add_octet(struct builder *builder, int octet)
{
	uint8_t *count = &builder->name[builder->label];

	/* One octet stays free for the root. */
	if (octet < 0 || *count == LABEL_MAX || builder->len >= DNAME_MAX - 1) {
		builder->failed = true;
		return;
	}
	++*count;
	builder->name[builder->len++] = lower((uint8_t)octet);
}

static void
end_label(struct builder *builder)
{
	if (builder->name[builder->label] == 0 || builder->len >= DNAME_MAX) {
		builder->failed = true;
		return;
	}
	builder->label = builder->len++;
	builder->name[builder->label] = 0;
}

static int
finish(struct builder *builder)
{
	if (builder->name[builder->label] != 0)
		end_label(builder);
	return builder->failed ? ERROR_FORMAT : (int)builder->len;
}

static void
add_text(struct builder *builder, const char *text)
{
	while (*text != '\0' && !builder->failed) {
		char c = *text++;

		if (c == '.')
			end_label(builder);
		else if (c == '\\')
			add_octet(builder, read_escape(&text));
		else if (c <= ' ' || c > '~')
			builder->failed = true;
		else
			add_octet(builder, c);
	}
}

int
dname_parse(const char *text, uint8_t name[DNAME_MAX])
{
	struct builder builder;

	begin(&builder, name);
	if (strcmp(text, ".") == 0)
		return 1;
	if (*text == '\0')
		return ERROR_FORMAT;
	add_text(&builder, text);
	return finish(&builder);
}

int
dname_parse_mailbox(const char *text, uint8_t name[DNAME_MAX])
{
	const char *at = strchr(text, '@');
	struct builder builder;

	if (at == NULL)
		return dname_parse(text, name);
	begin(&builder, name);
	while (text < at) {
		if (*text <= ' ' || *text > '~')
			builder.failed = true;
		add_octet(&builder, *text++);
	}
	end_label(&builder);
	if (at[1] == '\0' || strchr(at + 1, '@') != NULL)
		return ERROR_FORMAT;
	add_text(&builder, at + 1);
	return finish(&builder);
}

char *
dname_format(const uint8_t *name, char text[DNAME_TEXT_MAX])
{
	char *to = text;

	for (; *name != 0; name += 1 + *name) {
		if (to > text)
			*to++ = '.';
		for (unsigned i = 1; i <= *name; i++) {
			uint8_t octet = name[i];

			if (octet <= ' ' || octet > '~') {
				to += sprintf(to, "\\%03u", octet);
				continue;
			}
			if (strchr(".\\\"()@$;", octet) != NULL)
				*to++ = '\\';
			*to++ = (char)octet;
		}
	}
	if (to == text)
		*to++ = '.';
	*to = '\0';
	return text;
}

size_t
dname_len(const uint8_t *name, size_t size)
{
	size_t at = 0;

	if (size > DNAME_MAX)
		size = DNAME_MAX;
	while (at < size && name[at] != 0) {
		if (name[at] > LABEL_MAX)
			return 0;
		at += 1u + name[at];
	}
	return at < size ? at + 1 : 0;
}

static bool
is_host_octet(uint8_t octet)
{
	return (octet >= 'a' && octet <= 'z') || is_digit((char)octet) ||
	       octet == '-';
}

bool
dname_is_host(const uint8_t *name)
{
	if (*name == 0)
		return false;
	for (; *name != 0; name += 1 + *name) {
		for (unsigned i = 1; i <= *name; i++) {
			if (!is_host_octet(name[i]))
				return false;
		}
		if (name[1] == '-' || name[*name] == '-')
			return false;
	}
	return true;
}

int
dname_below(const uint8_t *name, const uint8_t *origin)
{
	size_t len = dname_len(name, DNAME_MAX);
	size_t origin_len = dname_len(origin, DNAME_MAX);
	size_t at = 0;

	if (len == 0 || origin_len == 0 || origin_len > len)
		return ERROR_FORMAT;
	while (at < len - origin_len)
		at += 1u + name[at];
	if (at != len - origin_len ||
	    memcmp(name + at, origin, origin_len) != 0)
		return ERROR_NOT_FOUND;
	return (int)at;
}
