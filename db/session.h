#ifndef DB_SESSION_H
#define DB_SESSION_H

#include "common/ipaddr.h"
#include "db/account.h"

/*
 * Who has signed in: a random secret that the browser keeps as a cookie, and
 * whose hash leads here. Over when it was not used for a while, when its time
 * is up whatever happens, and when the account has changed.
 */
struct session {
	uint8_t hash[SECRET_LEN]; /* its key */
	char account[ACCOUNT_NAME_MAX + 1];
	uint64_t generation; /* the account's, then */
	int64_t created_at, used_at;
	struct ipaddr client; /* where it was begun; zeros: not known */
};

#define SESSION_RECORD_MAX 96
int session_encode(const struct session *session, uint8_t *record, size_t size);
int session_decode(const uint8_t hash[SECRET_LEN], struct octets record,
    struct session *session);

/* Both count from the settings: httpapi.session_idle_seconds, ... */
struct session_limits {
	long idle_seconds, most_seconds;
};

/* A new one; drops some of those that are over. */
int session_begin(struct store_txn *txn, const struct account *account,
    const struct ipaddr *client, const struct session_limits *limits,
    int64_t now, uint8_t secret[SECRET_LEN]);
/* In force, with its account. ERROR_NOT_FOUND. */
int session_find(struct store_txn *txn, const uint8_t secret[SECRET_LEN],
    const struct session_limits *limits, int64_t now, struct session *session,
    struct account *account);
/* Whether in force or not. ERROR_NOT_FOUND. */
int session_get(struct store_txn *txn, const uint8_t hash[SECRET_LEN],
    struct session *session);
/* Was used. ERROR_NOT_FOUND where it has ended meanwhile. */
int session_use(
    struct store_txn *txn, const uint8_t hash[SECRET_LEN], int64_t now);
int session_end(struct store_txn *txn, const uint8_t hash[SECRET_LEN]);
/* The same by somebody's word, which the audit has; the reason may be "". */
int session_revoke(struct store_txn *txn, const struct session *session,
    const char *reason, const char *who, int64_t now);

typedef int session_each(const struct session *session, void *context);
/* All that are in force, in no order, until `each` returns non-zero. */
int session_list(struct store_txn *txn, const struct session_limits *limits,
    int64_t now, session_each *each, void *context);

#endif
