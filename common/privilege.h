#ifndef COMMON_PRIVILEGE_H
#define COMMON_PRIVILEGE_H

/*
 * Once the sockets are bound: become `user` and its primary group when started
 * as root (an empty `user` keeps root and logs a warning), drop every
 * capability, and never gain one again (PR_SET_NO_NEW_PRIVS). Returns 0, or a
 * negative code after one log line; the caller must then exit.
 */
int privilege_drop(const char *user);

/*
 * The soft limit of open files raised to the hard one. Returns the limit in
 * force.
 */
unsigned long privilege_raise_files(void);

#endif
