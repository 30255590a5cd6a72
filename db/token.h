#ifndef DB_TOKEN_H
#define DB_TOKEN_H

#include <stdint.h>

#include "common/ipaddr.h"
#include "db/role.h"
#include "db/secret.h"
#include "db/store.h"

/*
 * Tokens for programs (RFC 6750): "bsbl_" and 256 random bits, shown once. The
 * prefix lets whoever searches repositories for secrets find one that got
 * there. Each act has its line in the audit.
 */
#define TOKEN_NAME_MAX 31
#define TOKEN_PREFIXES_MAX 4
struct token {
	uint8_t hash[SECRET_LEN]; /* its key */
	char name[TOKEN_NAME_MAX + 1];
	enum role role;
	uint32_t sensor; /* whose events they are; 0 of this machine */
	int64_t created_at;
	int64_t expires_at; /* 0 never */
	int64_t used_day;   /* midnight UTC of the last use; 0 never */
	struct ipprefix prefixes[TOKEN_PREFIXES_MAX]; /* none: anywhere */
	unsigned prefix_count;
};

#define TOKEN_RECORD_MAX 192
int token_encode(const struct token *token, uint8_t *record, size_t size);
int token_decode(
    const uint8_t hash[SECRET_LEN], struct octets record, struct token *token);

#define TOKEN_TEXT_MAX (5 + SECRET_TEXT_MAX)

/*
 * A new one of token's name, role, sensor, expiry and prefixes; its hash is
 * set, and `text` is the only copy of the secret. ERROR_EXISTS; ERROR_FORMAT:
 * no name (it is one as an account's).
 */
int token_add(struct store_txn *txn, struct token *token, const char *who,
    int64_t now, char text[TOKEN_TEXT_MAX]);
/*
 * Whose text that is, in force at `now` and for that client. ERROR_NOT_FOUND:
 * nobody's, or over; ERROR_REFUSED: not for that client.
 */
int token_find(struct store_txn *txn, const char *text,
    const struct ipaddr *client, int64_t now, struct token *token);
/* Was used on that day: a write, so once a day. */
int token_use(
    struct store_txn *txn, const uint8_t hash[SECRET_LEN], int64_t now);
int token_revoke(
    struct store_txn *txn, const char *name, const char *who, int64_t now);

typedef int token_each(const struct token *token, void *context);
int token_list(struct store_txn *txn, token_each *each, void *context);

#endif
