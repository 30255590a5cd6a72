#ifndef COMMON_SETTINGS_SCAN_H
#define COMMON_SETTINGS_SCAN_H

#include <stddef.h>

/*
 * A look at the file before libConfuse has it. Private to settings*.c.
 *
 * The library's scanner drops octets that it does not expect (an unquoted
 * *:25 becomes :25, an http://host becomes http:), takes the end of the file
 * for the end of a comment or a section, stays inside a string that was not
 * ended for the next file, counts lines of comments twice, and puts the
 * environment in place of ${NAME}. So comments are made blank here, and what
 * would be misread is refused.
 */

/*
 * Checks `text` of `len` octets and blanks its comments. Returns 0, or the
 * number of the line at fault with *why naming the reason.
 */
int settings_scan(char *text, size_t len, const char **why);

#endif
