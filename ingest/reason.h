#ifndef INGEST_REASON_H
#define INGEST_REASON_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Why a message was not delivered, in the words of the bounce's text: many
 * systems leave Diagnostic-Code out of their reports, or write no report.
 */

/*
 * What the text says of `recipient` (NULL or "": of the first address that
 * begins a line): the rest of the paragraph behind the address, on one line.
 * Returns its length; 0, and "" in `reason`, if it says nothing.
 */
size_t reason_find(const char *text, size_t len, const char *recipient,
    char *reason, size_t size);

/* Another server's reply: it begins with a code, or says who gave it. */
bool reason_is_remote(const char *reason);

/* The first status code (RFC 3463) in it, or "". */
void reason_status(const char *reason, char *status, size_t size);

#endif
