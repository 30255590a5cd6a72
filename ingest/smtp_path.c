#include "ingest/smtp_path.h"

#include <string.h>
#include <strings.h>

#include "common/ipaddr.h"
#include "common/wire.h"

/* RFC 5321 section 4.5.3.1.3 counts the brackets. */
#define MAILBOX_MAX (ENVELOPE_PATH_MAX - 2)
#define DOMAIN_MAX 255 /* RFC 5321 section 4.5.3.1.2 */
#define LABEL_MAX 63   /* RFC 1035 section 2.3.4 */

/* --- characters ----------------------------------------------------------- */

/*
 * An octet of a character beyond ASCII, which RFC 6531 section 3.3 lets stand
 * where letters do. That it is UTF-8 is for the whole path to show.
 */
static bool
is_utf8_octet(char c)
{
	return (unsigned char)c >= 0x80;
}

static bool
is_let_dig(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || is_utf8_octet(c);
}

/* RFC 5322 section 3.2.3. */
static bool
is_atext(char c)
{
	return is_let_dig(c) ||
	       (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static bool
is_graphic_or_space(char c)
{
	return (c >= ' ' && c <= '~') || is_utf8_octet(c);
}

static size_t
left(const struct smtp_text *text)
{
	return (size_t)(text->end - text->next);
}

/* The octet that stands next, '\0' at the end: no path has one. */
static char
peek(const struct smtp_text *text)
{
	return text->next < text->end ? *text->next : '\0';
}

bool
smtp_text_take(struct smtp_text *text, char c)
{
	if (text->next == text->end || *text->next != c)
		return false;
	text->next++;
	return true;
}

/* --- domains -------------------------------------------------------------- */

/*
 * sub-domain = Let-dig [Ldh-str]; and the underscore, which is in the names of
 * just such servers as nobody looks after.
 */
static bool
read_label(struct smtp_text *text)
{
	const char *start = text->next;
	size_t len;

	while (is_let_dig(peek(text)) || peek(text) == '-' || peek(text) == '_')
		text->next++;
	len = (size_t)(text->next - start);
	return len > 0 && len <= LABEL_MAX && start[0] != '-' &&
	       start[len - 1] != '-';
}

static bool
read_domain(struct smtp_text *text)
{
	const char *start = text->next;

	do {
		if (!read_label(text))
			return false;
	} while (smtp_text_take(text, '.'));
	return text->next - start <= DOMAIN_MAX;
}

/* Standardized-tag ":" 1*dcontent */
static bool
is_general_literal(const char *content, size_t len)
{
	const char *colon = memchr(content, ':', len);
	struct smtp_text tag = { content, colon };

	if (colon == NULL || colon + 1 == content + len || !read_label(&tag) ||
	    tag.next != colon)
		return false;
	for (const char *c = colon + 1; c < content + len; c++) {
		if (*c < '!' || *c > '~' || strchr("[\\]", *c) != NULL)
			return false;
	}
	return true;
}

/* What stands between the brackets of RFC 5321 section 4.1.3. */
static bool
is_literal(const char *content, size_t len)
{
	static const char ipv6[] = "IPv6:";
	const size_t tag_len = sizeof(ipv6) - 1;
	struct ipaddr address;

	if (len > tag_len && strncasecmp(content, ipv6, tag_len) == 0)
		return memchr(content + tag_len, ':', len - tag_len) != NULL &&
		       ipaddr_parse_n(
			   content + tag_len, len - tag_len, &address) == 0;
	if (memchr(content, ':', len) != NULL)
		return is_general_literal(content, len);
	return ipaddr_parse_n(content, len, &address) == 0;
}

static bool
read_literal(struct smtp_text *text)
{
	const char *content = text->next + 1;
	const char *end;

	if (!smtp_text_take(text, '['))
		return false;
	end = memchr(content, ']', left(text));
	if (end == NULL || !is_literal(content, (size_t)(end - content)))
		return false;
	text->next = end + 1;
	return true;
}

static bool
read_host(struct smtp_text *text)
{
	return peek(text) == '[' ? read_literal(text) : read_domain(text);
}

/* --- local parts ---------------------------------------------------------- */

/* Dot-string = Atom *("." Atom) */
static bool
read_dot_string(struct smtp_text *text)
{
	do {
		if (!is_atext(peek(text)))
			return false;
		while (is_atext(peek(text)))
			text->next++;
	} while (smtp_text_take(text, '.'));
	return true;
}

static bool
is_dot_string(const char *octets, size_t len)
{
	struct smtp_text text = { octets, octets + len };

	return read_dot_string(&text) && text.next == text.end;
}

/* The text between the quotes, unescaped. */
static bool
read_quoted(struct smtp_text *text, struct wire_writer *content)
{
	if (!smtp_text_take(text, '"'))
		return false;
	while (!smtp_text_take(text, '"')) {
		smtp_text_take(text, '\\');
		if (!is_graphic_or_space(peek(text)))
			return false;
		wire_write_u8(content, (uint8_t)*text->next++);
	}
	return true;
}

static void
write_quoted(struct wire_writer *out, const char *content, size_t len)
{
	wire_write_u8(out, '"');
	for (size_t i = 0; i < len; i++) {
		if (content[i] == '"' || content[i] == '\\')
			wire_write_u8(out, '\\');
		wire_write_u8(out, (uint8_t)content[i]);
	}
	wire_write_u8(out, '"');
}

static bool
read_local(struct smtp_text *text, struct wire_writer *out)
{
	const char *start = text->next;
	char buffer[ENVELOPE_PATH_MAX];
	struct wire_writer content;

	if (peek(text) != '"') {
		if (!read_dot_string(text))
			return false;
		wire_write_octets(out, start, (size_t)(text->next - start));
		return true;
	}
	wire_write(&content, buffer, sizeof(buffer));
	if (!read_quoted(text, &content))
		return false;
	if (content.failed)
		out->failed = true;
	else if (is_dot_string(buffer, wire_len(&content)))
		wire_write_octets(out, buffer, wire_len(&content));
	else
		write_quoted(out, buffer, wire_len(&content));
	return true;
}

/* --- paths ---------------------------------------------------------------- */

/* A-d-l ":": accepted and ignored, RFC 5321 appendix C. */
static bool
read_route(struct smtp_text *text)
{
	if (peek(text) != '@')
		return true;
	do {
		if (!smtp_text_take(text, '@') || !read_domain(text))
			return false;
	} while (smtp_text_take(text, ','));
	return smtp_text_take(text, ':');
}

static bool
is_postmaster(const struct smtp_text *text)
{
	static const char name[] = "postmaster>";

	return left(text) >= sizeof(name) - 1 &&
	       strncasecmp(text->next, name, sizeof(name) - 1) == 0;
}

static bool
read_mailbox(struct smtp_text *text, struct wire_writer *out)
{
	const char *at;

	if (!read_route(text) || !read_local(text, out))
		return false;
	at = text->next;
	if (!smtp_text_take(text, '@') || !read_host(text))
		return false;
	wire_write_octets(out, at, (size_t)(text->next - at));
	return true;
}

enum smtp_path_outcome
smtp_path_read(struct smtp_text *text, enum smtp_path_allowed allowed,
    char path[ENVELOPE_PATH_MAX + 1])
{
	struct wire_writer out;

	wire_write(&out, path, MAILBOX_MAX);
	path[0] = '\0';
	if (!smtp_text_take(text, '<'))
		return SMTP_PATH_BAD;
	if (allowed == SMTP_PATH_REVERSE && smtp_text_take(text, '>'))
		return SMTP_PATH_READ;
	if (allowed == SMTP_PATH_FORWARD && is_postmaster(text)) {
		const size_t len = strlen("postmaster");

		wire_write_octets(&out, text->next, len);
		text->next += len;
	} else if (!read_mailbox(text, &out)) {
		path[0] = '\0';
		return SMTP_PATH_BAD;
	}
	path[out.failed ? 0 : wire_len(&out)] = '\0';
	if (!smtp_text_take(text, '>')) {
		path[0] = '\0';
		return SMTP_PATH_BAD;
	}
	return out.failed ? SMTP_PATH_LONG : SMTP_PATH_READ;
}
