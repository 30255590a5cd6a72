#include "common/prefixes.h"

#include <errno.h>
#include <stdlib.h>

int
prefixes_read(const struct settings_list *list, struct prefixes *prefixes)
{
	int code = 0;

	prefixes->count = 0;
	prefixes->list = calloc(list->count + 1, sizeof(*prefixes->list));
	if (prefixes->list == NULL)
		return -ENOMEM;
	for (size_t i = 0; code == 0 && i < list->count; i++)
		code = ipprefix_parse(list->items[i], &prefixes->list[i]);
	if (code != 0)
		prefixes_free(prefixes);
	else
		prefixes->count = list->count;
	return code;
}

void
prefixes_free(struct prefixes *prefixes)
{
	free(prefixes->list);
	*prefixes = (struct prefixes){ NULL, 0 };
}

bool
prefixes_hold(const struct prefixes *prefixes, const struct ipaddr *address)
{
	for (size_t i = 0; i < prefixes->count; i++) {
		if (ipprefix_contains(&prefixes->list[i], address))
			return true;
	}
	return false;
}
