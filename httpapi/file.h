#ifndef HTTPAPI_FILE_H
#define HTTPAPI_FILE_H

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * Files that are served as they are: style, icon, scripts, the description of
 * the interface. They are made part of the program when it is built, each
 * beside what gzip made of it, so that nobody packs while a client waits.
 */

/* GET of any of them, by the path asked for. */
enum handled file_get(struct exchange *exchange);

#endif
