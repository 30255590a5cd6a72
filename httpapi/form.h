#ifndef HTTPAPI_FORM_H
#define HTTPAPI_FORM_H

#include <jansson.h>
#include <stddef.h>

/*
 * application/x-www-form-urlencoded (the HTML standard's "urlencoded
 * parsing"), for queries and bodies: an object of strings, the same shape as a
 * JSON body of ours.
 *
 * At most FORM_FIELDS_MAX fields; a name twice, broken percent-encoding, a NUL
 * and what is no UTF-8 are ERROR_FORMAT, too many or too long ERROR_LIMIT.
 */
#define FORM_FIELDS_MAX 16
#define FORM_NAME_MAX 32
#define FORM_VALUE_MAX 1024

/* On success *form is the caller's: json_decref it. */
int form_parse(const char *text, size_t len, json_t **form);

#endif
