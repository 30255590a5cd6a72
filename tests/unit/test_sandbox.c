#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/sandbox.h"
#include "common/settings.h"
#include "dnsd/confine.h"
#include "httpapi/confine.h"
#include "ingest/confine.h"
#include "tests/support/capture.h"
#include "tests/support/skip.h"

/* What is forbidden is tried by a child that is confined as a program is. */

/*
 * FORBIDDEN: an error, and the child goes on. DEADLY: its end. MAY: it is
 * done.
 */
enum outcome { MAY, FORBIDDEN, DEADLY, STRANGE };

static int (*const confine[])(const struct settings *) = { dnsd_confine,
	ingest_confine, httpapi_confine };
static const char *const names[] = { "dnsd", "ingest", "httpapi" };
#define PROGRAMS (sizeof(confine) / sizeof(confine[0]))

static struct settings settings;
static char directory[] = "/tmp/bsbl-unit-XXXXXX";
static char configuration[64], database[64], renewed[64], made[64], beyond[64];

static void
write_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	close(fd);
}

static int
make_directory(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(configuration, sizeof(configuration), "%s/etc", directory);
	assert_int_equal(mkdir(configuration, 0700), 0);
	strcat(configuration, "/bsbl.conf");
	snprintf(renewed, sizeof(renewed), "%s/etc/new", directory);
	snprintf(database, sizeof(database), "%s/db", directory);
	assert_int_equal(mkdir(database, 0700), 0);
	snprintf(made, sizeof(made), "%s/db/made", directory);
	snprintf(beyond, sizeof(beyond), "%s/beyond", directory);
	write_file(configuration);
	if (settings_read(configuration, &settings) != 0)
		return -1;
	free(settings.database.path);
	settings.database.path = strdup(database);
	return 0;
}

static int
remove_directory(void **state)
{
	(void)state;
	settings_free(&settings);
	unlink(made);
	unlink(beyond);
	unlink(configuration);
	*strrchr(configuration, '/') = '\0';
	return rmdir(configuration) | rmdir(database) | rmdir(directory);
}

/* --- children --------------------------------------------------------------
 */

static enum outcome
in_child(int (*confined)(const struct settings *), bool (*trial)(void))
{
	int status = 0;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		/* No core of what dies here is wanted, nor its log. */
		dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
		_exit(confined(&settings) != 0 ? STRANGE
		      : trial()		       ? MAY
					       : FORBIDDEN);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGSYS ? DEADLY : STRANGE;
	return (enum outcome)WEXITSTATUS(status);
}

static bool
is_confined(void)
{
	struct capture capture = capture_begin(STDERR_FILENO);
	pid_t pid = fork();
	char *said;
	bool all;

	if (pid == 0)
		_exit(dnsd_confine(&settings));
	waitpid(pid, NULL, 0);
	said = capture_end(&capture);
	all = strstr(said, "confined files=landlock calls=seccomp\n") != NULL;
	free(said);
	return all;
}

/* What becomes of it in dnsd, ingest and httpapi. */
static void
expect(bool (*trial)(void), enum outcome dnsd, enum outcome ingest,
    enum outcome httpapi)
{
	const enum outcome expected[] = { dnsd, ingest, httpapi };

	if (!is_confined())
		SKIP_FOR("no Landlock, no seccomp, or a sanitizer build");
	for (size_t i = 0; i < PROGRAMS; i++) {
		enum outcome got = in_child(confine[i], trial);

		if (got != expected[i])
			fail_msg("%s: %d, not %d", names[i], (int)got,
			    (int)expected[i]);
	}
}

/* --- other programs and processes ------------------------------------------
 */

static bool
run_shell(void)
{
	return execl("/bin/true", "true", (char *)NULL) == 0;
}

static void
kills_who_runs_another_program(void **state)
{
	(void)state;
	expect(run_shell, DEADLY, DEADLY, DEADLY);
}

static bool
trace(void)
{
	return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0;
}

static void
kills_who_looks_into_another_process(void **state)
{
	(void)state;
	expect(trace, DEADLY, DEADLY, DEADLY);
}

static bool
split(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid > 0;
}

static void
makes_no_process(void **state)
{
	(void)state;
	expect(split, FORBIDDEN, FORBIDDEN, FORBIDDEN);
}

static bool
signal_parent(void)
{
	return kill(getppid(), 0) == 0;
}

static void
sends_no_signal(void **state)
{
	(void)state;
	expect(signal_parent, FORBIDDEN, FORBIDDEN, FORBIDDEN);
}

static bool
signal_itself(void)
{
	return kill(getpid(), 0) == 0 && raise(SIGURG) == 0;
}

static void
sends_signals_to_itself(void **state)
{
	(void)state;
	expect(signal_itself, MAY, MAY, MAY);
}

static void *
do_nothing(void *context)
{
	return context;
}

static bool
start_thread(void)
{
	pthread_t id;

	return pthread_create(&id, NULL, do_nothing, NULL) == 0 &&
	       pthread_join(id, NULL) == 0;
}

static void
makes_threads(void **state)
{
	(void)state;
	expect(start_thread, MAY, MAY, MAY);
}

static bool
map_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static void
brings_in_no_code_but_character_sets(void **state)
{
	(void)state;
	expect(map_code, FORBIDDEN, MAY, FORBIDDEN);
}

/* --- files -----------------------------------------------------------------
 */

static bool
opens(const char *path, int flags)
{
	return open(path, flags | O_CLOEXEC, 0600) >= 0;
}

static bool
read_passwords(void)
{
	return opens("/etc/passwd", O_RDONLY);
}

static void
reads_no_file_of_others(void **state)
{
	(void)state;
	expect(read_passwords, FORBIDDEN, FORBIDDEN, FORBIDDEN);
}

static bool
read_settings(void)
{
	return opens(configuration, O_RDONLY);
}

static void
reads_its_settings(void **state)
{
	(void)state;
	expect(read_settings, MAY, MAY, MAY);
}

static bool
write_settings(void)
{
	return opens(configuration, O_WRONLY);
}

static void
does_not_write_its_settings(void **state)
{
	(void)state;
	expect(write_settings, FORBIDDEN, FORBIDDEN, FORBIDDEN);
}

/* The parent has them replaced, as editors do, once the child is confined. */
static bool
read_replaced_settings(void)
{
	char word;

	if (write(STDOUT_FILENO, "x", 1) != 1 ||
	    read(STDIN_FILENO, &word, 1) != 1)
		return false;
	return read_settings();
}

static void
reads_settings_that_were_replaced(void **state)
{
	(void)state;
	if (!is_confined())
		SKIP_FOR("no Landlock, no seccomp, or a sanitizer build");
	for (size_t i = 0; i < PROGRAMS; i++) {
		int ends[2], status = -1;
		char word;
		pid_t pid;

		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
		fflush(NULL);
		pid = fork();
		if (pid == 0) {
			dup2(ends[1], STDIN_FILENO);
			dup2(ends[1], STDOUT_FILENO);
			dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
			_exit(confine[i](&settings) == 0 &&
				      read_replaced_settings()
				  ? 0
				  : 1);
		}
		assert_int_equal(read(ends[0], &word, 1), 1);
		write_file(renewed);
		assert_int_equal(rename(renewed, configuration), 0);
		assert_int_equal(write(ends[0], "x", 1), 1);
		waitpid(pid, &status, 0);
		assert_int_equal(status, 0);
		close(ends[0]);
		close(ends[1]);
	}
}

static bool
make_file_beyond(void)
{
	return opens(beyond, O_WRONLY | O_CREAT);
}

static void
makes_no_file_elsewhere(void **state)
{
	(void)state;
	expect(make_file_beyond, FORBIDDEN, FORBIDDEN, FORBIDDEN);
}

static bool
make_file(void)
{
	return opens(made, O_WRONLY | O_CREAT);
}

static void
makes_a_certificate_in_ingest_alone(void **state)
{
	(void)state;
	expect(make_file, FORBIDDEN, MAY, FORBIDDEN);
}

/* --- sockets ---------------------------------------------------------------
 */

/* Nobody listens there; what counts is who says so. */
static bool
connect_to(uint16_t port)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd >= 0 && (connect(fd, (void *)&in, sizeof(in)) == 0 ||
			      errno == ECONNREFUSED);
}

static bool
connect_to_mail(void)
{
	return connect_to(25);
}

static void
connects_to_nobody(void **state)
{
	/* Landlock's version 4 (Linux 6.7) is the first to know of ports. */
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);

	(void)state;
	expect(connect_to_mail, FORBIDDEN, FORBIDDEN,
	    version >= 4 ? FORBIDDEN : MAY);
}

static bool
connect_to_resolver(void)
{
	return connect_to(53);
}

static void
connects_to_its_resolver(void **state)
{
	(void)state;
	expect(connect_to_resolver, FORBIDDEN, FORBIDDEN, MAY);
}

static bool
open_datagram(void)
{
	return socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0) >= 0;
}

static void
sends_datagrams(void **state)
{
	(void)state;
	expect(open_datagram, MAY, MAY, MAY);
}

static bool
open_unusual(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0) >= 0 ||
	       socket(AF_NETLINK, SOCK_RAW, 0) >= 0 ||
	       socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) >= 0 ||
	       socket(AF_VSOCK, SOCK_STREAM, 0) >= 0;
}

static void
opens_no_unusual_socket(void **state)
{
	(void)state;
	expect(open_unusual, FORBIDDEN, FORBIDDEN, FORBIDDEN);
}

static bool
open_local(void)
{
	return socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) >= 0;
}

static void
tells_the_manager_of_services(void **state)
{
	(void)state;
	expect(open_local, MAY, MAY, MAY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kills_who_runs_another_program),
		cmocka_unit_test(kills_who_looks_into_another_process),
		cmocka_unit_test(makes_no_process),
		cmocka_unit_test(sends_no_signal),
		cmocka_unit_test(sends_signals_to_itself),
		cmocka_unit_test(makes_threads),
		cmocka_unit_test(brings_in_no_code_but_character_sets),
		cmocka_unit_test(reads_no_file_of_others),
		cmocka_unit_test(reads_its_settings),
		cmocka_unit_test(does_not_write_its_settings),
		cmocka_unit_test(reads_settings_that_were_replaced),
		cmocka_unit_test(makes_no_file_elsewhere),
		cmocka_unit_test(makes_a_certificate_in_ingest_alone),
		cmocka_unit_test(connects_to_nobody),
		cmocka_unit_test(connects_to_its_resolver),
		cmocka_unit_test(sends_datagrams),
		cmocka_unit_test(opens_no_unusual_socket),
		cmocka_unit_test(tells_the_manager_of_services),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
