#include <dlfcn.h>
#include <errno.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/confined.h"

/* --- kernels -------------------------------------------------------------- */

/*
 * What a version of Landlock knows of; what is more it refuses, as those
 * kernels do (copy_struct_from_user, "unknown access").
 */
static const struct kernel {
	size_t attr_size;
	uint64_t fs, net, scoped;
} kernels[] = {
	[1] = { 8, (1u << 13) - 1, 0, 0 }, /* Linux 5.13 */
	[2] = { 8, (1u << 14) - 1, 0, 0 },
	[3] = { 8, (1u << 15) - 1, 0, 0 },
	[4] = { 16, (1u << 15) - 1, 3, 0 },
	[5] = { 16, (1u << 16) - 1, 3, 0 },
	[6] = { 24, (1u << 16) - 1, 3, 3 },
};
#define LATEST 6

static long version; /* of the kernel that is played */

static long
create_ruleset(const uint64_t *attr, size_t size, uint32_t flags)
{
	const struct kernel *kernel = &kernels[version];

	if (flags == LANDLOCK_CREATE_RULESET_VERSION)
		return version;
	if (size > kernel->attr_size) {
		errno = E2BIG;
		return -1;
	}
	if ((attr[0] & ~kernel->fs) != 0 ||
	    (size > 8 && (attr[1] & ~kernel->net) != 0) ||
	    (size > 16 && (attr[2] & ~kernel->scoped) != 0)) {
		errno = EINVAL;
		return -1;
	}
	return 0;
}

/* Stands before the C library's. */
long syscall(long number, ...);

long
syscall(long number, ...)
{
	long (*next)(long, ...);
	long a[6];
	va_list args;

	va_start(args, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	if (number == SYS_landlock_create_ruleset) {
		long code = create_ruleset(
		    (const uint64_t *)a[0], (size_t)a[1], (uint32_t)a[2]);

		if (code != 0)
			return code;
	}
	*(void **)&next = dlsym(RTLD_NEXT, "syscall");
	return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* For each version from the first to the last; none that this one lacks. */
static void
expect_with(long first, long last, bool (*trial)(void), enum outcome dnsd,
    enum outcome ingest, enum outcome httpapi)
{
	long (*real)(long, ...);
	long have;

	*(void **)&real = dlsym(RTLD_NEXT, "syscall");
	have = real(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	for (version = first; version <= last && version <= have; version++)
		confined_expect(trial, dnsd, ingest, httpapi);
}

/* --- trials --------------------------------------------------------------- */

static void
reads_no_file_of_others(void **state)
{
	(void)state;
	/* A rename, which a Maildir lives by, is not to be had there. */
	expect_with(1, 1, confined_reads_passwords, FORBIDDEN, MAY, FORBIDDEN);
	expect_with(2, LATEST, confined_reads_passwords, FORBIDDEN, FORBIDDEN,
	    FORBIDDEN);
}

static int accepted = -1, server = -1;
static struct sockaddr_in server_address;

static int
accept_a_connection(void **state)
{
	socklen_t len = sizeof(server_address);
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	server_address.sin_family = AF_INET;
	server_address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (listen(server, 2) != 0 ||
	    getsockname(server, (void *)&server_address, &len) != 0 ||
	    connect(client, (void *)&server_address, len) != 0)
		return -1;
	accepted = accept(server, NULL, NULL);
	return accepted < 0 ? -1 : confined_make_place(state);
}

static bool
turn_the_connection(void)
{
	const struct sockaddr nobody = { .sa_family = AF_UNSPEC };

	return connect(accepted, &nobody, sizeof(nobody)) == 0 &&
	       connect(accepted, (void *)&server_address,
		   sizeof(server_address)) == 0;
}

/* httpapi connects to a resolver; which port, Landlock's version 4 says. */
static void
turns_no_client_into_a_server(void **state)
{
	(void)state;
	expect_with(1, 3, turn_the_connection, FORBIDDEN, FORBIDDEN, MAY);
	expect_with(
	    4, LATEST, turn_the_connection, FORBIDDEN, FORBIDDEN, FORBIDDEN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_no_file_of_others),
		cmocka_unit_test(turns_no_client_into_a_server),
	};

	return cmocka_run_group_tests(
	    tests, accept_a_connection, confined_remove_place);
}
