#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "db/account.h"
#include "db/audit.h"
#include "db/session.h"
#include "db/told.h"
#include "httpapi/act.h"
#include "httpapi/act_input.h"
#include "httpapi/view.h"

/* --- what is handed over once --------------------------------------------- */

/* Twenty letters of base32, which are 100 bits: nobody guesses them. */
#define ONCE_MAX 24

static char *
make_password(char text[ONCE_MAX])
{
	uint8_t secret[TOTP_SECRET_LEN];
	char letters[TOTP_TEXT_MAX];

	secret_random(secret, sizeof(secret));
	totp_format(secret, letters);
	/* In groups, since it may be read out on the telephone. */
	snprintf(text, ONCE_MAX, "%.5s-%.5s-%.5s-%.5s", letters, letters + 5,
	    letters + 10, letters + 15);
	secret_forget(secret, sizeof(secret));
	secret_forget(letters, sizeof(letters));
	return text;
}

static int
commit_one(struct act *act)
{
	int code = store_begin_write(act->exchange->service->store, &act->txn);

	if (code != 0)
		return code;
	code = act->exchange->act.run(act);
	if (code == 0)
		return store_commit(act->txn);
	store_abort(act->txn);
	return code;
}

/* Hashing takes its time, and no transaction is open meanwhile. */
static void
run_on_hasher(struct writer_job *job, void *context)
{
	char password[ONCE_MAX], hash[PASSWORD_HASH_MAX];
	struct act act;
	int code;

	(void)context;
	act_begin(&act, job);
	act.password = make_password(password);
	act.hash = hash;
	code = password_hash(password, hash);
	if (code == 0)
		code = commit_one(&act);
	act.exchange->act.reply(&act, code);
	json_decref(act.answer);
	secret_forget(password, sizeof(password));
}

enum handled
act_with_password(struct exchange *exchange, act_run *run, act_reply *reply)
{
	exchange->act.run = run;
	exchange->act.reply = reply;
	exchange->job.run = run_on_hasher;
	exchange->thread = exchange->service->hasher;
	return HANDLED_LATER;
}

static void
tell_password(struct act *act)
{
	json_object_set_new(
	    act->answer, "password", json_string(act->password));
	json_object_set_new(act->answer, "password_until",
	    told_time(act->now + ACCOUNT_ONCE_SECONDS));
}

static void
tell_secret(struct act *act, const uint8_t secret[TOTP_SECRET_LEN])
{
	char text[TOTP_TEXT_MAX];

	totp_format(secret, text);
	json_object_set_new(act->answer, "totp_secret", json_string(text));
	json_object_set_new(act->answer, "totp_address",
	    json_sprintf("otpauth://totp/bsbl:%s?secret=%s&issuer=bsbl",
		act->subject, text));
	secret_forget(text, sizeof(text));
}

/* --- accounts ------------------------------------------------------------- */

static int
explain(struct act *act, int code)
{
	if (act->why == NULL && code == ERROR_FORMAT)
		act->why = "A name is of small letters, figures, and . _ - "
			   "inside, 31 at most.";
	if (act->why == NULL && code == ERROR_EXISTS)
		act->why = "There is an account of that name already.";
	if (act->why == NULL && code == ERROR_NOT_FOUND)
		act->why = "There is no account of that name.";
	return code;
}

/* All but to be signed out, which everybody may have. */
static bool
changes_anything(const struct account_change *change)
{
	return change->role != ACCOUNT_KEEP ||
	       change->disabled != ACCOUNT_KEEP ||
	       change->totp != ACCOUNT_KEEP || change->password != NULL;
}

/*
 * Whoever takes a role or a key from himself may leave nobody who has it; and
 * who found a browser signed in could make the account his own.
 */
static int
refuse_own(struct act *act)
{
	const char *own = strchr(act->rules.who, ':');

	if (strncmp(act->rules.who, "account:", 8) != 0 ||
	    strcmp(own + 1, act->subject) != 0)
		return 0;
	return act_refuse(act, ERROR_REFUSED,
	    "That is your own account: another admin has to do it.");
}

static int
read_role(struct act *act, int *role)
{
	const char *text = act_text(act, "role");

	*role = text != NULL ? role_parse(text) : ERROR_FORMAT;
	return *role >= 0 && *role != ROLE_SENSOR
		   ? 0
		   : act_refuse(act, ERROR_FORMAT,
			 "A role is viewer, operator or admin.");
}

int
act_account_add(struct act *act)
{
	struct account account = { .once = true };
	const char *name = act_text(act, "name"), *reason;
	int role, code = read_role(act, &role);

	if (code == 0)
		code = act_reason(act, &reason);
	if (code == 0 && (name == NULL || strlen(name) > ACCOUNT_NAME_MAX))
		code = ERROR_FORMAT;
	if (code != 0)
		return explain(act, code);
	account.role = (enum role)role;
	strcpy(account.name, name);
	strcpy(account.password, act->hash);
	code =
	    account_add(act->txn, &account, reason, act->rules.who, act->now);
	if (code != 0)
		return explain(act, code);
	json_object_set_new(act->answer, "account", json_string(name));
	json_object_set_new(act->answer, "role", json_string(role_name(role)));
	tell_password(act);
	return 0;
}

/* "new" or "none"; ACCOUNT_KEEP where nothing is said. */
static int
read_totp(struct act *act, int *totp)
{
	const char *text = act_text(act, "totp");

	*totp = text == NULL		    ? ACCOUNT_KEEP
		: strcmp(text, "new") == 0  ? 1
		: strcmp(text, "none") == 0 ? 0
					    : -EINVAL;
	return *totp != -EINVAL ? 0
				: act_refuse(act, ERROR_FORMAT,
				      "One-time codes are new or none.");
}

static int
read_change(struct act *act, struct account_change *change)
{
	const json_t *disabled = json_object_get(act->input, "disabled");
	int code = read_totp(act, &change->totp);

	if (code == 0 && act_text(act, "role") != NULL)
		code = read_role(act, &change->role);
	if (json_is_boolean(disabled))
		change->disabled = json_is_true(disabled);
	change->password = act->hash;
	change->once = true;
	if (code == 0)
		code = act_reason(act, &change->reason);
	if (code == 0 && !changes_anything(change) &&
	    !json_is_true(json_object_get(act->input, "sign_out")))
		code = act_refuse(act, ERROR_FORMAT,
		    "Name a role, whether it is disabled, a password for once, "
		    "one-time codes, or that it is to be signed out.");
	return code;
}

int
act_account(struct act *act)
{
	struct account_change change = ACCOUNT_CHANGE_NONE;
	uint8_t secret[TOTP_SECRET_LEN];
	int code = read_change(act, &change);

	secret_random(secret, sizeof(secret));
	change.totp_secret = secret;
	if (code == 0 && changes_anything(&change))
		code = refuse_own(act);
	if (code == 0)
		code = account_set(
		    act->txn, act->subject, &change, act->rules.who, act->now);
	if (code != 0)
		return explain(act, code);
	json_object_set_new(act->answer, "account", json_string(act->subject));
	if (act->hash != NULL)
		tell_password(act);
	if (change.totp > 0)
		tell_secret(act, secret);
	secret_forget(secret, sizeof(secret));
	return 0;
}

int
act_account_remove(struct act *act)
{
	const char *reason;
	int code = act_reason(act, &reason);

	if (code == 0)
		code = refuse_own(act);
	if (code == 0)
		code = account_remove(
		    act->txn, act->subject, reason, act->rules.who, act->now);
	if (code == 0)
		json_object_set_new(
		    act->answer, "removed", json_string(act->subject));
	return explain(act, code);
}

/* --- sessions ------------------------------------------------------------- */

/* Of others it takes one who manages accounts: else there is none such. */
static bool
may_end(const struct act *act, const struct session *session)
{
	const struct caller *caller = &act->exchange->caller;
	const char *own = strchr(caller->who, ':');

	return (caller->permits & PERMIT_MANAGE) != 0 ||
	       (own != NULL && strcmp(own + 1, session->account) == 0);
}

int
act_session_end(struct act *act)
{
	struct session session;
	uint8_t hash[SECRET_LEN];
	const char *reason;
	int code = act_reason(act, &reason);

	if (code == 0 && secret_parse(act->subject, hash) != 0)
		code = ERROR_NOT_FOUND;
	if (code == 0)
		code = session_get(act->txn, hash, &session);
	if (code == 0 && !may_end(act, &session))
		code = ERROR_NOT_FOUND;
	if (code == 0)
		code = session_revoke(
		    act->txn, &session, reason, act->rules.who, act->now);
	if (code == 0)
		json_object_set_new(
		    act->answer, "ended", json_string(act->subject));
	if (code == ERROR_NOT_FOUND)
		act->why = "That session has ended already.";
	return code;
}
