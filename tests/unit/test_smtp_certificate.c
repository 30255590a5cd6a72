#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "ingest/smtp_certificate.h"
#include "tests/support/test_capture.h"

static char folder[] = "/tmp/test_smtp_certificate.XXXXXX";
static char path[sizeof(folder) + 16];

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/tls.pem", folder);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static void
makes_one_that_nobody_else_may_read(void **state)
{
	struct capture capture;
	struct stat st;
	int code;

	(void)state;
	capture_begin(&capture);
	code = smtp_certificate_make(path, "mx.example.test");
	capture_end(&capture);
	assert_int_equal(code, 0);
	assert_non_null(strstr(capture.text, "made_certificate"));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

/* Each failure by its own name; there is memory enough. */
static void
says_what_it_is_that_failed(void **state)
{
	static const struct {
		const char *path, *hostname, *reason;
	} cases[] = {
		{ "/nonexistent/tls.pem", "mx.example.test", "No such file" },
		{ "/tmp", "mx.example.test,nonsense",
		    "reason=\"missing value" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct capture capture;
		int code;

		capture_begin(&capture);
		code = smtp_certificate_make(cases[i].path, cases[i].hostname);
		capture_end(&capture);
		assert_true(code < 0);
		if (strstr(capture.text, cases[i].reason) == NULL)
			fail_msg("%s", capture.text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_one_that_nobody_else_may_read),
		cmocka_unit_test(says_what_it_is_that_failed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
