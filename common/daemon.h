#ifndef COMMON_DAEMON_H
#define COMMON_DAEMON_H

#include <stdbool.h>

#include "common/settings.h"

/*
 * What the long-running programs share: the command line (-c FILE, -n, -p,
 * -h, -V, -v for debug), readiness for systemd, and signals as a descriptor.
 */
struct daemon_options {
	const char *config_path; /* NULL: built-in defaults */
	bool check_only;	 /* -n: check the settings, then exit */
	bool print_only; /* -p: print the settings in force, then exit */
	bool debug;	 /* -v */
};

/*
 * Reads the settings as the options say and handles -n and -p. Returns -1 to
 * go on with *settings filled (settings_free it) and the log opened under the
 * program's name without "bsbl-", else the exit status (64: usage, 78:
 * settings, as in sysexits(3)). Long options of the program's own are handled
 * before by itself.
 */
int daemon_begin(const char *program, int argc, char *argv[],
    struct daemon_options *options, struct settings *settings);

/*
 * A descriptor that becomes readable when SIGTERM, SIGINT or SIGHUP came;
 * these, and SIGPIPE, are blocked for every thread started later. Call it
 * before any thread starts. Negative on failure.
 */
int daemon_signals(void);

/* The signal waiting on the descriptor, or 0. */
int daemon_signal_next(int fd);

/* "READY=1", "STOPPING=1", "RELOADING=1" to systemd, when it asked for it. */
void daemon_notify(const char *state);

#endif
