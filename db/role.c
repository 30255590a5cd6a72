#include "db/role.h"

#include <string.h>

#include "common/error.h"

/*
 * A sensor stands where strangers may come by its token: it reads nothing, for
 * what it could read would tell them the traps of all others.
 */
static const struct {
	const char *name;
	unsigned permits;
} roles[ROLE_COUNT] = {
	[ROLE_VIEWER] = { "viewer", PERMIT_READ },
	[ROLE_OPERATOR] = { "operator", PERMIT_READ | PERMIT_DECIDE },
	[ROLE_ADMIN] = { "admin", PERMIT_READ | PERMIT_DECIDE | PERMIT_MANAGE },
	[ROLE_SENSOR] = { "sensor", PERMIT_REPORT },
};

const char *
role_name(enum role role)
{
	return roles[role].name;
}

int
role_parse(const char *name)
{
	for (int i = 0; i < ROLE_COUNT; i++) {
		if (strcmp(roles[i].name, name) == 0)
			return i;
	}
	return ERROR_FORMAT;
}

unsigned
role_permits(enum role role)
{
	return roles[role].permits;
}
