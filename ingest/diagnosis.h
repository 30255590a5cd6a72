#ifndef INGEST_DIAGNOSIS_H
#define INGEST_DIAGNOSIS_H

#include "db/cause.h"
#include "db/evidence.h"
#include "ingest/classify.h"

/*
 * Why the server probably did it, for its operator: one of the table of
 * causes, from the signs and the facts of the report. `far`: another server
 * refused the message; else the reporting one itself did, or none is known.
 * Never NULL; kind none has the cause "none".
 */
const struct cause *diagnosis_cause(
    const struct evidence *evidence, const struct signs *signs, bool far);

/* The mail system that the signs speak of ("Postfix"), or NULL. */
const char *diagnosis_software(const struct signs *signs);

#endif
