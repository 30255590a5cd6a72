#ifndef DB_ACCOUNT_H
#define DB_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "db/role.h"
#include "db/secret.h"
#include "db/store.h"
#include "db/totp.h"

/*
 * People who sign in at the console. Their sessions are in session.h, tokens
 * for programs in token.h. Each act here is one change of the caller's write
 * transaction and has its line in the audit, in the name of `who`.
 */
#define ACCOUNT_NAME_MAX 31
struct account {
	char name[ACCOUNT_NAME_MAX + 1];
	enum role role; /* never ROLE_SENSOR */
	bool disabled;
	/*
	 * Random, and another whenever password, role, one-time codes or the
	 * disabled state change: sessions of another generation are over.
	 */
	uint64_t generation;
	int64_t created_at, password_at;
	/*
	 * The password is somebody else's, who handed it over: it serves
	 * to set another, and no longer than ACCOUNT_ONCE_SECONDS.
	 */
	bool once;
	int64_t login_at; /* the last; 0 never */
	char password[PASSWORD_HASH_MAX];
	bool has_totp;
	uint8_t totp[TOTP_SECRET_LEN];
	int64_t totp_step; /* the last that served */
};

/* Over a weekend and a holiday. */
#define ACCOUNT_ONCE_SECONDS ((int64_t)4 * 86400)

#define ACCOUNT_RECORD_MAX 256
int account_encode(const struct account *account, uint8_t *record, size_t size);
int account_decode(
    const char *name, struct octets record, struct account *account);

/* Small letters, figures, and "._-" inside: "alice". */
bool account_name_is_good(const char *name);

/* ERROR_NOT_FOUND, ... */
int account_get(
    struct store_txn *txn, const char *name, struct account *account);
typedef int account_each(const struct account *account, void *context);
/* In the order of their names, until `each` returns non-zero. */
int account_list(struct store_txn *txn, account_each *each, void *context);

/*
 * A new one: name, role, the password's hash and `once` are set. ERROR_EXISTS;
 * ERROR_FORMAT: no name; ERROR_REFUSED: no role for people. `reason` is for the
 * audit; NULL where none was given.
 */
int account_add(struct store_txn *txn, const struct account *account,
    const char *reason, const char *who, int64_t now);

/*
 * What is to be changed; what is NULL or ACCOUNT_KEEP stays. Whatever it is,
 * and where it is nothing, whoever is signed in by the account is signed out.
 */
#define ACCOUNT_KEEP (-1)
struct account_change {
	int role;
	int disabled;		    /* 0, 1 */
	const char *password;	    /* its hash */
	bool once;		    /* that one is for once */
	int totp;		    /* 0 takes it away, 1 puts totp_secret */
	const uint8_t *totp_secret; /* TOTP_SECRET_LEN octets */
	const char *reason;	    /* for the audit */
};
#define ACCOUNT_CHANGE_NONE                                                    \
	((struct account_change){                                              \
	    .role = ACCOUNT_KEEP,                                              \
	    .disabled = ACCOUNT_KEEP,                                          \
	    .totp = ACCOUNT_KEEP,                                              \
	})
int account_set(struct store_txn *txn, const char *name,
    const struct account_change *change, const char *who, int64_t now);
int account_remove(struct store_txn *txn, const char *name, const char *reason,
    const char *who, int64_t now);

/*
 * The password was right, outside of this transaction: whether `before`, whose
 * it was, still is the account, and the one-time code fits where it has them.
 * Then it is written down as signed in. ERROR_REFUSED.
 */
int account_login(struct store_txn *txn, const struct account *before,
    const char *code, int64_t now);

#endif
