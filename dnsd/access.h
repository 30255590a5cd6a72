#ifndef DNSD_ACCESS_H
#define DNSD_ACCESS_H

#include <stdbool.h>

#include "common/ipaddr.h"
#include "common/settings.h"

/*
 * Who may ask: dnsd.allow and dnsd.refuse, where the longest prefix decides,
 * and of two that are equal the refusal. Everybody may where dnsd.allow is
 * empty, nobody else where it is not.
 */
struct access;

/* 0 or -ENOMEM. */
int access_new(const struct settings *settings, struct access **access);
void access_free(struct access *access); /* NULL does nothing */

bool access_allows(const struct access *access, const struct ipaddr *client);

#endif
