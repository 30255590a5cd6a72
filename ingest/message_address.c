#include <ctype.h>
#include <string.h>

#include "ingest/message.h"

/* Where an address begins, or the name before one; its length with blanks. */
static const char *
find_address(const char *value, size_t *len)
{
	const char *open = strrchr(value, '<'), *at = strchr(value, '@');
	const char *begin = at == NULL ? value : at;

	if (open != NULL) {
		*len = strcspn(open + 1, ">");
		return open + 1;
	}
	/* "address (comment)", or the word around the '@' */
	while (begin > value && strchr(" \t,;:(\"", begin[-1]) == NULL)
		begin--;
	begin += strspn(begin, " \t");
	*len = strcspn(begin, " \t,;)\"");
	return begin;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

size_t
message_address(const char *value, char address[MESSAGE_ADDRESS_MAX])
{
	const char *begin;
	size_t len;

	address[0] = '\0';
	if (value == NULL)
		return 0;
	begin = find_address(value, &len);
	for (; len > 0 && is_blank(*begin); len--)
		begin++;
	while (len > 0 && is_blank(begin[len - 1]))
		len--;
	if (len >= MESSAGE_ADDRESS_MAX)
		len = MESSAGE_ADDRESS_MAX - 1;
	for (size_t i = 0; i < len; i++)
		address[i] = (char)tolower((unsigned char)begin[i]);
	address[len] = '\0';
	return len;
}
