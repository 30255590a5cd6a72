#ifndef COMMON_CONTROL_H
#define COMMON_CONTROL_H

#include <stddef.h>

/*
 * Octets of the control at the start of `s`, UTF-8 that may be broken: 0 where
 * there is none, and at the NUL. Controls are what terminals take for commands
 * (C0, DEL, C1), and what shows text in another order, or on other lines, than
 * it has: Unicode's marks of direction (UAX #9) and its line and paragraph
 * separators.
 */
size_t control_len(const char *s);

#endif
