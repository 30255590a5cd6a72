#include "httpapi/cookie.h"

#include <string.h>

#define BETWEEN "; "

/* What stands behind "name=" in a pair of `len` octets; NULL: it is another. */
static const char *
value_of(const char *pair, size_t len, const char *name)
{
	size_t name_len = strlen(name);

	return len > name_len && pair[name_len] == '=' &&
		       memcmp(pair, name, name_len) == 0
		   ? pair + name_len + 1
		   : NULL;
}

bool
cookie_read(const char *cookies, const char *name, char *value, size_t size)
{
	value[0] = '\0';
	while (cookies != NULL && *cookies != '\0') {
		const char *pair = cookies + strspn(cookies, BETWEEN), *found;
		size_t len = strcspn(pair, ";");

		cookies = pair + len;
		found = value_of(pair, len, name);
		if (found == NULL)
			continue;
		len = (size_t)(cookies - found);
		if (len >= size)
			return false;
		memcpy(value, found, len);
		value[len] = '\0';
		return true;
	}
	return false;
}
