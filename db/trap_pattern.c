#include "db/trap_pattern.h"

#include <string.h>

#include "common/error.h"
#include "db/stored.h"

#define LABEL_MAX 63 /* RFC 1035 section 2.3.4 */

static char
lower(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

/* An octet of a character beyond ASCII (RFC 6532 section 3.1). */
static bool
is_wide(char c)
{
	return (unsigned char)c >= 0x80;
}

static bool
is_label(const char *label, size_t len)
{
	bool wide = false;

	if (len == 0 || label[0] == '-' || label[len - 1] == '-')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!is_letter(label[i]) && !is_digit(label[i]) &&
		    label[i] != '-' && !is_wide(label[i]))
			return false;
		wide |= is_wide(label[i]);
	}
	/* In UTF-8 a label may be longer than its A-label. */
	return wide || len <= LABEL_MAX;
}

/* A last label of digits alone is no domain but part of an address. */
static bool
is_top(const char *label, size_t len)
{
	while (len > 0 && is_digit(label[len - 1]))
		len--;
	return len > 0;
}

/* 0 or ERROR_FORMAT; one full stop at the end is ignored. */
static int
parse_domain(const char *text, char domain[TRAP_DOMAIN_MAX + 1])
{
	size_t len = strnlen(text, TRAP_DOMAIN_MAX + 2);
	size_t start = 0, labels = 0;

	if (len > 0 && text[len - 1] == '.')
		len--;
	if (len > TRAP_DOMAIN_MAX)
		return ERROR_FORMAT;
	for (size_t i = 0; i <= len; i++) {
		if (i < len && text[i] != '.')
			continue;
		if (!is_label(text + start, i - start))
			return ERROR_FORMAT;
		if (i == len && !is_top(text + start, i - start))
			return ERROR_FORMAT;
		labels++;
		start = i + 1;
	}
	/* "@.com" would make everybody's domain a trap. */
	if (labels < 2)
		return ERROR_FORMAT;
	for (size_t i = 0; i < len; i++)
		domain[i] = lower(text[i]);
	domain[len] = '\0';
	return 0;
}

static bool
is_atext(char c)
{
	/* RFC 5322 section 3.2.3, RFC 6531 section 3.3 */
	return is_letter(c) || is_digit(c) || is_wide(c) ||
	       (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* No full stop at either end, nor two together (RFC 5322 section 3.2.3). */
static bool
is_dot_atom(const char *text, size_t len)
{
	bool after_dot = true;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '.' ? after_dot : !is_atext(text[i]))
			return false;
		after_dot = text[i] == '.';
	}
	return !after_dot;
}

/* The content of a quoted string; false when it is none. */
static bool
unquote(const char *text, size_t len, char local[TRAP_LOCAL_MAX + 1])
{
	size_t to = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"' || (text[i] == '\\' && ++i == len))
			return false;
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f ||
		    to == TRAP_LOCAL_MAX)
			return false;
		local[to++] = lower(text[i]);
	}
	local[to] = '\0';
	return to > 0;
}

static int
parse_local(const char *text, size_t len, char local[TRAP_LOCAL_MAX + 1])
{
	bool good;

	if (len > 2 && text[0] == '"' && text[len - 1] == '"')
		good = unquote(text + 1, len - 2, local);
	else
		good = is_dot_atom(text, len) && unquote(text, len, local);
	if (!good)
		local[0] = '\0';
	return good ? 0 : ERROR_FORMAT;
}

bool
trap_local_drop_tag(char local[TRAP_LOCAL_MAX + 1])
{
	char *plus = strchr(local, '+');

	if (plus == NULL || plus == local)
		return false;
	*plus = '\0';
	return true;
}

bool
trap_local_is_role(const char *local)
{
	static const char *const roles[] = { "postmaster", "abuse" };
	char name[TRAP_LOCAL_MAX + 1];

	stored_copy_text(name, sizeof(name), local);
	trap_local_drop_tag(name);
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if (strcmp(name, roles[i]) == 0)
			return true;
	}
	return false;
}

/* How many octets follow a lead octet (RFC 3629); -1: it is none. */
static int
following(unsigned char lead)
{
	static const struct {
		unsigned char first, last;
		int following;
	} leads[] = {
		{ 0x00, 0x7f, 0 },
		{ 0xc2, 0xdf, 1 },
		{ 0xe0, 0xef, 2 },
		{ 0xf0, 0xf4, 3 },
	};

	for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++) {
		if (lead >= leads[i].first && lead <= leads[i].last)
			return leads[i].following;
	}
	return -1;
}

/* Enough to keep what is not UTF-8 out of what is shown to people. */
static bool
is_utf8(const char *text)
{
	while (*text != '\0') {
		int more = following((unsigned char)*text++);

		if (more < 0)
			return false;
		for (; more > 0; more--, text++) {
			if (((unsigned char)*text & 0xc0) != 0x80)
				return false;
		}
	}
	return true;
}

int
trap_pattern_parse(const char *text, struct trap_pattern *pattern)
{
	const char *at = strrchr(text, '@');
	struct trap_pattern parsed = { 0 };

	if (at == NULL || !is_utf8(text))
		return ERROR_FORMAT;
	if (at != text &&
	    parse_local(text, (size_t)(at - text), parsed.local) != 0)
		return ERROR_FORMAT;
	at++;
	if (parsed.local[0] == '\0' && *at == '.') {
		parsed.subdomains = true;
		at++;
	}
	if (parse_domain(at, parsed.domain) != 0)
		return ERROR_FORMAT;
	if (trap_local_is_role(parsed.local))
		return ERROR_REFUSED;
	*pattern = parsed;
	return 0;
}

int
trap_pattern_of_mailbox(const char *mailbox, struct trap_pattern *pattern)
{
	const char *at = strrchr(mailbox, '@');
	struct trap_pattern parsed = { 0 };

	if (at == NULL || at == mailbox ||
	    parse_domain(at + 1, parsed.domain) != 0)
		return ERROR_FORMAT;
	parse_local(mailbox, (size_t)(at - mailbox), parsed.local);
	*pattern = parsed;
	return 0;
}
