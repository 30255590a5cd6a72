#include "common/privilege.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"

static int
failed_because(
    const char *what, const char *user, int error, const char *reason)
{
	char shown[LOG_TEXT_MAX];

	log_error("privileges_not_dropped step=%s user=%s reason=\"%s\"", what,
	    log_escape(user, shown), reason);
	return error;
}

static int
failed(const char *what, const char *user, int error)
{
	return failed_because(what, user, error, error_text(error));
}

/* The groups of the user in the system's files, the database's among them. */
static int
become(const char *user)
{
	const struct passwd *entry;

	errno = 0;
	entry = getpwnam(user);
	if (entry == NULL && (errno == 0 || errno == ENOENT))
		return failed_because(
		    "user", user, -ENOENT, "there is no such user");
	if (entry == NULL)
		return failed("user", user, -errno);
	if (initgroups(user, entry->pw_gid) != 0)
		return failed("groups", user, -errno);
	if (setresgid(entry->pw_gid, entry->pw_gid, entry->pw_gid) != 0)
		return failed("group", user, -errno);
	if (setresuid(entry->pw_uid, entry->pw_uid, entry->pw_uid) != 0)
		return failed("user", user, -errno);
	/* A user of the name with the number 0 is root still. */
	if (entry->pw_uid == 0 || setresuid(0, 0, 0) == 0)
		return failed("user", user, -EPERM);
	return 0;
}

/*
 * The calls themselves: libcap would be one more library for two lines. Who
 * was started without any may have been forbidden to change them, too.
 */
static int
drop_capabilities(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct held[_LINUX_CAPABILITY_U32S_3];
	static const struct __user_cap_data_struct
	    none[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, held) == 0 &&
	    memcmp(held, none, sizeof(held)) == 0)
		return 0;
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return syscall(SYS_capset, &header, none) == 0 ? 0 : -errno;
}

int
privilege_drop(const char *user)
{
	bool root = geteuid() == 0;
	int error = 0;

	if (root && user[0] == '\0')
		log_warning("privileges_kept reason=\"no user is set\"");
	else if (root)
		error = become(user);
	if (error != 0)
		return error;
	if (!(root && user[0] == '\0'))
		error = drop_capabilities();
	if (error != 0)
		return failed("capabilities", user, error);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return failed("no_new_privs", user, -errno);
	return 0;
}

unsigned long
privilege_raise_files(void)
{
	struct rlimit limit = { 0 };

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 0;
	if (limit.rlim_cur < limit.rlim_max) {
		struct rlimit raised = { limit.rlim_max, limit.rlim_max };

		if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
			limit = raised;
	}
	return limit.rlim_cur;
}
