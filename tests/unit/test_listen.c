#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cmocka.h>

#include "common/error.h"
#include "common/listen.h"
#include "tests/support/capture.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
reads_addresses_of_every_family(void **state)
{
	static const struct {
		const char *text;
		int family, port;
	} cases[] = {
		{ "192.0.2.1:53", AF_INET, 53 },
		{ "0.0.0.0:65535", AF_INET, 65535 },
		{ "[::1]:53", AF_INET6, 53 },
		{ "[2001:db8::1]:0", AF_INET6, 0 },
		{ "[::ffff:192.0.2.1]:53", AF_INET, 53 },
		{ "*:25", AF_INET6, 25 },
		{ "/run/bsbl/lmtp", AF_UNIX, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct listen_address address;
		const struct sockaddr_in *in = (const void *)&address.sa;

		assert_int_equal(listen_parse(cases[i].text, &address), 0);
		assert_int_equal(address.sa.ss_family, cases[i].family);
		if (cases[i].family != AF_UNIX)
			assert_int_equal(ntohs(in->sin_port), cases[i].port);
	}
}

static void
refuses_what_is_no_place_to_listen(void **state)
{
	static const char *const bad[] = { "", ":", ":53", "53", "192.0.2.1",
		"192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:-1",
		"192.0.2.1:53x", "192.0.2.1: 53", "192.0.2.1:000053",
		"[192.0.2.1]:53", "::1:53", "[::1]", "[::1]53", "[]:53",
		"[::1:53", "[*]:53", "*", "**:53", "localhost:53",
		"run/bsbl/lmtp" };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct listen_address address = { .len = 7 };

		assert_int_equal(listen_parse(bad[i], &address), ERROR_FORMAT);
		assert_int_equal(address.len, 7);
	}
}

static void
refuses_a_path_that_the_kernel_cannot_take(void **state)
{
	char path[sizeof(((struct sockaddr_un *)0)->sun_path) + 1];
	struct listen_address address;

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(listen_parse(path, &address), ERROR_FORMAT);
	path[sizeof(path) - 2] = '\0';
	assert_int_equal(listen_parse(path, &address), 0);
}

/* Opens `text`, says where it is bound, and what was logged. */
static int
open_quietly(const char *text, unsigned options, char **said)
{
	struct capture capture = capture_begin(STDERR_FILENO);
	int fd = listen_open(text, options);

	*said = capture_end(&capture);
	return fd;
}

static void
opens_and_names_what_it_opened(void **state)
{
	static const struct {
		const char *text, *start;
		unsigned options;
	} cases[] = {
		{ "127.0.0.1:0", "127.0.0.1:", LISTEN_STREAM },
		{ "127.0.0.1:0", "127.0.0.1:", LISTEN_DATAGRAM },
		{ "[::1]:0", "[::1]:", LISTEN_STREAM },
		{ "*:0", "*:", LISTEN_DATAGRAM | LISTEN_REUSEPORT },
	};
	char bound[LISTEN_TEXT_MAX], *said;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t len = strlen(cases[i].start);
		int fd = open_quietly(cases[i].text, cases[i].options, &said);

		/* Hosts without IPv6 cannot show what it does there. */
		if (fd < 0 && strchr(cases[i].text, '[') != NULL) {
			free(said);
			continue;
		}
		assert_true(fd >= 0);
		assert_string_equal(said, "");
		listen_format(fd, bound);
		assert_memory_equal(bound, cases[i].start, len);
		assert_true(atoi(bound + len) > 0);
		close(fd);
		free(said);
	}
}

static void
says_that_an_address_is_in_use(void **state)
{
	char bound[LISTEN_TEXT_MAX], *said;
	int first = open_quietly("127.0.0.1:0", LISTEN_STREAM, &said), second;

	(void)state;
	free(said);
	second =
	    open_quietly(listen_format(first, bound), LISTEN_STREAM, &said);
	assert_int_equal(second, -EADDRINUSE);
	assert_non_null(strstr(said, bound));
	assert_non_null(strstr(said, "reason=\"address in use\"\n"));
	free(said);
	close(first);
}

static void
workers_share_an_address_with_a_socket_each(void **state)
{
	const unsigned options = LISTEN_DATAGRAM | LISTEN_REUSEPORT;
	char bound[LISTEN_TEXT_MAX], *said;
	int first = open_quietly("127.0.0.1:0", options, &said), second;

	(void)state;
	free(said);
	second = open_quietly(listen_format(first, bound), options, &said);
	assert_true(second >= 0);
	free(said);
	close(first);
	close(second);
}

static void
names_an_address_that_is_none(void **state)
{
	char *said;

	(void)state;
	assert_int_equal(
	    open_quietly("here and there", LISTEN_STREAM, &said), ERROR_FORMAT);
	assert_non_null(strstr(said, "address=\"here and there\" "
				     "reason=\"no address to listen on\""));
	free(said);
}

static void
both_families_reach_the_star(void **state)
{
	struct sockaddr_in peer = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char bound[LISTEN_TEXT_MAX], *said;
	int fd = open_quietly("*:0", LISTEN_STREAM, &said);
	int client = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	free(said);
	listen_format(fd, bound);
	peer.sin_port = htons((uint16_t)atoi(strrchr(bound, ':') + 1));
	assert_int_equal(
	    connect(client, (struct sockaddr *)&peer, sizeof(peer)), 0);
	close(client);
	close(fd);
}

static void
replaces_a_stale_local_socket_only(void **state)
{
	char folder[] = "/tmp/bsbl-listen-XXXXXX", path[64], *said;
	char bound[LISTEN_TEXT_MAX];
	struct stat st;
	int first, second;
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/socket", folder);
	first = open_quietly(path, LISTEN_STREAM, &said);
	assert_true(first >= 0);
	free(said);
	assert_string_equal(listen_format(first, bound), path);

	second = open_quietly(path, LISTEN_STREAM, &said);
	assert_int_equal(second, -EADDRINUSE);
	free(said);

	close(first);
	second = open_quietly(path, LISTEN_STREAM, &said);
	assert_true(second >= 0);
	free(said);
	close(second);

	unlink(path);
	file = fopen(path, "w");
	fputs("precious", file);
	fclose(file);
	second = open_quietly(path, LISTEN_STREAM, &said);
	assert_int_equal(second, -EADDRINUSE);
	free(said);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 8);
	unlink(path);
	rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_addresses_of_every_family),
		cmocka_unit_test(refuses_what_is_no_place_to_listen),
		cmocka_unit_test(refuses_a_path_that_the_kernel_cannot_take),
		cmocka_unit_test(opens_and_names_what_it_opened),
		cmocka_unit_test(says_that_an_address_is_in_use),
		cmocka_unit_test(workers_share_an_address_with_a_socket_each),
		cmocka_unit_test(names_an_address_that_is_none),
		cmocka_unit_test(both_families_reach_the_star),
		cmocka_unit_test(replaces_a_stale_local_socket_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
