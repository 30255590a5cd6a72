#include "common/sandbox_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "common/sandbox.h"

/* Conditions that one row holds, all of which must be met. */
#define CONDITIONS_MAX 2

struct row {
	int call;
	unsigned needs; /* who may: whoever has one of them; 0: everybody */
	unsigned count; /* of conditions */
	struct scmp_arg_cmp only[CONDITIONS_MAX];
};

#define CALL(name)                                                             \
	{                                                                      \
		.call = SCMP_SYS(name)                                         \
	}
#define CALL_FOR(need, name)                                                   \
	{                                                                      \
		.call = SCMP_SYS(name), .needs = (need)                        \
	}
#define CALL_IF(name, ...)                                                     \
	{                                                                      \
		.call = SCMP_SYS(name), .count = 1, .only = { __VA_ARGS__ }    \
	}

/* `bits` of argument `n` are `value`. */
#define BITS(n, bits, value)                                                   \
	{                                                                      \
		.arg = (n), .op = SCMP_CMP_MASKED_EQ, .datum_a = (bits),       \
		.datum_b = (value)                                             \
	}
#define IS(n, value)                                                           \
	{                                                                      \
		.arg = (n), .op = SCMP_CMP_EQ, .datum_a = (value)              \
	}

/* Code is loaded by mapping it, and not to be changed. */
#define LOAD(name)                                                             \
	{                                                                      \
		SCMP_SYS(name), SANDBOX_CODE, 1,                               \
		{                                                              \
			BITS(2, PROT_EXEC | PROT_WRITE, PROT_EXEC)             \
		}                                                              \
	}

/* SOCK_NONBLOCK and SOCK_CLOEXEC stand in the same argument. */
#define KIND_BITS 0xf

#define SOCKET(need, family, kind)                                             \
	{                                                                      \
		SCMP_SYS(socket), (need), 2,                                   \
		{                                                              \
			IS(0, family), BITS(1, KIND_BITS, kind)                \
		}                                                              \
	}

/* The kernel's order of clone's arguments on this machine. */
#ifdef __s390__
#define CLONE_FLAGS_ARG 1
#else
#define CLONE_FLAGS_ARG 0
#endif

static const struct row allowed[] = {
	/* memory; code in it only for those that load some, never written */
	CALL(brk),
	CALL(munmap),
	CALL(mremap),
	CALL(madvise),
	CALL(mincore),
	CALL(mlock),
	CALL(mlock2),
	CALL(munlock),
	CALL(membarrier),
	CALL_IF(mmap, BITS(2, PROT_EXEC, 0)),
	CALL_IF(mmap2, BITS(2, PROT_EXEC, 0)),
	CALL_IF(mprotect, BITS(2, PROT_EXEC, 0)),
	LOAD(mmap),
	LOAD(mmap2),

	/* threads, but no other process; clone3 cannot be looked into */
	CALL_IF(clone, BITS(CLONE_FLAGS_ARG, CLONE_THREAD, CLONE_THREAD)),
	CALL(set_robust_list),
	CALL(get_robust_list),
	CALL(rseq),
	CALL(set_tid_address),
	CALL(futex),
	CALL(futex_time64),
	CALL(futex_waitv),
	CALL(sched_yield),
	CALL(sched_getaffinity),
	CALL(getcpu),
	CALL(gettid),
	CALL(getpid),
	CALL(getppid),
	CALL_IF(prctl, IS(0, PR_SET_NAME)),
	CALL(exit),
	CALL(exit_group),

	/* signals; to ourselves alone, see add_own_signals() */
	CALL(rt_sigaction),
	CALL(rt_sigprocmask),
	CALL(rt_sigreturn),
	CALL(rt_sigtimedwait),
	CALL(sigreturn),
	CALL(sigaltstack),
	CALL(restart_syscall),

	/* time and chance */
	CALL(clock_gettime),
	CALL(clock_gettime64),
	CALL(clock_getres),
	CALL(clock_getres_time64),
	CALL(clock_nanosleep),
	CALL(clock_nanosleep_time64),
	CALL(nanosleep),
	CALL(gettimeofday),
	CALL(time),
	CALL(times),
	CALL(getrandom),

	/* who and where we are */
	CALL(getuid),
	CALL(geteuid),
	CALL(getgid),
	CALL(getegid),
	CALL(getrusage),
	CALL(getrlimit),
	CALL(ugetrlimit),
	/* without new limits; the argument is a pointer */
	CALL_IF(prlimit64, IS(2, 0)),
	CALL(sysinfo),
	CALL(uname),

	/* descriptors that are open */
	CALL(read),
	CALL(write),
	CALL(readv),
	CALL(writev),
	CALL(pread64),
	CALL(pwrite64),
	CALL(preadv),
	CALL(pwritev),
	CALL(lseek),
	CALL(_llseek),
	CALL(close),
	CALL(fcntl),
	CALL(fcntl64),
	CALL(dup),
	CALL(flock),
	CALL(fsync),
	CALL(fdatasync),
	CALL(msync),
	CALL(ftruncate),
	CALL(ftruncate64),
	CALL(fallocate),
	CALL(fadvise64),
	CALL(fstatfs),
	CALL(fstatfs64),
	CALL(sendfile),
	CALL(sendfile64),
	CALL_IF(ioctl, IS(1, FIONREAD)),
	CALL_IF(ioctl, IS(1, FIONBIO)),
	CALL_IF(ioctl, IS(1, TCGETS)), /* stdio: is it a terminal? */

	/* names; Landlock says which */
	CALL_IF(open, BITS(1, O_ACCMODE | O_CREAT, O_RDONLY)),
	CALL_IF(openat, BITS(2, O_ACCMODE | O_CREAT, O_RDONLY)),
	CALL(access),
	CALL(faccessat),
	CALL(faccessat2),
	CALL(stat),
	CALL(stat64),
	CALL(lstat),
	CALL(lstat64),
	CALL(fstat),
	CALL(fstat64),
	CALL(fstatat64),
	CALL(newfstatat),
	CALL(statx),
	CALL(statfs),
	CALL(statfs64),
	CALL(readlink),
	CALL(readlinkat),
	CALL(getdents64),
	CALL(getcwd),
	CALL(inotify_init1),
	CALL(inotify_add_watch),
	CALL(inotify_rm_watch),
#ifdef COVERAGE /* what it did, written down at its end */
	CALL(openat),
#endif
	CALL_FOR(SANDBOX_WRITE, open),
	CALL_FOR(SANDBOX_WRITE, openat),
	CALL_FOR(SANDBOX_WRITE, link),
	CALL_FOR(SANDBOX_WRITE, linkat),
	CALL_FOR(SANDBOX_WRITE, unlink),
	CALL_FOR(SANDBOX_WRITE, unlinkat),
	CALL_FOR(SANDBOX_WRITE, rename),
	CALL_FOR(SANDBOX_WRITE, renameat),
	CALL_FOR(SANDBOX_WRITE, renameat2),

	/* waiting */
	CALL(poll),
	CALL(ppoll),
	CALL(ppoll_time64),
	CALL(select),
	CALL(_newselect),
	CALL(pselect6),
	CALL(pselect6_time64),
	CALL(epoll_create),
	CALL(epoll_create1),
	CALL(epoll_ctl),
	CALL(epoll_wait),
	CALL(epoll_pwait),
	CALL(epoll_pwait2),
	CALL(eventfd2),
	CALL(timerfd_create),
	CALL(timerfd_settime),
	CALL(pipe2),

	/*
	 * sockets: those that listen are there, a local one tells systemd. A
	 * client's connection could be led elsewhere by connect().
	 */
	CALL(accept),
	CALL(accept4),
	CALL(shutdown),
	CALL(getsockname),
	CALL(getpeername),
	CALL(getsockopt),
	CALL(setsockopt),
	CALL(recv),
	CALL(recvfrom),
	CALL(recvmsg),
	CALL(recvmmsg),
	CALL(recvmmsg_time64),
	CALL(send),
	CALL(sendto),
	CALL(sendmsg),
	CALL(sendmmsg),
	SOCKET(0, AF_UNIX, SOCK_DGRAM),
	CALL_IF(socketpair, IS(0, AF_UNIX)),
	CALL_FOR(SANDBOX_CONNECT, connect),
	SOCKET(SANDBOX_SEND, AF_INET, SOCK_DGRAM),
	SOCKET(SANDBOX_SEND, AF_INET6, SOCK_DGRAM),
	SOCKET(SANDBOX_CONNECT, AF_INET, SOCK_STREAM),
	SOCKET(SANDBOX_CONNECT, AF_INET6, SOCK_STREAM),
};

/* Not for any of our programs, nor for a library in them. */
static const int deadly[] = {
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(ptrace),
	SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev),
	SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load), SCMP_SYS(init_module),
	SCMP_SYS(finit_module), SCMP_SYS(bpf), SCMP_SYS(userfaultfd),
	SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root),
	SCMP_SYS(chroot), SCMP_SYS(setns), SCMP_SYS(unshare), SCMP_SYS(keyctl),
	SCMP_SYS(add_key), SCMP_SYS(request_key),
	SCMP_SYS(io_uring_setup), /* it would pass the filter by */
};

/*
 * -EDOM: this machine has no such call. -EEXIST: a row without conditions has
 * allowed it already.
 */
static int
added(int code)
{
	return code == -EDOM || code == -EEXIST ? 0 : code;
}

static int
add_allowed(scmp_filter_ctx filter, unsigned needs)
{
	int code = 0;

	for (size_t i = 0;
	     code == 0 && i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		const struct row *row = &allowed[i];

		if (row->needs == 0 || (row->needs & needs) != 0)
			code = added(seccomp_rule_add_array(filter,
			    SCMP_ACT_ALLOW, row->call, row->count, row->only));
	}
	return code;
}

/* abort() and raise(), and ingest when its database is lost. */
static int
add_own_signals(scmp_filter_ctx filter)
{
	struct scmp_arg_cmp own =
	    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0);
	int code = added(
	    seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, own));

	return code != 0 ? code
			 : added(seccomp_rule_add(
			       filter, SCMP_ACT_ALLOW, SCMP_SYS(kill), 1, own));
}

static int
add_deadly(scmp_filter_ctx filter)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < sizeof(deadly) / sizeof(deadly[0]);
	     i++)
		code = added(seccomp_rule_add(
		    filter, SCMP_ACT_KILL_PROCESS, deadly[i], 0));
	return code;
}

static int
load(scmp_filter_ctx filter)
{
	int code = seccomp_load(filter);

	switch (code) {
	case -EINVAL:
	case -ENOSYS:
	case -EPERM:
	case -EACCES:
	case -EOPNOTSUPP:
		return -ENOTSUP;
	default:
		return code;
	}
}

int
sandbox_calls_filter(unsigned needs)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	int code;

	if (filter == NULL)
		return -ENOMEM;
	/* A tree instead of a list: some steps for each call, not a hundred. */
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	/* Else load() would report the kernel's refusal as its own. */
	seccomp_attr_set(filter, SCMP_FLTATR_API_SYSRAWRC, 1);
	code = add_allowed(filter, needs);
	if (code == 0)
		code = add_own_signals(filter);
	if (code == 0)
		code = add_deadly(filter);
	if (code == 0)
		code = load(filter);
	seccomp_release(filter);
	return code;
}
