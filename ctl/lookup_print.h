#ifndef CTL_LOOKUP_PRINT_H
#define CTL_LOOKUP_PRINT_H

#include <jansson.h>

/* One answer of `lookup`, as JSON has it, for people; to standard output. */
void lookup_print(const json_t *answer);

#endif
