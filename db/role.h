#ifndef DB_ROLE_H
#define DB_ROLE_H

/*
 * What an account or a token may. One table; whoever answers asks it by what
 * the act needs, never by the role's name.
 */
enum role { ROLE_VIEWER, ROLE_OPERATOR, ROLE_ADMIN, ROLE_SENSOR, ROLE_COUNT };

enum permit {
	PERMIT_READ = 1 << 0,	/* everything there is to see */
	PERMIT_DECIDE = 1 << 1, /* listings, requests, exemptions, traps */
	PERMIT_MANAGE = 1 << 2, /* accounts and tokens; purges */
	PERMIT_REPORT = 1 << 3, /* hand in events */
};

const char *role_name(enum role role);
/* The role of that name, or ERROR_FORMAT. */
int role_parse(const char *name);
/* What it may: enum permit, or'ed. */
unsigned role_permits(enum role role);

#endif
