#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "tests/support/shut_store.h"
#include "tests/support/skip.h"

#define SKIPPED 77 /* a child's exit status: not permitted here */
#define NOBODY 65534

static int
open_as_nobody(struct test_store *test)
{
	enum store_mode modes[] = { STORE_READ, STORE_WRITE };

	if (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
		return SKIPPED;
	for (size_t i = 0; i < 2; i++) {
		if (store_open(&test->settings, modes[i], &test->store) !=
		    ERROR_UNLOCKED)
			return 1;
	}
	return 0;
}

static void
refuses_a_lock_that_cannot_be_written(void **state)
{
	struct test_store *test = *state;
	static struct capture capture;
	int outcome;

	chmod(test->directory, 0755);
	chmod(test->path, 0755);
	chmod(file_of(test, "data.mdb"), 0666);
	chmod(file_of(test, "bsbl.lock"), 0666);
	chmod(file_of(test, "lock.mdb"), 0444);
	capture_begin(&capture);
	outcome = run(open_as_nobody, test);
	assert_int_equal(capture_end(&capture), outcome == SKIPPED ? 0 : 2);
	if (outcome == SKIPPED)
		SKIP_FOR("only root can become nobody");
	assert_int_equal(outcome, 0);
	assert_non_null(strstr(
	    capture.text, "lock.mdb cannot be written: Permission denied"));
	assert_non_null(strstr(capture.text, "member of its group"));
}

static int
open_read_only_mount(struct test_store *test)
{
	enum store_mode modes[] = { STORE_READ, STORE_WRITE };

	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", "", MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount(test->path, test->path, "", MS_BIND, NULL) != 0 ||
	    mount("none", test->path, "", MS_REMOUNT | MS_BIND | MS_RDONLY,
		NULL) != 0)
		return SKIPPED;
	for (size_t i = 0; i < 2; i++) {
		if (store_open(&test->settings, modes[i], &test->store) !=
		    ERROR_UNLOCKED)
			return 1;
	}
	return 0;
}

static void
refuses_a_directory_mounted_read_only(void **state)
{
	struct test_store *test = *state;
	static struct capture capture;
	int outcome;

	capture_begin(&capture);
	outcome = run(open_read_only_mount, test);
	assert_int_equal(capture_end(&capture), outcome == SKIPPED ? 0 : 2);
	if (outcome == SKIPPED)
		SKIP_FOR("no right to mount");
	assert_int_equal(outcome, 0);
	assert_non_null(strstr(
	    capture.text, "lock.mdb cannot be written: Read-only file system"));
	assert_non_null(strstr(capture.text, "mount it for writing"));
}

static void
names_who_holds_the_database_for_himself(void **state)
{
	struct test_store *test = *state;
	int ready[2], status;
	char holder[64], octet;
	pid_t child;

	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		int fd = open(file_of(test, "bsbl.lock"), O_RDONLY);

		if (prctl(PR_SET_NAME, "somebody") != 0 || fd < 0 ||
		    flock(fd, LOCK_EX) != 0 || write(ready[1], "", 1) != 1)
			_exit(1);
		pause();
	}
	assert_int_equal(read(ready[0], &octet, 1), 1);
	snprintf(
	    holder, sizeof(holder), "somebody (process %d) holds", (int)child);
	assert_refused(test, STORE_READ, ERROR_BUSY, holder, "try again");
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	close(ready[0]);
	close(ready[1]);
	assert_opens(test, STORE_READ);
}

static void
holds_the_lock_while_it_is_open(void **state)
{
	struct test_store *test = *state;
	int fd = open(file_of(test, "bsbl.lock"), O_RDONLY);

	assert_int_equal(
	    store_open(&test->settings, STORE_READ, &test->store), 0);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), -1);
	shut(test);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		MADE(refuses_a_lock_that_cannot_be_written),
		MADE(refuses_a_directory_mounted_read_only),
		MADE(names_who_holds_the_database_for_himself),
		MADE(holds_the_lock_while_it_is_open),
	};

	log_open("test", LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
