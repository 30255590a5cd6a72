#ifndef INGEST_CONFINE_H
#define INGEST_CONFINE_H

#include "common/settings.h"

/*
 * ingest reads its settings and certificate again at SIGHUP, makes a
 * certificate of its own in the database's directory, moves mail within its
 * Maildirs, asks a resolver, and loads the C library's character sets. See
 * common/sandbox.h for when to call it, and what comes back.
 */
int ingest_confine(const struct settings *settings);

#endif
