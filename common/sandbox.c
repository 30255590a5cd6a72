#include "common/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "common/sandbox_calls.h"

/*
 * Landlock by its calls: Debian 12 has no library for it, and its header stops
 * at version 2 of what the kernel offers.
 */
#define FS_TRUNCATE (UINT64_C(1) << 14) /* version 3 */
#define NET_BIND_TCP (UINT64_C(1) << 0) /* version 4 */
#define NET_CONNECT_TCP (UINT64_C(1) << 1)
#define RULE_NET_PORT 2
#define SCOPE_ABSTRACT_SOCKET (UINT64_C(1) << 0) /* version 6 */
#define SCOPE_SIGNAL (UINT64_C(1) << 1)

/* The first version forbids what a Maildir lives by: a rename out of new/. */
static long
least_version(unsigned needs)
{
	return (needs & SANDBOX_WRITE) != 0 ? 2 : 1;
}

/* struct landlock_ruleset_attr, as version 6 has it. */
struct ruleset {
	uint64_t fs, net, scoped;
};

/* How much of it a version knows; it refuses more. */
static size_t
ruleset_size(long version)
{
	if (version < 4)
		return offsetof(struct ruleset, net);
	return version < 6 ? offsetof(struct ruleset, scoped)
			   : sizeof(struct ruleset);
}

/* struct landlock_net_port_attr. */
struct port_rule {
	uint64_t access, port;
};

#define FS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_CHANGE                                                              \
	(FS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE |               \
	    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |     \
	    LANDLOCK_ACCESS_FS_REFER)

/* Of these a rule for a file, not a directory, may speak. */
#define FS_OF_FILES                                                            \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |          \
	    LANDLOCK_ACCESS_FS_READ_FILE | FS_TRUNCATE)

static long
landlock_version(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
}

/* What is forbidden but for what a rule allows. */
static uint64_t
files_governed(long version)
{
	uint64_t first = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

	if (version < 2)
		return first;
	return first | LANDLOCK_ACCESS_FS_REFER |
	       (version < 3 ? 0 : FS_TRUNCATE);
}

/* Who started us may listen for our readiness at a socket without a file. */
static uint64_t
scope(void)
{
	const char *notify = getenv("NOTIFY_SOCKET");

	return notify != NULL && notify[0] == '@'
		   ? SCOPE_SIGNAL
		   : SCOPE_SIGNAL | SCOPE_ABSTRACT_SOCKET;
}

void
sandbox_init(struct sandbox *sandbox, unsigned needs)
{
	long version = landlock_version();
	const struct ruleset ruleset = {
		.fs = files_governed(version),
		.net = NET_BIND_TCP | NET_CONNECT_TCP,
		.scoped = scope(),
	};

	*sandbox = (struct sandbox){ .rules = -1, .needs = needs };
	if (version < least_version(needs))
		return;
	sandbox->rules = (int)syscall(
	    SYS_landlock_create_ruleset, &ruleset, ruleset_size(version), 0);
	if (sandbox->rules < 0)
		sandbox->error = -errno;
#ifdef COVERAGE /* a directory: see `make coverage` */
	sandbox_allow(sandbox, COVERAGE, SANDBOX_TO_CHANGE);
#endif
}

static void
add_rule(struct sandbox *sandbox, int fd, uint64_t access)
{
	struct landlock_path_beneath_attr rule = { .parent_fd = fd };
	struct stat st;

	if (fstat(fd, &st) != 0) {
		sandbox->error = -errno;
		return;
	}
	rule.allowed_access = access & files_governed(landlock_version());
	if (!S_ISDIR(st.st_mode))
		rule.allowed_access &= FS_OF_FILES;
	if (syscall(SYS_landlock_add_rule, sandbox->rules,
		LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
		sandbox->error = -errno;
}

void
sandbox_allow(
    struct sandbox *sandbox, const char *path, enum sandbox_access access)
{
	int fd;

	if (sandbox->rules < 0 || sandbox->error != 0 || path[0] == '\0')
		return;
	fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0) /* Whoever needs it says so. */
		return;
	add_rule(sandbox, fd, access == SANDBOX_TO_READ ? FS_READ : FS_CHANGE);
	close(fd);
}

void
sandbox_allow_beside(struct sandbox *sandbox, const char *path)
{
	char found[PATH_MAX];
	char *slash;

	if (path == NULL || realpath(path, found) == NULL)
		return;
	slash = strrchr(found, '/');
	if (slash != found && strncmp(found, "/etc/", slash + 1 - found) != 0)
		*slash = '\0';
	sandbox_allow(sandbox, found, SANDBOX_TO_READ);
}

void
sandbox_allow_port(struct sandbox *sandbox, uint16_t port)
{
	const struct port_rule rule = { NET_CONNECT_TCP, port };

	if (sandbox->rules < 0 || sandbox->error != 0 || landlock_version() < 4)
		return;
	if (syscall(SYS_landlock_add_rule, sandbox->rules, RULE_NET_PORT, &rule,
		0) != 0)
		sandbox->error = -errno;
}

#ifdef SANITIZED
/* Sanitizers map, trace and run what we never would. */
int
sandbox_enter(struct sandbox *sandbox)
{
	if (sandbox->rules >= 0)
		close(sandbox->rules);
	log_notice("not_confined reason=\"a sanitizer build\"");
	return 0;
}
#else
static int
refused(const char *what, int error)
{
	log_error("not_confined by=%s reason=\"%s\"", what, error_text(error));
	return error;
}

static int
restrict_files(const struct sandbox *sandbox)
{
	if (sandbox->rules < 0)
		return -ENOTSUP;
	return syscall(SYS_landlock_restrict_self, sandbox->rules, 0) == 0
		   ? 0
		   : -errno;
}

/* That a kernel lacks it is an operator's choice, anything else a fault. */
int
sandbox_enter(struct sandbox *sandbox)
{
	int files = sandbox->error, calls;

	/* Without it only root may do either. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return refused("no_new_privs", -errno);
	if (files == 0)
		files = restrict_files(sandbox);
	if (sandbox->rules >= 0)
		close(sandbox->rules);
	if (files != 0 && files != -ENOTSUP)
		return refused("landlock", files);
	calls = sandbox_calls_filter(sandbox->needs);
	if (calls != 0 && calls != -ENOTSUP)
		return refused("seccomp", calls);
	log_notice("confined files=%s calls=%s", files == 0 ? "landlock" : "no",
	    calls == 0 ? "seccomp" : "no");
	return 0;
}
#endif
