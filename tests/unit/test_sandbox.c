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
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/confined.h"
#include "tests/support/skip.h"

/* --- the place ------------------------------------------------------------ */

static char renewed[64], made[64], beyond[64];

static int
make_place(void **state)
{
	int code = confined_make_place(state);

	snprintf(renewed, sizeof(renewed), "%s/etc/new", place.directory);
	snprintf(made, sizeof(made), "%s/db/made", place.directory);
	snprintf(beyond, sizeof(beyond), "%s/beyond", place.directory);
	return code;
}

static int
remove_place(void **state)
{
	unlink(made);
	unlink(beyond);
	return confined_remove_place(state);
}

/* --- other programs and processes ----------------------------------------- */

static bool
run_shell(void)
{
	return execl("/bin/true", "true", (char *)NULL) == 0;
}

static void
kills_who_runs_another_program(void **state)
{
	(void)state;
	confined_expect(run_shell, DEADLY, DEADLY, DEADLY);
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
	confined_expect(trace, DEADLY, DEADLY, DEADLY);
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
	confined_expect(split, FORBIDDEN, FORBIDDEN, FORBIDDEN);
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
	confined_expect(signal_parent, FORBIDDEN, FORBIDDEN, FORBIDDEN);
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
	confined_expect(signal_itself, MAY, MAY, MAY);
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
	confined_expect(start_thread, MAY, MAY, MAY);
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
	confined_expect(map_code, FORBIDDEN, MAY, FORBIDDEN);
}

/* Code that is written here, not loaded: at once, or one after the other. */
static bool
write_code(void)
{
	void *both = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *data = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return both != MAP_FAILED || data == MAP_FAILED ||
	       mprotect(data, 4096, PROT_READ | PROT_EXEC) == 0;
}

static void
runs_nothing_that_it_wrote(void **state)
{
	(void)state;
	confined_expect(write_code, FORBIDDEN, FORBIDDEN, FORBIDDEN);
}

/* --- files ---------------------------------------------------------------- */

static void
reads_no_file_of_others(void **state)
{
	(void)state;
	confined_expect(
	    confined_reads_passwords, FORBIDDEN, FORBIDDEN, FORBIDDEN);
}

static bool
read_settings(void)
{
	return confined_opens(place.configuration, O_RDONLY);
}

static void
reads_its_settings(void **state)
{
	(void)state;
	confined_expect(read_settings, MAY, MAY, MAY);
}

static bool
write_settings(void)
{
	return confined_opens(place.configuration, O_WRONLY);
}

static void
does_not_write_its_settings(void **state)
{
	(void)state;
	confined_expect(write_settings, FORBIDDEN, FORBIDDEN, FORBIDDEN);
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
	if (!confined_at_all())
		SKIP_FOR("no Landlock, no seccomp, or a sanitizer build");
	for (size_t i = 0; i < CONFINED_PROGRAMS; i++) {
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
			_exit(confine[i](&place.settings) == 0 &&
				      read_replaced_settings()
				  ? 0
				  : 1);
		}
		assert_int_equal(read(ends[0], &word, 1), 1);
		confined_write_file(renewed);
		assert_int_equal(rename(renewed, place.configuration), 0);
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
	return confined_opens(beyond, O_WRONLY | O_CREAT);
}

static void
makes_no_file_elsewhere(void **state)
{
	(void)state;
	confined_expect(make_file_beyond, FORBIDDEN, FORBIDDEN, FORBIDDEN);
}

static bool
make_file(void)
{
	return confined_opens(made, O_WRONLY | O_CREAT);
}

static void
makes_a_certificate_in_ingest_alone(void **state)
{
	(void)state;
	confined_expect(make_file, FORBIDDEN, MAY, FORBIDDEN);
}

/* --- sockets -------------------------------------------------------------- */

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
	confined_expect(connect_to_mail, FORBIDDEN, FORBIDDEN,
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
	confined_expect(connect_to_resolver, FORBIDDEN, FORBIDDEN, MAY);
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
	confined_expect(open_datagram, MAY, MAY, MAY);
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
	confined_expect(open_unusual, FORBIDDEN, FORBIDDEN, FORBIDDEN);
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
	confined_expect(open_local, MAY, MAY, MAY);
}

/* As those of containers, buses, databases and other managers are. */
static bool
open_local_stream(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0 ||
	       socket(AF_UNIX, SOCK_SEQPACKET, 0) >= 0;
}

static void
asks_no_other_service_of_this_machine(void **state)
{
	(void)state;
	confined_expect(open_local_stream, FORBIDDEN, FORBIDDEN, FORBIDDEN);
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
		cmocka_unit_test(runs_nothing_that_it_wrote),
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
		cmocka_unit_test(asks_no_other_service_of_this_machine),
	};

	return cmocka_run_group_tests(tests, make_place, remove_place);
}
