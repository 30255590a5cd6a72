#ifndef DNSD_CONFINE_H
#define DNSD_CONFINE_H

#include "common/settings.h"

/*
 * dnsd reads its settings and keys again at SIGHUP and sends NOTIFY; it makes
 * no file, opens no connection and runs nothing. See common/sandbox.h for when
 * to call it, and what comes back.
 */
int dnsd_confine(const struct settings *settings);

#endif
