#ifndef CTL_TERMINAL_H
#define CTL_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>

/* What can be drawn where we are: by the locale, and by the terminal. */

/* Whether to draw in UTF-8; else, at the first bar, the locale is asked. */
void terminal_set_utf8(bool utf8);

/* Columns of the terminal behind a descriptor; 80 where there is none. */
unsigned terminal_columns(int fd);

/*
 * A bar of `cells` columns, as long as `part` is of `whole`, in eighths of a
 * column where there are such characters. What is more than nothing shows.
 * Returns `text`, filled up with spaces when `pad`.
 */
#define TERMINAL_BAR_MAX 512 /* octets; 3 a column */
char *terminal_bar(uint64_t part, uint64_t whole, unsigned cells, bool pad,
    char text[TERMINAL_BAR_MAX]);

/* "1,234,567": figures in groups of three. */
#define TERMINAL_NUMBER_MAX 32
char *terminal_number(uint64_t number, char text[TERMINAL_NUMBER_MAX]);

#endif
