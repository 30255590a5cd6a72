#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "ctl/password.h"
#include "ctl/verb.h"
#include "db/account.h"
#include "db/told.h"

/* --- changing ------------------------------------------------------------- */

/* What to do with the account inside the transaction. */
typedef int change(struct ctl *ctl, struct store_txn *txn, void *context);

static int
complain(int error, const char *name)
{
	static const struct ctl_complaint complaints[] = {
		{ ERROR_FORMAT, CTL_USAGE,
		    "is no name: small letters, figures, and . _ - inside" },
		{ ERROR_EXISTS, CTL_REFUSED, "is there already" },
		{ ERROR_NOT_FOUND, CTL_NOT_FOUND, "is no account" },
		{ ERROR_REFUSED, CTL_REFUSED, "cannot have that role" },
		{ 0 },
	};

	return ctl_complain(complaints, error, name);
}

static int
change_one(struct ctl *ctl, const char *name, change *one, void *context)
{
	struct store_txn *txn;
	int error;

	error = ctl_begin_write(ctl, &txn);
	if (error != 0)
		return ctl_fail(error, "cannot write");
	error = ctl_end_write(txn, one(ctl, txn, context));
	return error == 0 ? CTL_OK : complain(error, name);
}

static int
tell(struct ctl *ctl, const char *name, const char *done)
{
	if (!ctl->json)
		printf("%s %s\n", name, done);
	return ctl_finish(
	    ctl, json_pack("{s:s, s:s}", "account", name, "done", done));
}

/* The role of --role: one for people. */
static int
take_role(const struct ctl *ctl, int *role)
{
	*role = role_parse(ctl->role);
	if (*role >= 0 && *role != ROLE_SENSOR)
		return CTL_OK;
	ctl_say("%s is no role: viewer, operator or admin", ctl->role);
	return CTL_USAGE;
}

/* --- adding, removing ----------------------------------------------------- */

static int
add(struct ctl *ctl, struct store_txn *txn, void *context)
{
	return account_add(txn, context, ctl->reason, ctl->who, ctl->now);
}

/* Before anybody types a password for nothing. */
static int
check_new(struct ctl *ctl, const char *name)
{
	struct account account;
	struct store_txn *txn;
	int error;

	if (!account_name_is_good(name))
		return complain(ERROR_FORMAT, name);
	error = store_begin_read(ctl->store, &txn);
	if (error != 0)
		return ctl_fail(error, "cannot read the database");
	error = account_get(txn, name, &account);
	store_abort(txn);
	if (error == ERROR_NOT_FOUND)
		return CTL_OK;
	return complain(error == 0 ? ERROR_EXISTS : error, name);
}

int
verb_account_add(struct ctl *ctl, int count, char *words[])
{
	struct account account = { .role = ROLE_VIEWER };
	int role, status = take_role(ctl, &role);

	(void)count;
	if (status == CTL_OK)
		status = ctl_open(ctl, STORE_WRITE);
	if (status == CTL_OK)
		status = check_new(ctl, words[0]);
	if (status == CTL_OK)
		status = password_take(words[0], account.password);
	if (status != CTL_OK)
		return status;
	strcpy(account.name, words[0]);
	account.role = (enum role)role;
	status = change_one(ctl, words[0], add, &account);
	return status != CTL_OK ? status : tell(ctl, words[0], "added");
}

static int
remove_one(struct ctl *ctl, struct store_txn *txn, void *context)
{
	return account_remove(txn, context, ctl->reason, ctl->who, ctl->now);
}

int
verb_account_remove(struct ctl *ctl, int count, char *words[])
{
	int status = ctl_open(ctl, STORE_WRITE);

	(void)count;
	if (status == CTL_OK)
		status = change_one(ctl, words[0], remove_one, words[0]);
	return status != CTL_OK ? status : tell(ctl, words[0], "removed");
}

/* --- setting -------------------------------------------------------------- */

struct setting {
	const char *name;
	struct account_change change;
};

static int
set(struct ctl *ctl, struct store_txn *txn, void *context)
{
	struct setting *setting = context;

	setting->change.reason = ctl->reason;
	return account_set(
	    txn, setting->name, &setting->change, ctl->who, ctl->now);
}

static int
set_one(struct ctl *ctl, struct setting *setting, const char *done)
{
	int status = ctl->store != NULL ? CTL_OK : ctl_open(ctl, STORE_WRITE);

	if (status == CTL_OK)
		status = change_one(ctl, setting->name, set, setting);
	return status != CTL_OK || done == NULL
		   ? status
		   : tell(ctl, setting->name, done);
}

/* There must be such an account before somebody types a password for it. */
static int
check_there(struct ctl *ctl, const char *name)
{
	int status = ctl_open(ctl, STORE_WRITE);
	struct account account;
	struct store_txn *txn;
	int error;

	if (status != CTL_OK)
		return status;
	error = store_begin_read(ctl->store, &txn);
	if (error != 0)
		return ctl_fail(error, "cannot read the database");
	error = account_get(txn, name, &account);
	store_abort(txn);
	return error == 0 ? CTL_OK : complain(error, name);
}

int
verb_account_password(struct ctl *ctl, int count, char *words[])
{
	struct setting setting = { words[0], ACCOUNT_CHANGE_NONE };
	char hash[PASSWORD_HASH_MAX];
	int status = check_there(ctl, words[0]);

	(void)count;
	if (status == CTL_OK)
		status = password_take(words[0], hash);
	setting.change.password = hash;
	return status != CTL_OK ? status
				: set_one(ctl, &setting, "has a new password");
}

int
verb_account_role(struct ctl *ctl, int count, char *words[])
{
	struct setting setting = { words[0], ACCOUNT_CHANGE_NONE };
	int status = take_role(ctl, &setting.change.role);

	(void)count;
	return status != CTL_OK ? status
				: set_one(ctl, &setting, "has a new role");
}

int
verb_account_disable(struct ctl *ctl, int count, char *words[])
{
	struct setting setting = { words[0], ACCOUNT_CHANGE_NONE };

	(void)count;
	setting.change.disabled = 1;
	return set_one(ctl, &setting, "disabled");
}

int
verb_account_enable(struct ctl *ctl, int count, char *words[])
{
	struct setting setting = { words[0], ACCOUNT_CHANGE_NONE };

	(void)count;
	setting.change.disabled = 0;
	return set_one(ctl, &setting, "enabled");
}

static int
tell_totp(struct ctl *ctl, const char *name, const char *secret)
{
	char address[160];

	snprintf(address, sizeof(address),
	    "otpauth://totp/bsbl:%s?secret=%s&issuer=bsbl", name, secret);
	if (!ctl->json)
		printf("%s is asked for one-time codes. Its secret, shown "
		       "once:\n\n  %s\n  %s\n",
		    name, secret, address);
	return ctl_finish(ctl, json_pack("{s:s, s:s, s:s}", "account", name,
				   "secret", secret, "address", address));
}

int
verb_account_totp(struct ctl *ctl, int count, char *words[])
{
	struct setting setting = { words[0], ACCOUNT_CHANGE_NONE };
	uint8_t secret[TOTP_SECRET_LEN];
	char text[TOTP_TEXT_MAX];
	bool on = strcmp(words[1], "on") == 0;
	int status;

	(void)count;
	if (!on && strcmp(words[1], "off") != 0) {
		ctl_say("%s is neither on nor off", words[1]);
		return CTL_USAGE;
	}
	secret_random(secret, sizeof(secret));
	setting.change.totp = on;
	setting.change.totp_secret = secret;
	status = set_one(
	    ctl, &setting, on ? NULL : "is asked for one-time codes no longer");
	if (status == CTL_OK && on)
		status = tell_totp(ctl, words[0], totp_format(secret, text));
	secret_forget(secret, sizeof(secret));
	return status;
}

/* --- list ----------------------------------------------------------------- */

static int
collect(const struct account *account, void *context)
{
	return json_array_append_new(context,
	    json_pack("{s:s, s:s, s:b, s:b, s:o, s:o, s:o}", "account",
		account->name, "role", role_name(account->role), "disabled",
		account->disabled, "totp", account->has_totp, "created_at",
		told_time(account->created_at), "password_at",
		told_time(account->password_at), "login_at",
		told_time(account->login_at)));
}

static void
print_accounts(const json_t *list)
{
	json_t *account;
	size_t i;

	json_array_foreach(list, i, account)
	{
		const char *name, *role, *login = "never";
		int disabled, totp;

		json_unpack(account, "{s:s, s:s, s:b, s:b, s?:s}", "account",
		    &name, "role", &role, "disabled", &disabled, "totp", &totp,
		    "login_at", &login);
		printf("%-20s  %-8s  %-8s  %-14s  last login %s\n", name, role,
		    disabled ? "disabled" : "", totp ? "one-time codes" : "",
		    login);
	}
}

static int
read_accounts(struct ctl *ctl, struct store_txn *txn, void *list)
{
	(void)ctl;
	return account_list(txn, collect, list);
}

int
verb_account_list(struct ctl *ctl, int count, char *words[])
{
	(void)count;
	(void)words;
	return ctl_show(
	    ctl, json_array(), read_accounts, print_accounts, "the accounts");
}
