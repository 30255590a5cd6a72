#ifndef HTTPAPI_CAUSE_H
#define HTTPAPI_CAUSE_H

#include <stdint.h>

/*
 * Why servers send backscatter, and how that is repaired, in words for the
 * people who run them. Names are those that evidence carries in its `cause`.
 */
struct cause {
	const char *name;
	const char *what;
	const char *repair;
};

/*
 * The cause of that name; for "" or an unknown name the plainest one of the
 * kinds seen (BACKSCATTER_BIT(kind)); NULL when nothing was seen.
 */
const struct cause *cause_find(const char *name, uint32_t kinds);

#endif
