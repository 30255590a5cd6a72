#ifndef COMMON_SANDBOX_H
#define COMMON_SANDBOX_H

#include <stdint.h>

/*
 * What a program may still ask of the kernel once its sockets, its database
 * and its user are settled: Landlock for files and connections, a seccomp
 * filter for calls. Whoever takes a program over through what it parses then
 * finds no shell, no file but its own, and no other host to go to.
 *
 *	sandbox_init(&sandbox, SANDBOX_SEND);
 *	sandbox_allow_beside(&sandbox, settings->path);
 *	code = sandbox_enter(&sandbox);
 *
 * Enter before the first thread: Landlock binds the calling thread and those
 * it makes. What is open stays usable, so the database needs no rule.
 *
 * A call that no list names fails with ENOSYS and is not the program's end. An
 * unforeseen call is more likely a new libc's than an intruder's, and ENOSYS
 * is the answer at which a libc falls back to the call it used before (clone3
 * to clone, faccessat2 to access), where EPERM would pass for the truth and
 * killing would cost the service. strace shows it. What nobody but an
 * intruder asks for here, as another program or another process' memory, does
 * kill: then there is nothing left to serve honestly.
 */
enum sandbox_need {
	SANDBOX_SEND = 1,    /* datagrams to others: NOTIFY, a resolver */
	SANDBOX_WRITE = 2,   /* makes, renames and removes files */
	SANDBOX_CODE = 4,    /* loads code: the C library's character sets */
	SANDBOX_CONNECT = 8, /* TCP, to the ports of sandbox_allow_port */
};

enum sandbox_access {
	SANDBOX_TO_READ,
	SANDBOX_TO_CHANGE, /* a directory: read, make, rename, remove */
};

struct sandbox {
	int rules; /* Landlock's rules, -1 without it */
	int error; /* the first, told by sandbox_enter */
	unsigned needs;
};

/* `needs` are of enum sandbox_need. */
void sandbox_init(struct sandbox *sandbox, unsigned needs);

/*
 * A file, or a directory with all below it. Nothing happens where there is
 * none, or `path` is "".
 */
void sandbox_allow(
    struct sandbox *sandbox, const char *path, enum sandbox_access access);

/*
 * To read what is in the directory of that file, at the end of its links: an
 * editor, or who renews a certificate, puts another file in its place. Only
 * the file itself where that is / or /etc.
 */
void sandbox_allow_beside(struct sandbox *sandbox, const char *path);

/* TCP connections to that port, where Landlock knows of ports at all. */
void sandbox_allow_port(struct sandbox *sandbox, uint16_t port);

/*
 * From here on. Returns 0, also after a notice that says what this kernel
 * lacks, or a negative code after one log line: the caller must then exit.
 */
int sandbox_enter(struct sandbox *sandbox);

#endif
