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

/* What only the program can tell: 0, or a negative code after one log line. */
typedef int daemon_check(const struct settings *settings);

/*
 * Reads the settings as the options say and handles -n, which asks `check` (may
 * be NULL), too, and -p. Returns -1 to go on with *settings filled
 * (settings_free it) and the log opened under the program's name without
 * "bsbl-", else the exit status (64: usage, 78: settings, as in sysexits(3)).
 * Long options of the program's own are handled before, by itself.
 */
int daemon_begin(const char *program, int argc, char *argv[],
    struct daemon_options *options, struct settings *settings,
    daemon_check *check);

/*
 * A descriptor that becomes readable when SIGTERM, SIGINT or SIGHUP came;
 * these, and SIGPIPE, are blocked for every thread started later. Call it
 * before any thread starts. Negative on failure.
 */
int daemon_signals(void);

/* The signal waiting on the descriptor, or 0. */
int daemon_signal_next(int fd);

/*
 * What the service manager is told when it asked for it (sd_notify(3)): that we
 * serve, which is logged, too; that the settings are read again, and whether
 * the new ones are in force; that we end.
 */
void daemon_ready(void);
void daemon_reloading(void);
void daemon_reloaded(bool in_force);
void daemon_stopping(void);

/*
 * For the main loop, each second or more often: feeds the manager's watchdog,
 * which restarts a program whose loop stands still. It should grant no less
 * than 4 s.
 */
void daemon_alive(void);

#endif
