#ifndef HTTPAPI_CONFINE_H
#define HTTPAPI_CONFINE_H

#include "common/settings.h"

/*
 * httpapi reads its settings again at SIGHUP and asks a resolver, over UDP and
 * TCP; it makes no file and runs nothing. See common/sandbox.h for when to call
 * it, and what comes back.
 */
int httpapi_confine(const struct settings *settings);

#endif
