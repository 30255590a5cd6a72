#include "httpapi/target.h"

#include <string.h>
#include <strings.h>

#include "common/error.h"
#include "db/listing.h"

/* Prefix lengths of a listed unit, as written behind the address. */
#define IPV4_UNIT_LENGTH "32"
#define IPV6_UNIT_LENGTH "64"

/* A prefix in IPv6's longest spelling, ten octets to spare. */
#define SUBJECT_TEXT_MAX 64

/*
 * Behind "http://host", or `text` itself when it is no absolute-form. Without a
 * host it is none (RFC 9110 section 4.2.1).
 */
static const char *
skip_authority(const char *text)
{
	static const char *const schemes[] = { "http://", "https://" };

	if (text[0] == '/')
		return text;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t len = strlen(schemes[i]), host_len;

		if (strncasecmp(text, schemes[i], len) != 0)
			continue;
		host_len = strcspn(text + len, "/?");
		return host_len > 0 ? text + len + host_len : text;
	}
	return text;
}

/*
 * Visible ASCII; a fragment is never sent (RFC 9112 section 3.2). What browsers
 * leave unescaped beyond RFC 3986 does no harm.
 */
static bool
is_sendable(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text <= ' ' || *text > '~' || *text == '#')
			return false;
	}
	return true;
}

int
target_parse(const char *text, struct target *target)
{
	const char *path = skip_authority(text);
	size_t len = strcspn(path, "?");
	const char *query = path[len] == '?' ? path + len + 1 : "";

	if (!is_sendable(text))
		return ERROR_FORMAT;
	if (len > TARGET_MAX || strlen(query) > TARGET_MAX)
		return ERROR_LIMIT;
	/* "http://host" means "/". */
	if (len == 0 && path != text) {
		path = "/";
		len = 1;
	}
	if (len == 0 || (*path != '/' && (*path != '*' || len > 1)))
		return ERROR_FORMAT;
	memcpy(target->path, path, len);
	target->path[len] = '\0';
	strcpy(target->query, query);
	return 0;
}

int
subject_parse(const char *text, struct subject *subject)
{
	const char *slash = strchr(text, '/');
	size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
	struct subject read = { .is_unit = slash != NULL };
	const char *wanted;
	struct ipaddr unit;

	if (ipaddr_parse_n(text, len, &read.address) != 0)
		return ERROR_FORMAT;
	if (slash != NULL) {
		wanted = ipaddr_is_ipv4(&read.address) ? IPV4_UNIT_LENGTH
						       : IPV6_UNIT_LENGTH;
		unit = listing_unit(&read.address);
		if (strcmp(slash + 1, wanted) != 0 ||
		    !ipaddr_equal(&unit, &read.address))
			return ERROR_FORMAT;
	}
	*subject = read;
	return 0;
}

int
subject_parse_loosely(const char *text, struct subject *subject)
{
	char plain[SUBJECT_TEXT_MAX];
	size_t len;

	text += strspn(text, " \t\r\n[<(");
	len = strcspn(text, " \t\r\n])>");
	if (len >= sizeof(plain))
		return ERROR_FORMAT;
	memcpy(plain, text, len);
	while (len > 0 && (plain[len - 1] == '.' || plain[len - 1] == ','))
		len--;
	plain[len] = '\0';
	text += strcspn(text, " \t\r\n])>");
	if (text[strspn(text, " \t\r\n])>.,")] != '\0')
		return ERROR_FORMAT;
	return subject_parse(plain, subject);
}
