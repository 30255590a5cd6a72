#include "db/session.h"

#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "db/audit.h"
#include "db/stored.h"

#define VERSION 2 /* with the client */

/* Each sign-in looks at so many: more than come, so that they do not gather. */
#define TRIM_MAX 64

/* --- its record ----------------------------------------------------------- */

int
session_encode(const struct session *session, uint8_t *record, size_t size)
{
	struct wire_writer to;

	wire_write(&to, record, size);
	wire_write_u8(&to, VERSION);
	wire_write_text(&to, session->account);
	wire_write_u64(&to, session->generation);
	stored_write_time(&to, session->created_at);
	stored_write_time(&to, session->used_at);
	wire_write_octets(
	    &to, session->client.octets, sizeof(session->client.octets));
	return stored_len(&to);
}

int
session_decode(const uint8_t hash[SECRET_LEN], struct octets record,
    struct session *session)
{
	struct wire_reader from;
	int code = stored_begin(&from, record, VERSION);

	if (code != 0)
		return code;
	memset(session, 0, sizeof(*session));
	memcpy(session->hash, hash, SECRET_LEN);
	wire_read_text(&from, session->account, sizeof(session->account));
	session->generation = wire_read_u64(&from);
	session->created_at = stored_read_time(&from);
	session->used_at = stored_read_time(&from);
	wire_read_copy(
	    &from, session->client.octets, sizeof(session->client.octets));
	return stored_end(&from);
}

static int
put(struct store_txn *txn, const struct session *session)
{
	uint8_t record[SESSION_RECORD_MAX];
	int len = session_encode(session, record, sizeof(record));

	return len < 0 ? len
		       : store_put(txn, TABLE_SESSION,
			     OCTETS(session->hash, SECRET_LEN),
			     OCTETS(record, (size_t)len));
}

int
session_get(struct store_txn *txn, const uint8_t hash[SECRET_LEN],
    struct session *session)
{
	struct octets value;
	int code =
	    store_get(txn, TABLE_SESSION, OCTETS(hash, SECRET_LEN), &value);

	return code != 0 ? code : session_decode(hash, value, session);
}

/* A clock that was set back makes none last longer. */
static bool
is_over(const struct session *session, const struct session_limits *limits,
    int64_t now)
{
	return now - session->used_at >= limits->idle_seconds ||
	       now - session->created_at >= limits->most_seconds ||
	       session->created_at - now >= limits->most_seconds;
}

/* --- the acts ------------------------------------------------------------- */

/* From a random place on, so that all have their turn. */
static int
trim(struct store_txn *txn, const struct session_limits *limits, int64_t now)
{
	uint8_t from[SECRET_LEN];
	struct session session;
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(txn, TABLE_SESSION, &cursor);

	if (code != 0)
		return code;
	if (store_count(txn, TABLE_SESSION) > TRIM_MAX)
		secret_random(from, sizeof(from));
	else
		memset(from, 0, sizeof(from));
	code = store_seek(cursor, OCTETS(from, sizeof(from)), &key, &value);
	for (int i = 0; code == 0 && i < TRIM_MAX; i++) {
		code = key.len == SECRET_LEN
			   ? session_decode(key.data, value, &session)
			   : ERROR_DAMAGED;
		if (code != 0 || is_over(&session, limits, now))
			code = store_cursor_delete(cursor);
		if (code == 0)
			code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

int
session_begin(struct store_txn *txn, const struct account *account,
    const struct ipaddr *client, const struct session_limits *limits,
    int64_t now, uint8_t secret[SECRET_LEN])
{
	struct session session = { .generation = account->generation,
		.created_at = now,
		.used_at = now,
		.client = *client };
	int code = trim(txn, limits, now);

	if (code != 0)
		return code;
	strcpy(session.account, account->name);
	secret_new(secret);
	secret_derive(secret, "session", session.hash);
	return put(txn, &session);
}

/* ERROR_NOT_FOUND: it is over. */
static int
check_force(struct store_txn *txn, const struct session *session,
    const struct session_limits *limits, int64_t now, struct account *account)
{
	int code = is_over(session, limits, now)
		       ? ERROR_NOT_FOUND
		       : account_get(txn, session->account, account);

	if (code == 0 &&
	    (account->disabled || account->generation != session->generation))
		code = ERROR_NOT_FOUND;
	return code;
}

int
session_find(struct store_txn *txn, const uint8_t secret[SECRET_LEN],
    const struct session_limits *limits, int64_t now, struct session *session,
    struct account *account)
{
	uint8_t hash[SECRET_LEN];
	int code;

	secret_derive(secret, "session", hash);
	code = session_get(txn, hash, session);
	return code != 0 ? code
			 : check_force(txn, session, limits, now, account);
}

int
session_use(struct store_txn *txn, const uint8_t hash[SECRET_LEN], int64_t now)
{
	struct session session;
	int code = session_get(txn, hash, &session);

	if (code != 0)
		return code;
	session.used_at = now;
	return put(txn, &session);
}

int
session_end(struct store_txn *txn, const uint8_t hash[SECRET_LEN])
{
	return store_delete(txn, TABLE_SESSION, OCTETS(hash, SECRET_LEN));
}

int
session_revoke(struct store_txn *txn, const struct session *session,
    const char *reason, const char *who, int64_t now)
{
	char client[IPADDR_TEXT_MAX], why[LOG_TEXT_MAX];
	int code = session_end(txn, session->hash);

	if (code != 0)
		return code;
	ipaddr_format(&session->client, client);
	return audit_add(txn, now, who, "session_ended", "",
	    reason[0] != '\0' ? "account=%s client=%s reason=%s"
			      : "account=%s client=%s%s",
	    session->account, client, log_escape(reason, why));
}

/* --- all of them ---------------------------------------------------------- */

/* What cannot be read lets nobody in, so it is none. */
static int
show_one(struct store_txn *txn, struct octets key, struct octets value,
    const struct session_limits *limits, int64_t now, session_each *each,
    void *context)
{
	struct session session;
	struct account account;
	int code = key.len == SECRET_LEN
		       ? session_decode(key.data, value, &session)
		       : ERROR_DAMAGED;

	if (code == 0)
		code = check_force(txn, &session, limits, now, &account);
	secret_forget(&account, sizeof(account));
	if (code == ERROR_NOT_FOUND || stored_pass_by(TABLE_SESSION, code))
		return 0;
	return code != 0 ? code : each(&session, context);
}

int
session_list(struct store_txn *txn, const struct session_limits *limits,
    int64_t now, session_each *each, void *context)
{
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(txn, TABLE_SESSION, &cursor);

	if (code != 0)
		return code;
	code = store_move(cursor, STORE_FIRST, &key, &value);
	while (code == 0) {
		code = show_one(txn, key, value, limits, now, each, context);
		if (code == 0)
			code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}
