#ifndef INGEST_FOLD_H
#define INGEST_FOLD_H

#include <stddef.h>

/*
 * Text made comparable: UTF-8 in lower case, Latin, Greek and Cyrillic letters
 * without their accents, full-width letters as plain ones, every run of white
 * space one space, typographic quotes and dashes as ASCII, invisible
 * characters gone. "Réponse  Automatique" and "reponse automatique" are equal
 * after it. Both the tables' phrases and what is looked through are folded.
 *
 * Octets that are no UTF-8 are dropped. Never longer than what goes in.
 */

/*
 * Folds `len` octets into `out` (room for `size`, NUL included; what does not
 * fit is left off). Returns the length without the NUL.
 */
size_t fold_text(const char *text, size_t len, char *out, size_t size);

/*
 * One code point of UTF-8 at `text`; its length goes to *used (at least 1).
 * -1 for octets that are no UTF-8: overlong, surrogates, cut short.
 */
long fold_decode(const char *text, size_t len, size_t *used);

/*
 * As strcasestr: where a short word of ASCII stands in a text, or NULL. (The C
 * library's prepares for each search what pays only over long texts.)
 */
const char *fold_find(const char *text, const char *word);

/* Whether all of it is UTF-8 (a sequence cut by the end is pardoned). */
int fold_is_utf8(const char *text, size_t len);

#endif
