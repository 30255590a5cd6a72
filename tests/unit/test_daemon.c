#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cmocka.h>

#include "common/daemon.h"
#include "tests/support/capture.h"

static struct daemon_options options;
static struct settings settings;

static daemon_check *check; /* what -n asks, or NULL */
static int checks;

static int
find_fault(const struct settings *checked)
{
	checks++;
	return checked->dnsd.udp_size == 1232 ? -EINVAL : 0;
}

/* daemon_begin with the arguments, and what it wrote to descriptor `fd`. */
static int
begin(int fd, char **said, const char *arguments)
{
	char words[64], program[] = "bsbl-tester", *rest = words;
	char *argv[8] = { program };
	struct capture capture;
	int argc = 1, status;

	snprintf(words, sizeof(words), "%s", arguments);
	while ((argv[argc] = strsep(&rest, " ")) != NULL)
		argc++;
	capture = capture_begin(fd);
	status =
	    daemon_begin("bsbl-tester", argc, argv, &options, &settings, check);
	*said = capture_end(&capture);
	return status;
}

static void
goes_on_with_the_defaults(void **state)
{
	char *said;

	(void)state;
	assert_int_equal(begin(STDERR_FILENO, &said, "-v"), -1);
	assert_string_equal(said, "");
	assert_true(options.debug);
	assert_null(options.config_path);
	assert_string_equal(settings.database.path, "/var/lib/bsbl");
	settings_free(&settings);
	free(said);
}

static void
prints_the_settings_in_force(void **state)
{
	char *said;

	(void)state;
	assert_int_equal(begin(STDOUT_FILENO, &said, "-p"), 0);
	assert_non_null(strstr(said, "\tudp_size = 1232 # default\n"));
	assert_null(settings.path);
	free(said);
}

static void
checks_the_settings(void **state)
{
	char *said;

	(void)state;
	assert_int_equal(begin(STDOUT_FILENO, &said, "-n"), 0);
	assert_string_equal(said, "");
	free(said);
	assert_int_equal(begin(STDERR_FILENO, &said, "-n -c /nowhere"), 78);
	assert_string_equal(said, "/nowhere: No such file or directory\n");
	free(said);
}

static void
asks_the_program_what_it_thinks_of_the_settings(void **state)
{
	char *said;

	(void)state;
	check = find_fault;
	assert_int_equal(begin(STDERR_FILENO, &said, "-n"), 78);
	free(said);
	assert_null(settings.path);
	assert_int_equal(begin(STDOUT_FILENO, &said, "-p"), 0);
	free(said);
	assert_int_equal(checks, 1);
	check = NULL;
}

static void
tells_how_it_is_used(void **state)
{
	char *said;

	(void)state;
	assert_int_equal(begin(STDOUT_FILENO, &said, "-h"), 0);
	assert_memory_equal(said, "usage: bsbl-tester ", 19);
	free(said);
	assert_int_equal(begin(STDOUT_FILENO, &said, "-V"), 0);
	assert_string_equal(said, "bsbl-tester " BSBL_VERSION "\n");
	free(said);
	assert_int_equal(begin(STDERR_FILENO, &said, "extra"), 64);
	assert_non_null(strstr(said, "extra\n"));
	free(said);
}

static void
signals_arrive_at_the_descriptor(void **state)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	int fd = daemon_signals();
	struct pollfd poller = { .fd = fd, .events = POLLIN };

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(daemon_signal_next(fd), 0);
	for (size_t i = 0; i < 3; i++) {
		raise(signals[i]);
		assert_int_equal(poll(&poller, 1, 0), 1);
		assert_int_equal(daemon_signal_next(fd), signals[i]);
		assert_int_equal(daemon_signal_next(fd), 0);
	}
	/* Neither the end of this program nor an event. */
	raise(SIGPIPE);
	assert_int_equal(daemon_signal_next(fd), 0);
	close(fd);
}

/* What one call sent to the manager's socket. */
static const char *
told(int fd, void (*tell)(void))
{
	static char got[256];
	struct capture capture = capture_begin(STDERR_FILENO);
	ssize_t len;

	tell();
	free(capture_end(&capture));
	len = recv(fd, got, sizeof(got) - 1, 0);
	got[len > 0 ? len : 0] = '\0';
	return got;
}

static void
reload_in_vain(void)
{
	daemon_reloaded(false);
}

/* Half the time that is granted goes by without a word. */
static void
feeds_the_watchdog(int fd)
{
	setenv("WATCHDOG_USEC", "20000", 1);
	usleep(10000);
	assert_string_equal(told(fd, daemon_alive), "WATCHDOG=1");
	setenv("WATCHDOG_USEC", "86400000000", 1);
	assert_string_equal(told(fd, daemon_alive), "");
	unsetenv("WATCHDOG_USEC");
}

static void
tells_the_service_manager(void **state)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	socklen_t len = sizeof(un);
	char name[sizeof(un.sun_path) + 1];

	(void)state;
	/* An address of the kernel's choice, which begins with a zero. */
	assert_int_equal(
	    bind(fd, (struct sockaddr *)&un, sizeof(sa_family_t)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&un, &len), 0);
	snprintf(name, sizeof(name), "@%.*s",
	    (int)(len - offsetof(struct sockaddr_un, sun_path) - 1),
	    un.sun_path + 1);
	setenv("NOTIFY_SOCKET", name, 1);
	assert_string_equal(told(fd, daemon_ready), "READY=1\nSTATUS=serving");
	assert_memory_equal(
	    told(fd, daemon_reloading), "RELOADING=1\nMONOTONIC_USEC=", 27);
	assert_memory_equal(told(fd, reload_in_vain),
	    "READY=1\nSTATUS=serving by the settings of before", 48);
	assert_memory_equal(told(fd, daemon_stopping), "STOPPING=1\n", 11);
	assert_string_equal(told(fd, daemon_alive), "");
	feeds_the_watchdog(fd);
	unsetenv("NOTIFY_SOCKET");
	assert_string_equal(told(fd, daemon_ready), "");
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_on_with_the_defaults),
		cmocka_unit_test(prints_the_settings_in_force),
		cmocka_unit_test(checks_the_settings),
		cmocka_unit_test(
		    asks_the_program_what_it_thinks_of_the_settings),
		cmocka_unit_test(tells_how_it_is_used),
		cmocka_unit_test(signals_arrive_at_the_descriptor),
		cmocka_unit_test(tells_the_service_manager),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
