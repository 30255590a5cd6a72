#ifndef CTL_CTL_H
#define CTL_CTL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/ipaddr.h"
#include "common/settings.h"
#include "db/store.h"

/*
 * What every verb of bsblctl works with: the settings, the options given, the
 * database once it is opened, and how it answers.
 */

/* Exit statuses; scripts rely on them. */
enum ctl_status {
	CTL_OK = 0,
	CTL_NOT_FOUND = 1, /* nothing there, or the answer is no */
	CTL_USAGE = 2,
	CTL_DATABASE = 3, /* database or settings refused */
	CTL_REFUSED = 4	  /* the rules forbid it, or it was not confirmed */
};

struct ctl {
	struct settings settings;
	bool json;
	bool confirmed, dry_run, all, watch, public;
	const char *reason; /* NULL: not given, as all of these */
	const char *sensor, *trap, *campaign, *list, *state, *server, *policy;
	const char *role, *client;
	int most;		 /* 0: not given */
	int weight;		 /* percent; -1: not given */
	int64_t until, from, to; /* 0: not given */
	int64_t now;		 /* one time for all that a call does */
	char who[64];		 /* "bsblctl:NAME", for the audit */
	struct store *store;
};

/* Who calls: the person behind sudo, else the user. Fills ctl->who. */
void ctl_name_caller(struct ctl *ctl);

/* 0 or a status; store_open has said why. */
int ctl_open(struct ctl *ctl, enum store_mode mode);
void ctl_close(struct ctl *ctl);

/*
 * One line on standard error, "bsblctl: ...". `ctl_fail` adds what `error`
 * means and returns the status that fits it.
 */
void ctl_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
int ctl_fail(int error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * "192.0.2.99", "192.0.2.0/24", "2001:db8::/64"; an IPv6 address stands for
 * its /64, which is what is listed. CTL_OK, or CTL_USAGE after a complaint.
 */
int ctl_parse_target(const char *text, struct ipprefix *prefix);
/* One address without the length that goes without saying. */
char *ctl_format_target(
    const struct ipprefix *prefix, char text[IPPREFIX_TEXT_MAX]);

/*
 * Before what cannot be undone: true with --confirm, or when whoever sits at
 * the terminal answers "yes" to the question ("Release 12 listings?"). Else it
 * says what is missing, and that nothing was changed.
 */
bool ctl_confirm(const struct ctl *ctl, const char *question, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * A write transaction. Whoever holds one holds up every other writer, so
 * between begin and end the keyboard cannot stop or suspend us. Nothing is
 * read or printed there.
 */
int ctl_begin_write(struct ctl *ctl, struct store_txn **txn);
/* Commits when `error` is 0, else aborts. Returns the first failure. */
int ctl_end_write(struct store_txn *txn, int error);
/* The same for what has a transaction of its own, between these two. */
void ctl_hold_signals(void);
void ctl_let_signals(void);

/*
 * One change by the rules of the settings, in a transaction of its own, and in
 * the log when it is committed. Returns what `change` does, or why none began.
 */
struct recorder_rules;
typedef int ctl_change(struct ctl *ctl, struct store_txn *txn,
    const struct recorder_rules *rules, void *context);
int ctl_record(struct ctl *ctl, ctl_change *change, void *context);

/*
 * Ends a verb that went well: prints the answer when it is wanted as JSON, and
 * lets go of it. Answers are collected as JSON in any case, so that both forms
 * say the same, and printed when no transaction is open: a pager or a stopped
 * terminal must not pin the database's pages. Returns CTL_OK, or CTL_DATABASE
 * when there is no memory for the answer.
 */
int ctl_finish(struct ctl *ctl, json_t *answer);
/*
 * Reads from the opened database in a transaction of its own; `read` renews it
 * where that takes long. Returns what `read` does, or why none began.
 */
typedef int ctl_read(struct ctl *ctl, struct store_txn *txn, void *context);
int ctl_look(struct ctl *ctl, ctl_read *read, void *context);
/*
 * A verb that only shows: opens the database, has `read` fill `answer`, a new
 * array or object that is its context and is taken over; `print` tells it to
 * people. `what` is read, for the complaint ("the traps"). Returns a status.
 */
int ctl_show(struct ctl *ctl, json_t *answer, ctl_read *read,
    void (*print)(const json_t *answer), const char *what);

/*
 * Why one thing by that name was not changed: in the words of the row that has
 * the error, the last row having 0, or else as ctl_fail does. Returns a status.
 */
struct ctl_complaint {
	int error, status;
	const char *words; /* after the name */
};
int ctl_complain(
    const struct ctl_complaint *complaints, int error, const char *name);

#endif
