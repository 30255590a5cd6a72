#ifndef COMMON_PREFIXES_H
#define COMMON_PREFIXES_H

#include <stdbool.h>
#include <stddef.h>

#include "common/ipaddr.h"
#include "common/settings.h"

/* Networks that a setting names: a few, looked at one after the other. */
struct prefixes {
	struct ipprefix *list;
	size_t count;
};

/* 0 or a negative code, with nothing to free. */
int prefixes_read(const struct settings_list *list, struct prefixes *prefixes);
void prefixes_free(struct prefixes *prefixes);
bool prefixes_hold(
    const struct prefixes *prefixes, const struct ipaddr *address);

#endif
