#include <ctype.h>
#include <string.h>

#include "ingest/message.h"

size_t
message_address(const char *value, char address[MESSAGE_ADDRESS_MAX])
{
	const char *begin = value, *at, *open;
	size_t len;

	address[0] = '\0';
	if (value == NULL)
		return 0;
	open = strrchr(value, '<');
	if (open != NULL) {
		begin = open + 1;
		len = strcspn(begin, ">");
	} else {
		/* "address (comment)", or the word around the '@' */
		at = strchr(value, '@');
		begin = at == NULL ? value : at;
		while (begin > value && strchr(" \t,;:(\"", begin[-1]) == NULL)
			begin--;
		begin += strspn(begin, " \t");
		len = strcspn(begin, " \t,;)\"");
	}
	while (len > 0 && (*begin == ' ' || *begin == '\t')) {
		begin++;
		len--;
	}
	while (len > 0 && (begin[len - 1] == ' ' || begin[len - 1] == '\t'))
		len--;
	if (len >= MESSAGE_ADDRESS_MAX)
		len = MESSAGE_ADDRESS_MAX - 1;
	for (size_t i = 0; i < len; i++)
		address[i] = (char)tolower((unsigned char)begin[i]);
	address[len] = '\0';
	return len;
}
