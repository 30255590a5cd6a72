#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/metrics.h"
#include "tests/support/scratch.h"

static const struct metric rows[] = {
	{ "bsbl_test_bytes", "gauge", "Octets in use.", 4096 },
	{ "bsbl_test_commits_total", "counter", "Commits.", UINT64_MAX },
};

static const char text[] = "# HELP bsbl_test_bytes Octets in use.\n"
			   "# TYPE bsbl_test_bytes gauge\n"
			   "bsbl_test_bytes 4096\n"
			   "# HELP bsbl_test_commits_total Commits.\n"
			   "# TYPE bsbl_test_commits_total counter\n"
			   "bsbl_test_commits_total 18446744073709551615\n";

static void
print(struct strbuf *out, void *count)
{
	metrics_put(out, rows, *(size_t *)count);
}

static void
listens_nowhere_without_a_path(void **state)
{
	int fd = 0;

	(void)state;
	assert_int_equal(metrics_open("", &fd), 0);
	assert_int_equal(fd, -1);
}

static void
tells_all_and_ends(void **state)
{
	char directory[SCRATCH_MAX];
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t count = 2, len = 0;
	char told[1024];
	int fd, client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ssize_t n;

	(void)state;
	assert_true(scratch_make(directory));
	snprintf(to.sun_path, sizeof(to.sun_path), "%s/metrics", directory);
	assert_int_equal(metrics_open(to.sun_path, &fd), 0);
	/* Nobody is there: it waits for nobody. */
	metrics_serve(fd, print, &count);
	assert_int_equal(
	    connect(client, (struct sockaddr *)&to, sizeof(to)), 0);
	metrics_serve(fd, print, &count);
	while ((n = read(client, told + len, sizeof(told) - len)) > 0)
		len += (size_t)n;
	assert_int_equal(n, 0);
	assert_int_equal(len, strlen(text));
	assert_memory_equal(told, text, len);
	close(client);
	close(fd);
	unlink(to.sun_path);
	rmdir(directory);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(listens_nowhere_without_a_path),
		cmocka_unit_test(tells_all_and_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
