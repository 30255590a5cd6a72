#include "dnsd/access.h"

#include <errno.h>
#include <stdlib.h>

#include "common/prefixmap.h"

enum verdict { NOT_NAMED, ALLOWED, REFUSED };

struct access {
	bool everybody;	       /* as far as nothing is said of them */
	struct prefixmap *map; /* NULL: nothing is said of anybody */
};

/* The settings' prefixes were checked when they were read. */
static struct prefixmap_entry *
add(struct prefixmap_entry *to, const struct settings_list *list,
    enum verdict verdict)
{
	for (size_t i = 0; i < list->count; i++) {
		if (ipprefix_parse(list->items[i], &to->prefix) == 0)
			(to++)->value = (uint8_t)verdict;
	}
	return to;
}

int
access_new(const struct settings *settings, struct access **access)
{
	const struct settings_list *allow = &settings->dnsd.allow;
	const struct settings_list *refuse = &settings->dnsd.refuse;
	struct access *fresh = calloc(1, sizeof(*fresh));
	struct prefixmap_entry *entries =
	    calloc(allow->count + refuse->count + 1, sizeof(*entries));
	struct prefixmap_entry *end;
	int error = fresh == NULL || entries == NULL ? -ENOMEM : 0;

	if (error == 0) {
		fresh->everybody = allow->count == 0;
		end = add(entries, allow, ALLOWED);
		end = add(end, refuse, REFUSED);
		if (end > entries)
			error = prefixmap_new(
			    entries, (size_t)(end - entries), &fresh->map);
	}
	free(entries);
	if (error != 0) {
		free(fresh);
		return error;
	}
	*access = fresh;
	return 0;
}

void
access_free(struct access *access)
{
	if (access == NULL)
		return;
	prefixmap_free(access->map);
	free(access);
}

bool
access_allows(const struct access *access, const struct ipaddr *client)
{
	switch ((enum verdict)prefixmap_find(access->map, client)) {
	case ALLOWED:
		return true;
	case REFUSED:
		return false;
	default:
		return access->everybody;
	}
}
