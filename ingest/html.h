#ifndef INGEST_HTML_H
#define INGEST_HTML_H

#include <stddef.h>

/*
 * HTML made readable in place: tags gone (those that end a line become LF),
 * styles, scripts and comments gone with their content, the common character
 * references resolved. Linear in time; the result is never longer. Returns its
 * length; the NUL at text[len] is written.
 */
size_t html_to_text(char *text, size_t len);

#endif
