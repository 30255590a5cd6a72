#ifndef HTTPAPI_JSONOUT_H
#define HTTPAPI_JSONOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/strbuf.h"

/*
 * JSON written as it goes, straight into a buffer: for the answer that is
 * asked for all the time, where a tree of objects would cost more than the
 * look-up. Compact, in the order of the calls. In an object each value has a
 * name, which is text of ours and is not escaped; in an array it is NULL.
 * Whether all went well the buffer knows.
 */
struct jsonout {
	struct strbuf *out;
	bool more; /* something stands before: a comma has to come */
};
void jsonout_init(struct jsonout *json, struct strbuf *out);

void jsonout_object(struct jsonout *json, const char *name);
void jsonout_end_object(struct jsonout *json);
void jsonout_array(struct jsonout *json, const char *name);
void jsonout_end_array(struct jsonout *json);

/* Text from anywhere, escaped; null where it is NULL or no UTF-8. */
void jsonout_text(struct jsonout *json, const char *name, const char *text);
void jsonout_integer(struct jsonout *json, const char *name, int64_t number);
/* Six digits: they hide what binary fractions make of 1.4. */
void jsonout_real(struct jsonout *json, const char *name, double number);
void jsonout_bool(struct jsonout *json, const char *name, bool value);
void jsonout_null(struct jsonout *json, const char *name);
/* RFC 3339; null for 0, which stands for never. */
void jsonout_time(struct jsonout *json, const char *name, int64_t at);

#endif
