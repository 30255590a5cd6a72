#include "common/daemon.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/listen_passed.h"
#include "common/log.h"

static void
print_usage(const char *program, FILE *out)
{
	fprintf(out,
	    "usage: %s [-hnpVv] [-c FILE]\n"
	    "  -c FILE  settings; without it the defaults hold\n"
	    "  -n       check the settings and exit\n"
	    "  -p       print the settings in force and exit\n"
	    "  -v       log what is for debugging, too\n"
	    "  -V       print the version and exit\n"
	    "  -h       print this and exit\n",
	    program);
}

/* -1 to go on, else the exit status. */
static int
read_options(
    const char *program, int argc, char *argv[], struct daemon_options *options)
{
	int option;

	/* 0, unlike 1, has getopt() forget where it stood. It begins what it
	 * complains of with the name. */
	optind = 0;
	argv[0] = (char *)(uintptr_t)program;
	while ((option = getopt(argc, argv, "c:hnpVv")) != -1) {
		switch (option) {
		case 'c':
			options->config_path = optarg;
			break;
		case 'n':
			options->check_only = true;
			break;
		case 'p':
			options->print_only = true;
			break;
		case 'v':
			options->debug = true;
			break;
		case 'V':
			printf("%s %s\n", program, BSBL_VERSION);
			return EXIT_SUCCESS;
		case 'h':
			print_usage(program, stdout);
			return EXIT_SUCCESS;
		default:
			print_usage(program, stderr);
			return EX_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "%s: no arguments are taken: %s\n", program,
		    argv[optind]);
		return EX_USAGE;
	}
	return -1;
}

static enum log_level
level_of(const struct daemon_options *options, const struct settings *settings)
{
	enum log_level level = LOG_LEVEL_INFO;

	if (options->debug)
		return LOG_LEVEL_DEBUG;
	log_level_parse(settings->log.level, &level);
	return level;
}

/* "bsbl-dnsd" is dnsd in its log: every line there is bsbl's. */
static const char *
short_name(const char *program)
{
	return strncmp(program, "bsbl-", 5) == 0 ? program + 5 : program;
}

int
daemon_begin(const char *program, int argc, char *argv[],
    struct daemon_options *options, struct settings *settings,
    daemon_check *check)
{
	int status, wrong = 0;

	*options = (struct daemon_options){ 0 };
	*settings = (struct settings){ 0 };
	status = read_options(program, argc, argv, options);
	if (status >= 0)
		return status;
	if (settings_read(options->config_path, settings) != 0)
		return EX_CONFIG;
	if (options->print_only)
		settings_print(settings, stdout);
	log_open(short_name(program), level_of(options, settings));
	if (!options->check_only && !options->print_only)
		return -1;
	if (options->check_only && check != NULL)
		wrong = check(settings);
	settings_free(settings);
	return wrong == 0 ? EXIT_SUCCESS : EX_CONFIG;
}

int
daemon_signals(void)
{
	sigset_t ours, blocked;
	int fd;

	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGHUP);
	blocked = ours;
	/* A peer that has gone is an error of write(), not our end. */
	sigaddset(&blocked, SIGPIPE);
	if (pthread_sigmask(SIG_BLOCK, &blocked, NULL) != 0)
		return -EINVAL;
	fd = signalfd(-1, &ours, SFD_NONBLOCK | SFD_CLOEXEC);
	return fd >= 0 ? fd : -errno;
}

int
daemon_signal_next(int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return 0;
	return (int)info.ssi_signo;
}

void
daemon_ready(void)
{
	listen_passed_check();
	log_notice("ready version=%s", BSBL_VERSION);
	sd_notify(0, "READY=1\nSTATUS=serving");
}

/* The manager orders a reload by this time (sd_notify(3)). */
void
daemon_reloading(void)
{
	sd_notifyf(0,
	    "RELOADING=1\nMONOTONIC_USEC=%" PRId64
	    "\nSTATUS=reading the settings",
	    clock_monotonic_us());
}

void
daemon_reloaded(bool in_force)
{
	sd_notify(0,
	    in_force ? "READY=1\nSTATUS=serving"
		     : "READY=1\nSTATUS=serving by the settings of before: the "
		       "new ones are refused, as the log says");
}

void
daemon_stopping(void)
{
	sd_notify(0, "STOPPING=1\nSTATUS=finishing what is begun");
}

/* As often as half the time that the manager grants, as it recommends. */
void
daemon_alive(void)
{
	static int64_t told_us;
	int64_t now_us = clock_monotonic_us();
	uint64_t patience_us;

	if (sd_watchdog_enabled(0, &patience_us) <= 0 ||
	    now_us - told_us < (int64_t)(patience_us / 2))
		return;
	told_us = now_us;
	sd_notify(0, "WATCHDOG=1");
}
