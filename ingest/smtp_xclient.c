#include "ingest/smtp_xclient.h"

#include <string.h>
#include <strings.h>

/*
 * No value we use is longer than a host name. A stranger's HELO may be, and is
 * cut: were it refused, the mail server in front could not name the client of
 * that mail, and would ask again and again.
 */
#define VALUE_MAX ENVELOPE_HELO_MAX

static int
hex_digit(char c)
{
	/* Capitals only, RFC 3461 section 4. */
	static const char digits[] = "0123456789ABCDEF";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

/* One character of xtext; -1 where there is none or it has no place here. */
static int
read_xtext_char(struct smtp_text *text)
{
	char c = *text->next++;
	int high, low;

	if (c < '!' || c > '~' || c == '=')
		return -1;
	if (c != '+')
		return c;
	if (text->end - text->next < 2)
		return -1;
	high = hex_digit(text->next[0]);
	low = hex_digit(text->next[1]);
	text->next += 2;
	if (high < 0 || low < 0)
		return -1;
	/* Beyond ASCII: what a stranger said in HELO, and is evidence. */
	if (high >= 8)
		return '?';
	c = (char)(high << 4 | low);
	/* A control octet in a value is never honest. */
	return c < ' ' || c > '~' ? -1 : c;
}

/* xtext up to a space or the end. */
static bool
read_value(struct smtp_text *text, char value[VALUE_MAX + 1])
{
	size_t len = 0;

	while (text->next < text->end && *text->next != ' ') {
		int c = read_xtext_char(text);

		if (c < 0)
			return false;
		if (len < VALUE_MAX)
			value[len++] = (char)c;
	}
	value[len] = '\0';
	return len > 0;
}

static bool
is_unknown(const char *value)
{
	return strcasecmp(value, "[UNAVAILABLE]") == 0 ||
	       strcasecmp(value, "[TEMPUNAVAIL]") == 0;
}

static bool
take_address(struct smtp_xclient *xclient, const char *value)
{
	static const char tag[] = "IPV6:";
	const size_t tag_len = sizeof(tag) - 1;

	xclient->address_given = true;
	xclient->address_known = !is_unknown(value);
	if (strncasecmp(value, tag, tag_len) == 0)
		value += tag_len;
	return !xclient->address_known ||
	       ipaddr_parse(value, &xclient->address) == 0;
}

static bool
take_helo(struct smtp_xclient *xclient, const char *value)
{
	xclient->helo_given = true;
	if (!is_unknown(value))
		memcpy(xclient->helo, value, strlen(value) + 1);
	return true;
}

static bool
pass_over(struct smtp_xclient *xclient, const char *value)
{
	(void)xclient;
	(void)value;
	return true;
}

static const struct {
	const char *name;
	enum smtp_attributes of;
	bool (*take)(struct smtp_xclient *xclient, const char *value);
} attributes[] = {
	{ "ADDR", SMTP_ATTRIBUTE_BOTH, take_address },
	{ "HELO", SMTP_ATTRIBUTE_BOTH, take_helo },
	{ "NAME", SMTP_ATTRIBUTE_BOTH, pass_over },
	{ "PORT", SMTP_ATTRIBUTE_BOTH, pass_over },
	{ "PROTO", SMTP_ATTRIBUTE_BOTH, pass_over },
	{ "REVERSE_NAME", SMTP_ATTRIBUTE_XCLIENT, pass_over },
	{ "LOGIN", SMTP_ATTRIBUTE_XCLIENT, pass_over },
	{ "DESTADDR", SMTP_ATTRIBUTE_XCLIENT, pass_over },
	{ "DESTPORT", SMTP_ATTRIBUTE_XCLIENT, pass_over },
	{ "IDENT", SMTP_ATTRIBUTE_XFORWARD, pass_over },
	{ "SOURCE", SMTP_ATTRIBUTE_XFORWARD, pass_over },
};

static bool
read_attribute(struct smtp_text *text, enum smtp_attributes which,
    struct smtp_xclient *xclient)
{
	size_t left = (size_t)(text->end - text->next);
	char value[VALUE_MAX + 1];

	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]);
	     i++) {
		const size_t len = strlen(attributes[i].name);

		if ((attributes[i].of & which) == 0 || left <= len ||
		    text->next[len] != '=' ||
		    strncasecmp(text->next, attributes[i].name, len) != 0)
			continue;
		text->next += len + 1;
		return read_value(text, value) &&
		       attributes[i].take(xclient, value);
	}
	return false;
}

enum smtp_outcome
smtp_xclient_read(struct smtp_text *text, enum smtp_attributes which,
    struct smtp_xclient *xclient)
{
	*xclient = (struct smtp_xclient){ 0 };
	do {
		if (!read_attribute(text, which, xclient))
			return SMTP_ARGUMENT_BAD;
	} while (smtp_text_take(text, ' '));
	return text->next == text->end ? SMTP_UNDERSTOOD : SMTP_ARGUMENT_BAD;
}
