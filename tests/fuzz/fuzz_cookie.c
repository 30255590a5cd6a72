#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "httpapi/cookie.h"
#include "tests/support/insist.h"

#define VALUE_SIZE 16

/* What is read stands behind its name, and holds no end of a pair. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *cookies = malloc(size + 1), value[VALUE_SIZE];
	char pair[VALUE_SIZE + 8] = "lang=";

	insist(cookies != NULL);
	memcpy(cookies, data, size);
	cookies[size] = '\0';
	if (cookie_read(cookies, "lang", value, sizeof(value))) {
		insist(strlen(value) < sizeof(value));
		insist(strchr(value, ';') == NULL);
		insist(strstr(cookies, strcat(pair, value)) != NULL);
	} else {
		insist(value[0] == '\0');
	}
	free(cookies);
	return 0;
}
