#ifndef DNSD_RULES_H
#define DNSD_RULES_H

#include <stdint.h>

#include "common/settings.h"

/*
 * What the settings decide about answering, checked and ready for use. Built
 * whole, then swapped for the one in force.
 */
#define RULES_TEXT_MAX 128 /* as an option or a TXT it always fits */
struct rules {
	uint16_t udp_size;		  /* the most we send over UDP */
	char nsid[RULES_TEXT_MAX + 1];	  /* "" none */
	char version[RULES_TEXT_MAX + 1]; /* of version.bind; "" refused */
	unsigned tcp_idle_seconds;
	unsigned tcp_per_client;
};

/* 0, or ERROR_LIMIT after one line that names the setting. */
int rules_from(const struct settings *settings, struct rules *rules);

#endif
