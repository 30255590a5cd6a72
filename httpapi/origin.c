#include "httpapi/origin.h"

#include <string.h>
#include <strings.h>

/* Of "https://host:port" what Host would name; NULL where it is "null". */
static const char *
authority_of(const char *origin)
{
	const char *scheme_end = strstr(origin, "://");

	return scheme_end != NULL ? scheme_end + 3 : NULL;
}

bool
origin_is_foreign(const struct field *fields, size_t count)
{
	const char *site = fields_find(fields, count, "Sec-Fetch-Site");
	const char *origin = fields_find(fields, count, "Origin");
	const char *host = fields_find(fields, count, "Host");
	const char *authority;

	/* "none": typed, or a bookmark. */
	if (site != NULL)
		return strcmp(site, "same-origin") != 0 &&
		       strcmp(site, "none") != 0;
	if (origin == NULL)
		return false;
	authority = authority_of(origin);
	return authority == NULL || host == NULL ||
	       strcasecmp(authority, host) != 0;
}
