#ifndef HTTPAPI_REPAIR_H
#define HTTPAPI_REPAIR_H

#include <stdint.h>

/*
 * Why servers send backscatter, and how that is repaired, in words for the
 * people who run them. The names are those that evidence carries in `cause`.
 */
struct repair {
	const char *cause;
	const char *what;
	const char *repair;
};

/*
 * For the cause of that name; for "" or an unknown one the plainest of the
 * kinds seen (BACKSCATTER_BIT(kind)); NULL when nothing was seen.
 */
const struct repair *repair_find(const char *cause, uint32_t kinds);

#endif
