#include "tests/support/confined.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "dnsd/confine.h"
#include "httpapi/confine.h"
#include "ingest/confine.h"
#include "tests/support/capture.h"
#include "tests/support/scratch.h"
#include "tests/support/skip.h"

int (*const confine[CONFINED_PROGRAMS])(const struct settings *) = {
	dnsd_confine, ingest_confine, httpapi_confine
};
static const char *const names[CONFINED_PROGRAMS] = { "dnsd", "ingest",
	"httpapi" };

struct confined_place place;

void
confined_write_file(const char *path)
{
	static const char text[] = "log { level = info }\n";
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

int
confined_make_place(void **state)
{
	(void)state;
	assert_true(scratch_make(place.directory));
	snprintf(place.configuration, sizeof(place.configuration), "%s/etc",
	    place.directory);
	assert_int_equal(mkdir(place.configuration, 0700), 0);
	strcat(place.configuration, "/bsbl.conf");
	snprintf(
	    place.database, sizeof(place.database), "%s/db", place.directory);
	assert_int_equal(mkdir(place.database, 0700), 0);
	confined_write_file(place.configuration);
	if (settings_read(place.configuration, &place.settings) != 0)
		return -1;
	free(place.settings.database.path);
	place.settings.database.path = strdup(place.database);
	return 0;
}

int
confined_remove_place(void **state)
{
	(void)state;
	settings_free(&place.settings);
	unlink(place.configuration);
	*strrchr(place.configuration, '/') = '\0';
	return rmdir(place.configuration) | rmdir(place.database) |
	       rmdir(place.directory);
}

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
		_exit(confined(&place.settings) != 0 ? STRANGE
		      : trial()			     ? MAY
						     : FORBIDDEN);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGSYS ? DEADLY : STRANGE;
	return (enum outcome)WEXITSTATUS(status);
}

bool
confined_at_all(void)
{
	struct capture capture = capture_begin(STDERR_FILENO);
	pid_t pid = fork();
	char *said;
	bool all;

	if (pid == 0)
		_exit(dnsd_confine(&place.settings));
	waitpid(pid, NULL, 0);
	said = capture_end(&capture);
	all = strstr(said, "confined files=landlock calls=seccomp\n") != NULL;
	free(said);
	return all;
}

void
confined_expect(bool (*trial)(void), enum outcome dnsd, enum outcome ingest,
    enum outcome httpapi)
{
	const enum outcome expected[] = { dnsd, ingest, httpapi };

	if (!confined_at_all())
		SKIP_FOR("no Landlock, no seccomp, or a sanitizer build");
	for (size_t i = 0; i < CONFINED_PROGRAMS; i++) {
		enum outcome got = in_child(confine[i], trial);

		if (got != expected[i])
			fail_msg("%s: %d, not %d", names[i], (int)got,
			    (int)expected[i]);
	}
}

bool
confined_opens(const char *path, int flags)
{
	return open(path, flags | O_CLOEXEC, 0600) >= 0;
}

bool
confined_reads_passwords(void)
{
	return confined_opens("/etc/passwd", O_RDONLY);
}
