#include "db/token.h"

#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "db/account.h"
#include "db/audit.h"
#include "db/stored.h"

#define VERSION 1
#define DAY 86400
#define HEAD "bsbl_"
#define HEAD_LEN (sizeof(HEAD) - 1)

_Static_assert(TOKEN_NAME_MAX == ACCOUNT_NAME_MAX, "names are alike");

/* --- its record ----------------------------------------------------------- */

int
token_encode(const struct token *token, uint8_t *record, size_t size)
{
	struct wire_writer to;

	wire_write(&to, record, size);
	wire_write_u8(&to, VERSION);
	wire_write_text(&to, token->name);
	wire_write_u8(&to, (uint8_t)token->role);
	wire_write_u32(&to, token->sensor);
	stored_write_time(&to, token->created_at);
	stored_write_time(&to, token->expires_at);
	stored_write_time(&to, token->used_day);
	wire_write_u8(&to, (uint8_t)token->prefix_count);
	for (unsigned i = 0; i < token->prefix_count; i++) {
		wire_write_octets(&to, token->prefixes[i].address.octets, 16);
		wire_write_u8(&to, token->prefixes[i].length);
	}
	return stored_len(&to);
}

int
token_decode(
    const uint8_t hash[SECRET_LEN], struct octets record, struct token *token)
{
	struct wire_reader from;
	int code = stored_begin(&from, record, VERSION);

	if (code != 0)
		return code;
	memset(token, 0, sizeof(*token));
	memcpy(token->hash, hash, SECRET_LEN);
	wire_read_text(&from, token->name, sizeof(token->name));
	token->role = (enum role)stored_read_below(&from, ROLE_COUNT);
	token->sensor = wire_read_u32(&from);
	token->created_at = stored_read_time(&from);
	token->expires_at = stored_read_time(&from);
	token->used_day = stored_read_time(&from);
	token->prefix_count = stored_read_below(&from, TOKEN_PREFIXES_MAX + 1);
	for (unsigned i = 0; i < token->prefix_count; i++) {
		struct ipprefix *prefix = &token->prefixes[i];

		wire_read_copy(&from, prefix->address.octets, 16);
		prefix->length = stored_read_below(&from, 129);
	}
	return stored_end(&from);
}

static int
put(struct store_txn *txn, const struct token *token)
{
	uint8_t record[TOKEN_RECORD_MAX];
	int len = token_encode(token, record, sizeof(record));

	return len < 0 ? len
		       : store_put(txn, TABLE_TOKEN,
			     OCTETS(token->hash, SECRET_LEN),
			     OCTETS(record, (size_t)len));
}

static int
get(struct store_txn *txn, const uint8_t hash[SECRET_LEN], struct token *token)
{
	struct octets value;
	int code =
	    store_get(txn, TABLE_TOKEN, OCTETS(hash, SECRET_LEN), &value);

	return code != 0 ? code : token_decode(hash, value, token);
}

/* --- reading -------------------------------------------------------------- */

int
token_list(struct store_txn *txn, token_each *each, void *context)
{
	struct token token;
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(txn, TABLE_TOKEN, &cursor);

	if (code != 0)
		return code;
	code = store_move(cursor, STORE_FIRST, &key, &value);
	while (code == 0) {
		code = key.len == SECRET_LEN
			   ? token_decode(key.data, value, &token)
			   : ERROR_DAMAGED;
		if (code == 0)
			code = each(&token, context);
		else if (stored_pass_by(TABLE_TOKEN, code))
			code = 0;
		if (code == 0)
			code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

struct search {
	const char *name;
	struct token *found;
};

static int
note_name(const struct token *token, void *context)
{
	const struct search *search = context;

	if (strcmp(token->name, search->name) != 0)
		return 0;
	*search->found = *token;
	return 1;
}

/* There are few of them: a look at each. */
static int
find_name(struct store_txn *txn, const char *name, struct token *token)
{
	struct search search = { name, token };
	int code = token_list(txn, note_name, &search);

	if (code < 0)
		return code;
	return code == 1 ? 0 : ERROR_NOT_FOUND;
}

static bool
is_for(const struct token *token, const struct ipaddr *client)
{
	for (unsigned i = 0; i < token->prefix_count; i++) {
		if (ipprefix_contains(&token->prefixes[i], client))
			return true;
	}
	return token->prefix_count == 0;
}

int
token_find(struct store_txn *txn, const char *text, const struct ipaddr *client,
    int64_t now, struct token *token)
{
	uint8_t secret[SECRET_LEN], hash[SECRET_LEN];
	int code;

	if (strncmp(text, HEAD, HEAD_LEN) != 0 ||
	    secret_parse(text + HEAD_LEN, secret) != 0)
		return ERROR_NOT_FOUND;
	secret_derive(secret, "token", hash);
	secret_forget(secret, sizeof(secret));
	code = get(txn, hash, token);
	if (code != 0)
		return code;
	if (token->expires_at != 0 && token->expires_at <= now)
		return ERROR_NOT_FOUND;
	return is_for(token, client) ? 0 : ERROR_REFUSED;
}

/* --- changing ------------------------------------------------------------- */

int
token_add(struct store_txn *txn, struct token *token, const char *who,
    int64_t now, char text[TOKEN_TEXT_MAX])
{
	uint8_t secret[SECRET_LEN];
	struct token other;
	int code;

	if (!account_name_is_good(token->name))
		return ERROR_FORMAT;
	code = find_name(txn, token->name, &other);
	if (code != ERROR_NOT_FOUND)
		return code == 0 ? ERROR_EXISTS : code;
	secret_new(secret);
	secret_derive(secret, "token", token->hash);
	secret_format(secret, stpcpy(text, HEAD));
	secret_forget(secret, sizeof(secret));
	token->created_at = now;
	token->used_day = 0;
	code = put(txn, token);
	return code != 0 ? code
			 : audit_add(txn, now, who, "token_added", "",
			       "token=%s role=%s sensor=%u", token->name,
			       role_name(token->role), token->sensor);
}

int
token_use(struct store_txn *txn, const uint8_t hash[SECRET_LEN], int64_t now)
{
	struct token token;
	int code = get(txn, hash, &token);

	if (code != 0)
		return code;
	token.used_day = now - now % DAY;
	return put(txn, &token);
}

int
token_revoke(
    struct store_txn *txn, const char *name, const char *who, int64_t now)
{
	struct token token;
	int code = find_name(txn, name, &token);

	if (code == 0)
		code = store_delete(
		    txn, TABLE_TOKEN, OCTETS(token.hash, SECRET_LEN));
	return code != 0 ? code
			 : audit_add(txn, now, who, "token_revoked", "",
			       "token=%s", token.name);
}
