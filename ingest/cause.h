#ifndef INGEST_CAUSE_H
#define INGEST_CAUSE_H

#include "db/evidence.h"
#include "ingest/classify.h"

/*
 * Why the server probably did it, for its operator: one of a table of causes,
 * from the signs and the facts of the report. The texts of repair hang on the
 * names (httpapi/cause.c; at most 31 octets: struct evidence).
 */
struct cause {
	const char *name;
	const char *sentence; /* for a page, with a full stop */
};

/*
 * `remote` names the host that refused, "" if none is known: then the
 * reporting server itself did. Never NULL; kind none has the cause "none".
 */
const struct cause *cause_judge(const struct evidence *evidence,
    const struct signs *signs, const char *remote);

/* By name, or NULL. */
const struct cause *cause_by_name(const char *name);

/* The mail system that the signs speak of ("Postfix"), or NULL. */
const char *cause_software(const struct signs *signs);

#endif
