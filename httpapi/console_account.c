#include "httpapi/console_account.h"

#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "db/account.h"
#include "db/meta.h"
#include "httpapi/act.h"
#include "httpapi/attempts.h"
#include "httpapi/console.h"
#include "httpapi/console_form.h"
#include "httpapi/console_page.h"
#include "httpapi/problem.h"
#include "httpapi/reader.h"
#include "httpapi/view.h"

static const char *
own_name(const struct exchange *exchange)
{
	return strchr(exchange->caller.who, ':') + 1;
}

static enum handled
show(struct exchange *exchange, const char *page, const char *at, json_t *view)
{
	exchange->reply.status = 200;
	console_reply(exchange, page, at, view);
	return HANDLED;
}

/* --- pages ---------------------------------------------------------------- */

/* What is wrong with a new password, and which field it is about. */
static void
add_wrong(const struct exchange *exchange, const char *wrong, json_t *view)
{
	static const struct {
		const char *wrong, *field;
	} fields[] = {
		{ "account.wrong", "current" },
		{ "account.differ", "again" },
		{ "account.same", "new" },
		{ "account.short", "new" },
	};

	json_object_set_new(
	    view, "wrong", json_string(console_text(exchange, wrong)));
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (strcmp(fields[i].wrong, wrong) == 0)
			json_object_set_new(view, "at_fault",
			    json_pack(
				"{s{sb}}", "password", fields[i].field, 1));
	}
}

/* NULL: the reply is the problem. */
static json_t *
own_page(struct exchange *exchange, const char *wrong)
{
	json_t *view = view_read(exchange, view_sessions);

	if (view == NULL)
		return NULL;
	json_object_update_new(
	    view, json_pack("{sb ss}", "once", exchange->caller.once, "of",
		      "account"));
	if (wrong != NULL)
		add_wrong(exchange, wrong, view);
	return view;
}

enum handled
console_account(struct exchange *exchange)
{
	json_t *view = own_page(exchange, NULL);

	return view != NULL ? show(exchange, "account.html", "account", view)
			    : HANDLED;
}

enum handled
console_sessions(struct exchange *exchange)
{
	json_t *view = view_read(exchange, view_sessions);

	if (view == NULL)
		return HANDLED;
	json_object_set_new(view, "of", json_string("sessions"));
	return show(exchange, "sessions.html", "accounts", view);
}

/* What was refused stands at the account that it was asked of. */
static void
mark_refused(const struct exchange *exchange, json_t *view)
{
	json_t *accounts = json_object_get(view, "accounts"), *account;
	size_t i;

	json_array_foreach(accounts, i, account)
	{
		const char *name =
		    json_string_value(json_object_get(account, "account"));

		if (strcmp(name, exchange->subject) == 0)
			json_object_set_new(account, "refused",
			    json_pack("{sb s{sb} ss}", exchange->refused.field,
				1, "asked", exchange_text(exchange, "how"), 1,
				"typed", exchange_text(exchange, "reason")));
	}
}

enum handled
console_accounts(struct exchange *exchange)
{
	json_t *view = view_read(exchange, view_accounts);

	if (view != NULL && exchange->refused.form != NULL &&
	    strcmp(exchange->refused.form, "account") == 0)
		mark_refused(exchange, view);
	return view != NULL ? show(exchange, "accounts.html", "accounts", view)
			    : HANDLED;
}

/* --- accounts, by admins -------------------------------------------------- */

static void
lead_to(struct exchange *exchange, const char *where)
{
	exchange->reply.status = 303;
	reply_header(&exchange->reply, "Location", "/console/%s", where);
	reply_header(&exchange->reply, "Cache-Control", "no-store");
}

/* What is shown once leads nowhere; all else leads back. */
static void
show_done(struct act *act, int code)
{
	struct exchange *exchange = act->exchange;
	bool secret = json_object_get(act->answer, "password") != NULL ||
		      json_object_get(act->answer, "totp_secret") != NULL;

	if (code != 0) {
		console_show_again(act, code,
		    exchange->act.run == act_account_add ? "newcomer"
							 : "account",
		    exchange->act.run == act_account_add ? "name" : "how",
		    console_accounts);
	} else if (secret) {
		/* Each page has whoever is in as the account. */
		json_object_set(act->answer, "whose",
		    json_object_get(act->answer, "account"));
		json_object_set_new(act->answer, "made",
		    json_boolean(exchange->act.run == act_account_add));
		show(exchange, "secret.html", "accounts",
		    json_incref(act->answer));
	} else {
		lead_to(exchange, "accounts?done=account#done");
	}
}

enum handled
console_begin_newcomer(struct exchange *exchange)
{
	return act_with_password(exchange, act_account_add, show_done);
}

/* A form has texts alone: what each asks the act for. */
static const struct {
	const char *how, *member, *text; /* no text: it is true */
	bool no;			 /* or false */
} hows[] = {
	{ "viewer", "role", "viewer", false },
	{ "operator", "role", "operator", false },
	{ "admin", "role", "admin", false },
	{ "disable", "disabled", NULL, false },
	{ "enable", "disabled", NULL, true },
	{ "password", "password", "once", false },
	{ "totp", "totp", "new", false },
	{ "no_totp", "totp", "none", false },
	{ "sign_out", "sign_out", NULL, false },
};
#define HOWS (sizeof(hows) / sizeof(hows[0]))

/* What nothing brings back is asked for twice. */
static enum handled
ask_removal(struct exchange *exchange)
{
	return show(exchange, "account_removal.html", "accounts",
	    json_pack("{ss ss}", "whose", exchange->subject, "reason",
		exchange_text(exchange, "reason")));
}

static enum handled
begin_removal(struct exchange *exchange)
{
	return strcmp(exchange_text(exchange, "sure"), "yes") == 0
		   ? act_later(exchange, act_account_remove, show_done)
		   : ask_removal(exchange);
}

enum handled
console_begin_account(struct exchange *exchange)
{
	const char *how = exchange_text(exchange, "how");
	json_t *input = exchange->input;
	size_t i = 0;

	if (strcmp(how, "remove") == 0)
		return begin_removal(exchange);
	while (i < HOWS && strcmp(hows[i].how, how) != 0)
		i++;
	if (i == HOWS) {
		problem_reply(exchange, PROBLEM_BAD_BODY, NULL);
		return HANDLED;
	}
	json_object_set_new(input, hows[i].member,
	    hows[i].text != NULL ? json_string(hows[i].text)
				 : json_boolean(!hows[i].no));
	if (strcmp(how, "password") == 0)
		return act_with_password(exchange, act_account, show_done);
	return act_later(exchange, act_account, show_done);
}

/* --- sessions ------------------------------------------------------------- */

static void
lead_from_session(struct act *act, int code)
{
	bool others =
	    strcmp(exchange_text(act->exchange, "from"), "sessions") == 0;

	if (code != 0 && others)
		act_answer(act, code);
	else if (code != 0)
		console_show_again(act, code, "session", NULL, console_account);
	else
		lead_to(act->exchange, others ? "sessions?done=session#done"
					      : "account?done=session#done");
}

enum handled
console_end_session(struct exchange *exchange)
{
	return act_later(exchange, act_session_end, lead_from_session);
}

/* The form leads to nobody but its own account. */
static int
sign_out_own(struct act *act)
{
	struct account_change change = ACCOUNT_CHANGE_NONE;

	return account_set(act->txn, own_name(act->exchange), &change,
	    act->rules.who, act->now);
}

static void
lead_out(struct act *act, int code)
{
	if (code != 0)
		act_answer(act, code);
	else
		lead_to(act->exchange, "login");
}

enum handled
console_sign_out(struct exchange *exchange)
{
	return act_later(exchange, sign_out_own, lead_out);
}

/* --- one's own password, on the hasher's thread --------------------------- */

static int
read_own(struct exchange *exchange, struct account *account,
    uint8_t key[META_KEY_LEN])
{
	struct readers *readers = exchange->service->readers;
	struct reader *reader;
	int code = reader_take(readers, &reader);

	if (code != 0)
		return code;
	code = meta_hash_key(reader->txn, key);
	if (code == 0)
		code = account_get(reader->txn, own_name(exchange), account);
	reader_give(readers, reader);
	return code;
}

/* Who found a browser signed in may not guess for ever either. */
static const char *
check_current(struct exchange *exchange, const struct account *account,
    const uint8_t key[META_KEY_LEN])
{
	const struct attempt attempt = { exchange->service->attempts, key,
		account->name, true, clock_seconds(),
		exchange->request.client };

	if (!attempts_take_password(&attempt))
		return "login.limited";
	return password_fits(
		   account->password, exchange_text(exchange, "current"))
		   ? NULL
		   : "account.wrong";
}

/* Why the new one is none; NULL: it is one. */
static const char *
check_new(const struct exchange *exchange)
{
	const char *fresh = exchange_text(exchange, "new");

	if (strcmp(fresh, exchange_text(exchange, "again")) != 0)
		return "account.differ";
	if (strcmp(fresh, exchange_text(exchange, "current")) == 0)
		return "account.same";
	return password_refusal(fresh) != NULL ? "account.short" : NULL;
}

static int
write_password(struct exchange *exchange, const struct account *before)
{
	struct account_change change = ACCOUNT_CHANGE_NONE;
	char hash[PASSWORD_HASH_MAX];
	struct account account;
	struct store_txn *txn;
	int code = password_hash(exchange_text(exchange, "new"), hash);

	if (code == 0)
		code = store_begin_write(exchange->service->store, &txn);
	if (code != 0)
		return code;
	change.password = hash;
	code = account_get(txn, before->name, &account);
	/* It was changed meanwhile: then this session is over. */
	if (code == 0 && account.generation != before->generation)
		code = ERROR_NOT_FOUND;
	if (code == 0)
		code = account_set(txn, before->name, &change,
		    exchange->caller.who, clock_seconds());
	secret_forget(&account, sizeof(account));
	if (code == 0)
		return store_commit(txn);
	store_abort(txn);
	return code;
}

/* What is wrong with what was given; NULL: `code` tells. */
static const char *
set_password(struct exchange *exchange, int *code)
{
	uint8_t key[META_KEY_LEN];
	struct account account;
	const char *wrong = NULL;

	*code = read_own(exchange, &account, key);
	if (*code == 0)
		wrong = check_new(exchange);
	if (*code == 0 && wrong == NULL)
		wrong = check_current(exchange, &account, key);
	if (*code == 0 && wrong == NULL)
		*code = write_password(exchange, &account);
	secret_forget(&account, sizeof(account));
	secret_forget(key, sizeof(key));
	return wrong;
}

static void
run(struct writer_job *job, void *context)
{
	struct exchange *exchange = exchange_of_job(job);
	int code;
	const char *wrong = set_password(exchange, &code);
	json_t *view;

	(void)context;
	if (wrong != NULL) {
		view = own_page(exchange, wrong);
		if (view == NULL)
			return;
		exchange->reply.status = 403;
		console_reply(exchange, "account.html", "account", view);
	} else if (code == 0 || code == ERROR_NOT_FOUND) {
		lead_to(
		    exchange, code == 0 ? "login?done=password#done" : "login");
	} else {
		log_error("password_failed request=%s reason=\"%s\"",
		    exchange->request.id, error_text(code));
		problem_reply(exchange, PROBLEM_DATABASE, NULL);
	}
}

enum handled
console_set_password(struct exchange *exchange)
{
	exchange->job.run = run;
	exchange->thread = exchange->service->hasher;
	return HANDLED_LATER;
}
