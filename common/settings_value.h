#ifndef COMMON_SETTINGS_VALUE_H
#define COMMON_SETTINGS_VALUE_H

#include "common/settings.h"
#include "common/strbuf.h"

/*
 * One setting between its text and its field. Private to settings*.c.
 */

/* Texts and lists of a file are bounded; nobody needs as much. */
#define SETTINGS_TEXT_LEN 1024
#define SETTINGS_ITEMS 1000

#define SETTINGS_WHY_MAX 256

/*
 * Puts `text` in the row's field; a list grows by one. Returns 0, or
 * ERROR_FORMAT with what was expected in `why` (after the name and the value)
 * and the field as it was, or -ENOMEM.
 */
int settings_value_put(struct settings *settings,
    const struct settings_row *row, const char *text,
    char why[SETTINGS_WHY_MAX]);

/* The default of the row. 0 or -ENOMEM; a default is never wrong. */
int settings_value_reset(
    struct settings *settings, const struct settings_row *row);

/* Frees what the field owns and makes it empty. */
void settings_value_free(
    struct settings *settings, const struct settings_row *row);

/* The value as the file writes it. */
void settings_value_format(const struct settings *settings,
    const struct settings_row *row, struct strbuf *out);

#endif
