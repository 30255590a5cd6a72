#include "db/account.h"

#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "db/audit.h"
#include "db/stored.h"

#define VERSION 1

enum record_flag {
	FLAG_DISABLED = 1 << 0,
	FLAG_TOTP = 1 << 1,
	FLAG_ONCE = 1 << 2
};
#define FLAGS_END (1u << 3)

/* --- its record ----------------------------------------------------------- */

int
account_encode(const struct account *account, uint8_t *record, size_t size)
{
	struct wire_writer to;

	wire_write(&to, record, size);
	wire_write_u8(&to, VERSION);
	wire_write_u8(&to, (uint8_t)account->role);
	wire_write_u8(&to, (uint8_t)((account->disabled ? FLAG_DISABLED : 0) |
				     (account->has_totp ? FLAG_TOTP : 0) |
				     (account->once ? FLAG_ONCE : 0)));
	wire_write_u64(&to, account->generation);
	stored_write_time(&to, account->created_at);
	stored_write_time(&to, account->password_at);
	stored_write_time(&to, account->login_at);
	wire_write_text(&to, account->password);
	if (account->has_totp) {
		wire_write_octets(&to, account->totp, TOTP_SECRET_LEN);
		stored_write_time(&to, account->totp_step);
	}
	return stored_len(&to);
}

int
account_decode(const char *name, struct octets record, struct account *account)
{
	struct wire_reader from;
	int code = stored_begin(&from, record, VERSION);
	uint8_t flags;

	if (code != 0)
		return code;
	memset(account, 0, sizeof(*account));
	stored_copy_text(account->name, sizeof(account->name), name);
	account->role = (enum role)stored_read_below(&from, ROLE_SENSOR);
	flags = stored_read_below(&from, FLAGS_END);
	account->disabled = (flags & FLAG_DISABLED) != 0;
	account->has_totp = (flags & FLAG_TOTP) != 0;
	account->once = (flags & FLAG_ONCE) != 0;
	account->generation = wire_read_u64(&from);
	account->created_at = stored_read_time(&from);
	account->password_at = stored_read_time(&from);
	account->login_at = stored_read_time(&from);
	wire_read_text(&from, account->password, sizeof(account->password));
	if (account->has_totp) {
		wire_read_copy(&from, account->totp, TOTP_SECRET_LEN);
		account->totp_step = stored_read_time(&from);
	}
	return stored_end(&from);
}

bool
account_name_is_good(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	size_t len = strlen(name);

	return len > 0 && len <= ACCOUNT_NAME_MAX &&
	       strspn(name, letters) > 0 &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == len &&
	       strspn(name + len - 1, letters) == 1;
}

/* Is its password one for once, whose time is over? */
static bool
is_stale(const struct account *account, int64_t now)
{
	return account->once &&
	       now - account->password_at >= ACCOUNT_ONCE_SECONDS;
}

/* --- reading -------------------------------------------------------------- */

int
account_get(struct store_txn *txn, const char *name, struct account *account)
{
	struct octets value;
	int code;

	if (!account_name_is_good(name))
		return ERROR_NOT_FOUND;
	code =
	    store_get(txn, TABLE_ACCOUNT, OCTETS(name, strlen(name)), &value);
	return code != 0 ? code : account_decode(name, value, account);
}

static int
read_one(struct octets key, struct octets value, struct account *account)
{
	char name[ACCOUNT_NAME_MAX + 1];

	if (key.len > ACCOUNT_NAME_MAX)
		return ERROR_DAMAGED;
	memcpy(name, key.data, key.len);
	name[key.len] = '\0';
	return account_decode(name, value, account);
}

int
account_list(struct store_txn *txn, account_each *each, void *context)
{
	struct account account;
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(txn, TABLE_ACCOUNT, &cursor);

	if (code != 0)
		return code;
	code = store_move(cursor, STORE_FIRST, &key, &value);
	while (code == 0) {
		code = read_one(key, value, &account);
		if (code == 0)
			code = each(&account, context);
		else if (stored_pass_by(TABLE_ACCOUNT, code))
			code = 0;
		if (code == 0)
			code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	secret_forget(&account, sizeof(account));
	return code == ERROR_NOT_FOUND ? 0 : code;
}

/* --- changing ------------------------------------------------------------- */

/* " reason=WORDS" for the end of an audit line; "" where there are none. */
#define WHY_MAX (8 + LOG_TEXT_MAX)
static char *
tell_why(const char *reason, char text[WHY_MAX])
{
	char escaped[LOG_TEXT_MAX];

	text[0] = '\0';
	if (reason != NULL && reason[0] != '\0')
		snprintf(
		    text, WHY_MAX, " reason=%s", log_escape(reason, escaped));
	return text;
}

static int
put(struct store_txn *txn, const struct account *account)
{
	uint8_t record[ACCOUNT_RECORD_MAX];
	int len = account_encode(account, record, sizeof(record));

	return len < 0 ? len
		       : store_put(txn, TABLE_ACCOUNT,
			     OCTETS(account->name, strlen(account->name)),
			     OCTETS(record, (size_t)len));
}

int
account_add(struct store_txn *txn, const struct account *account,
    const char *reason, const char *who, int64_t now)
{
	struct account new = *account, old;
	char why[WHY_MAX];
	int code;

	if (!account_name_is_good(account->name))
		return ERROR_FORMAT;
	if (account->role == ROLE_SENSOR)
		return ERROR_REFUSED;
	code = account_get(txn, account->name, &old);
	if (code != ERROR_NOT_FOUND)
		return code == 0 ? ERROR_EXISTS : code;
	new.created_at = new.password_at = now;
	secret_random(&new.generation, sizeof(new.generation));
	code = put(txn, &new);
	return code != 0
		   ? code
		   : audit_add(txn, now, who, "account_added", "",
			 "account=%s role=%s%s%s", new.name,
			 role_name(new.role), new.once ? " password=once" : "",
			 tell_why(reason, why));
}

/* What the audit says: what is another now, never what it is. */
static int
tell_change(struct store_txn *txn, const struct account *account,
    const struct account_change *change, const char *who, int64_t now)
{
	char why[WHY_MAX];

	return audit_add(txn, now, who, "account_set", "",
	    "account=%s role=%s%s%s%s%s", account->name,
	    role_name(account->role),
	    change->password == NULL ? ""
	    : account->once	     ? " password=once"
				     : " password=new",
	    change->disabled == ACCOUNT_KEEP ? ""
	    : account->disabled		     ? " disabled=1"
					     : " disabled=0",
	    change->totp == ACCOUNT_KEEP ? ""
	    : account->has_totp		 ? " totp=new"
					 : " totp=none",
	    tell_why(change->reason, why));
}

int
account_set(struct store_txn *txn, const char *name,
    const struct account_change *change, const char *who, int64_t now)
{
	struct account account;
	int code = account_get(txn, name, &account);

	if (code != 0)
		return code;
	if (change->role == ROLE_SENSOR)
		return ERROR_REFUSED;
	if (change->role != ACCOUNT_KEEP)
		account.role = (enum role)change->role;
	if (change->disabled != ACCOUNT_KEEP)
		account.disabled = change->disabled != 0;
	if (change->password != NULL) {
		stored_copy_text(account.password, sizeof(account.password),
		    change->password);
		account.password_at = now;
		account.once = change->once;
	}
	if (change->totp != ACCOUNT_KEEP) {
		account.has_totp = change->totp != 0;
		account.totp_step = 0;
	}
	if (change->totp > 0)
		memcpy(account.totp, change->totp_secret, TOTP_SECRET_LEN);
	secret_random(&account.generation, sizeof(account.generation));
	code = put(txn, &account);
	return code != 0 ? code : tell_change(txn, &account, change, who, now);
}

int
account_remove(struct store_txn *txn, const char *name, const char *reason,
    const char *who, int64_t now)
{
	char why[WHY_MAX];
	int code = account_name_is_good(name) ? store_delete(txn, TABLE_ACCOUNT,
						    OCTETS(name, strlen(name)))
					      : ERROR_NOT_FOUND;

	return code != 0 ? code
			 : audit_add(txn, now, who, "account_removed", "",
			       "account=%s%s", name, tell_why(reason, why));
}

int
account_login(struct store_txn *txn, const struct account *before,
    const char *code, int64_t now)
{
	struct account account;
	int64_t step = 0;
	int error = account_get(txn, before->name, &account);

	if (error == ERROR_NOT_FOUND)
		return ERROR_REFUSED;
	if (error != 0)
		return error;
	if (account.disabled || is_stale(&account, now) ||
	    account.generation != before->generation)
		return ERROR_REFUSED;
	if (account.has_totp) {
		step = totp_check(account.totp, code, account.totp_step, now);
		if (step < 0)
			return (int)step;
		account.totp_step = step;
	}
	account.login_at = now;
	return put(txn, &account);
}
