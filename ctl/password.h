#ifndef CTL_PASSWORD_H
#define CTL_PASSWORD_H

#include "db/secret.h"

/*
 * A new password, read twice from the terminal without showing it, or as one
 * line where standard input is none; what is kept of it goes to `hash`. A
 * ctl_status, after a complaint.
 */
int password_take(const char *name, char hash[PASSWORD_HASH_MAX]);

#endif
