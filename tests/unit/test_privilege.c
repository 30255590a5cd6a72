#include <grp.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "common/privilege.h"
#include "tests/support/capture.h"
#include "tests/support/skip.h"

/* What cannot be undone is tried in a child; its exit status is told. */
static int
in_child(int (*trial)(void))
{
	int status = -1;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		_exit(trial());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* "CapEff:\t0000000000000000" and its sisters, all of them. */
static bool
has_capabilities(void)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[256];
	bool any = false;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, "CapInh:", 7) == 0 ||
		    strncmp(line, "CapPrm:", 7) == 0 ||
		    strncmp(line, "CapEff:", 7) == 0 ||
		    strncmp(line, "CapAmb:", 7) == 0)
			any |= strtoull(line + 8, NULL, 16) != 0;
	}
	if (file != NULL)
		fclose(file);
	return any;
}

static int
drop_to_nobody(void)
{
	const struct passwd *nobody = getpwnam("nobody");
	uid_t real, effective, saved;
	gid_t group;

	if (nobody == NULL || privilege_drop("nobody") != 0)
		return 1;
	if (getresuid(&real, &effective, &saved) != 0 ||
	    real != nobody->pw_uid || effective != nobody->pw_uid ||
	    saved != nobody->pw_uid || getegid() != nobody->pw_gid)
		return 2;
	/* None of root's groups is left. */
	if (getgroups(0, NULL) > 1 ||
	    (getgroups(1, &group) == 1 && group != nobody->pw_gid))
		return 3;
	if (seteuid(0) == 0 || setegid(0) == 0)
		return 4;
	if (has_capabilities())
		return 5;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 6;
}

static void
root_becomes_the_user_for_good(void **state)
{
	(void)state;
	if (geteuid() != 0)
		SKIP_FOR("only root can try this");
	assert_int_equal(in_child(drop_to_nobody), 0);
}

static int
drop_as_nobody(void)
{
	if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
		return 1;
	if (privilege_drop("no-such-user") != 0)
		return 2;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 3;
}

static void
others_keep_their_user_and_gain_nothing(void **state)
{
	(void)state;
	assert_int_equal(in_child(drop_as_nobody), 0);
}

static int
drop_to_nowhere(void)
{
	struct capture capture = capture_begin(STDERR_FILENO);
	int error = privilege_drop("no-such-user");
	char *said = capture_end(&capture);

	return error < 0 && strstr(said, "user=no-such-user") != NULL ? 0 : 1;
}

static int
drop_to_root(void)
{
	struct capture capture = capture_begin(STDERR_FILENO);
	int error = privilege_drop("root");

	free(capture_end(&capture));
	return error < 0 ? 0 : 1;
}

static void
root_fails_where_it_cannot_leave_root(void **state)
{
	(void)state;
	if (geteuid() != 0)
		SKIP_FOR("only root can try this");
	assert_int_equal(in_child(drop_to_nowhere), 0);
	assert_int_equal(in_child(drop_to_root), 0);
}

static int
keep_root(void)
{
	struct capture capture = capture_begin(STDERR_FILENO);
	int error = privilege_drop("");
	char *said = capture_end(&capture);

	if (error != 0 || strstr(said, "privileges_kept") == NULL)
		return 1;
	return geteuid() == 0 ? 0 : 2;
}

static void
root_stays_with_a_warning_when_no_user_is_set(void **state)
{
	(void)state;
	if (geteuid() != 0)
		SKIP_FOR("only root can try this");
	assert_int_equal(in_child(keep_root), 0);
}

static int
raise_files(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = 64;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (privilege_raise_files() != limit.rlim_max)
		return 1;
	getrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur == limit.rlim_max ? 0 : 2;
}

static void
raises_the_limit_of_open_files(void **state)
{
	(void)state;
	assert_int_equal(in_child(raise_files), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(root_becomes_the_user_for_good),
		cmocka_unit_test(others_keep_their_user_and_gain_nothing),
		cmocka_unit_test(root_fails_where_it_cannot_leave_root),
		cmocka_unit_test(root_stays_with_a_warning_when_no_user_is_set),
		cmocka_unit_test(raises_the_limit_of_open_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
