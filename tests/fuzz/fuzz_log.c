#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"

/*
 * Outside text for a log line. Whatever comes, the value fits, holds no
 * control octet, and ends where a reader of key=value expects it to end.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), out[LOG_TEXT_MAX];
	size_t len;

	memcpy(text, data, size);
	text[size] = '\0';
	len = strlen(log_escape(text, out));
	if (len == 0 || len >= LOG_TEXT_MAX)
		abort();
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)out[i];

		if (c < ' ' || c == 0x7f)
			abort();
	}
	if (out[0] == '"') {
		if (len < 2 || strchr(out + 1, '"') != out + len - 1)
			abort();
	} else if (strpbrk(out, " \"'=") != NULL) {
		abort();
	}
	free(text);
	return 0;
}
