#include "httpapi/console_login.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "db/audit.h"
#include "db/meta.h"
#include "httpapi/attempts.h"
#include "httpapi/console_cookie.h"
#include "httpapi/console_door.h"
#include "httpapi/console_page.h"
#include "httpapi/problem.h"
#include "httpapi/reader.h"

/* A browser that was here is known for a year. */
#define KNOWN_SECONDS 31536000

/* --- the form ------------------------------------------------------------- */

/*
 * What is wrong, with the name that was typed. Of name, password and code
 * nobody is told which does not fit: it is said of all of them.
 */
static void
add_wrong(const struct exchange *exchange, const char *wrong, json_t *view)
{
	json_object_update_new(
	    view, json_pack("{ss ss}", "wrong", console_text(exchange, wrong),
		      "typed", exchange_text(exchange, "name")));
	if (strcmp(wrong, "login.wrong") == 0)
		json_object_set_new(
		    view, "at_fault", json_pack("{sb}", "login", 1));
}

/* With a new secret for the form: an old one serves no longer. */
static void
show_form(struct exchange *exchange, unsigned status, const char *wrong)
{
	char cookie[SECRET_TEXT_MAX], token[SECRET_TEXT_MAX];
	uint8_t secret[SECRET_LEN];
	json_t *view;

	secret_new(secret);
	secret_format(secret, cookie);
	console_form_token(secret, token);
	view = json_pack("{ss}", "login_token", token);
	if (wrong != NULL)
		add_wrong(exchange, wrong, view);
	exchange->reply.status = status;
	reply_header(&exchange->reply, "Set-Cookie",
	    CONSOLE_COOKIE_FORM "=%s" CONSOLE_COOKIE_HIDDEN, cookie);
	console_reply(exchange, "login.html", NULL, view);
}

/* Instead of it, where others on the way could read the password. */
static void
show_where(struct exchange *exchange, const char *wrong)
{
	exchange->reply.status = 403;
	console_reply(exchange, "login.html", NULL,
	    json_pack(
		"{ss sb}", "wrong", console_text(exchange, wrong), "clear", 1));
}

enum handled
console_way(struct exchange *exchange)
{
	door_lead_to(exchange, "/console/");
	return HANDLED;
}

enum handled
console_login_form(struct exchange *exchange)
{
	if (exchange->request.in_clear)
		show_where(exchange, "login.clear");
	else
		show_form(exchange, 200, NULL);
	return HANDLED;
}

/* --- signing in, on the hasher's thread ----------------------------------- */

/* Does the browser bear the mark of who has signed in to it before? */
static bool
is_known(const struct exchange *exchange, uint64_t mark)
{
	char expected[17], shown[17];

	snprintf(expected, sizeof(expected), "%016" PRIx64, mark);
	return console_cookie(
		   exchange, CONSOLE_COOKIE_KNOWN, shown, sizeof(shown)) &&
	       strlen(shown) == 16 && secret_equal(shown, expected, 16);
}

/* 0 with the account, which is empty where there is none of that name. */
static int
read_account(struct exchange *exchange, const char *name,
    struct account *account, uint8_t key[META_KEY_LEN])
{
	struct readers *readers = exchange->service->readers;
	struct reader *reader;
	int code = reader_take(readers, &reader);

	if (code != 0)
		return code;
	memset(account, 0, sizeof(*account));
	code = meta_hash_key(reader->txn, key);
	if (code == 0)
		code = account_get(reader->txn, name, account);
	reader_give(readers, reader);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

/* 1: refused, which is written down. */
static int
write_session(struct store_txn *txn, struct exchange *exchange,
    const struct account *account, uint8_t secret[SECRET_LEN])
{
	const struct session_limits limits = door_limits(exchange);
	int64_t now = clock_seconds();
	char who[64], client[IPADDR_TEXT_MAX];
	int code =
	    account_login(txn, account, exchange_text(exchange, "code"), now);

	snprintf(who, sizeof(who), "account:%s", account->name);
	/* The password was right: its owner is to know who has it. */
	if (code == ERROR_REFUSED && account->has_totp) {
		code = audit_add(txn, now, who, "code_refused", "", "client=%s",
		    ipaddr_format(&exchange->request.client, client));
		return code != 0 ? code : 1;
	}
	if (code == 0)
		code = session_begin(txn, account, &exchange->request.client,
		    &limits, now, secret);
	if (code == 0)
		code = audit_add(txn, now, who, "signed_in", "", "%s", "");
	return code;
}

static int
begin_session(struct exchange *exchange, const struct account *account,
    uint8_t secret[SECRET_LEN])
{
	struct store_txn *txn;
	int code = store_begin_write(exchange->service->store, &txn), error;

	if (code != 0)
		return code;
	code = write_session(txn, exchange, account, secret);
	if (code < 0) {
		store_abort(txn);
		return code;
	}
	error = store_commit(txn);
	return error != 0 ? error : code > 0 ? ERROR_REFUSED : 0;
}

/* A password that fits is not praised: no code more, and it is refused. */
static int
check(struct exchange *exchange, const struct account *account,
    const struct attempt *attempt, uint8_t secret[SECRET_LEN])
{
	const char *hash = account->disabled ? "" : account->password;

	if (!attempts_take_password(attempt))
		return ERROR_LIMIT;
	if (!password_fits(hash, exchange_text(exchange, "password")) ||
	    (account->has_totp && !attempts_take_code(attempt)))
		return ERROR_REFUSED;
	return begin_session(exchange, account, secret);
}

/* 0 and a new session's secret; ERROR_REFUSED; ERROR_LIMIT: tried too often. */
static int
sign_in(struct exchange *exchange, const char *name, uint64_t *mark,
    uint8_t secret[SECRET_LEN])
{
	uint8_t key[META_KEY_LEN];
	struct account account;
	struct attempt attempt = { exchange->service->attempts, key, name,
		false, clock_seconds(), exchange->request.client };
	int code = read_account(exchange, name, &account, key);

	if (code != 0)
		return code;
	*mark = attempts_mark(key, name);
	attempt.known = is_known(exchange, *mark);
	code = check(exchange, &account, &attempt, secret);
	secret_forget(&account, sizeof(account));
	secret_forget(key, sizeof(key));
	return code;
}

static void
give_cookies(
    struct exchange *exchange, uint64_t mark, const uint8_t secret[SECRET_LEN])
{
	struct reply *reply = &exchange->reply;
	char text[SECRET_TEXT_MAX];

	reply->status = 303;
	reply_header(reply, "Location", "/console/");
	reply_header(reply, "Cache-Control", "no-store");
	reply_header(reply, "Set-Cookie",
	    CONSOLE_COOKIE "=%s" CONSOLE_COOKIE_HIDDEN,
	    secret_format(secret, text));
	reply_header(reply, "Set-Cookie",
	    CONSOLE_COOKIE_KNOWN "=%016" PRIx64
				 "; Max-Age=%d" CONSOLE_COOKIE_HIDDEN,
	    mark, KNOWN_SECONDS);
	reply_header(reply, "Set-Cookie",
	    CONSOLE_COOKIE_FORM "=; Max-Age=0" CONSOLE_COOKIE_HIDDEN);
}

static void
tell_refusal(const struct exchange *exchange, const char *name)
{
	static struct log_gate gate = LOG_GATE(10);
	char client[IPADDR_TEXT_MAX], shown[LOG_TEXT_MAX];

	if (log_gate_open(&gate, "login_refused"))
		log_notice("login_refused request=%s client=%s account=%s",
		    exchange->request.id,
		    ipaddr_format(&exchange->request.client, client),
		    log_escape(name, shown));
}

static void
run(struct writer_job *job, void *context)
{
	struct exchange *exchange = exchange_of_job(job);
	const char *name = exchange_text(exchange, "name");
	uint8_t secret[SECRET_LEN];
	uint64_t mark = 0;
	int code = sign_in(exchange, name, &mark, secret);

	(void)context;
	if (code == 0) {
		give_cookies(exchange, mark, secret);
	} else if (code == ERROR_REFUSED) {
		tell_refusal(exchange, name);
		show_form(exchange, 403, "login.wrong");
	} else if (code == ERROR_LIMIT) {
		show_form(exchange, 429, "login.limited");
	} else {
		log_error("login_failed request=%s reason=\"%s\"",
		    exchange->request.id, error_text(code));
		problem_reply(exchange, PROBLEM_DATABASE, NULL);
	}
	secret_forget(secret, sizeof(secret));
}

/* Of right and wrong ones alike: nobody learns by it. */
static void
refuse_in_clear(struct exchange *exchange)
{
	static struct log_gate gate = LOG_GATE(5);
	char client[IPADDR_TEXT_MAX], shown[LOG_TEXT_MAX];

	if (log_gate_open(&gate, "password_in_clear"))
		log_warning("password_in_clear request=%s client=%s "
			    "account=%s reason=\"it came without TLS\" "
			    "remedy=\"if it was right: bsblctl account "
			    "password\"",
		    exchange->request.id,
		    ipaddr_format(&exchange->request.client, client),
		    log_escape(exchange_text(exchange, "name"), shown));
	show_where(exchange, "login.sent_clear");
}

/* The form was ours, and given to this browser. */
static bool
bears_form(const struct exchange *exchange)
{
	char expected[SECRET_TEXT_MAX];
	uint8_t secret[SECRET_LEN];

	return console_cookie_secret(exchange, CONSOLE_COOKIE_FORM, secret) &&
	       console_form_bears(
		   exchange, console_form_token(secret, expected));
}

static bool
network_may_try(const struct exchange *exchange)
{
	return attempts_take_network(exchange->service->attempts,
	    &exchange->request.client, clock_seconds());
}

enum handled
console_login_post(struct exchange *exchange)
{
	if (exchange->request.in_clear) {
		refuse_in_clear(exchange);
	} else if (!bears_form(exchange)) {
		show_form(exchange, 403, "login.cookie");
	} else if (!network_may_try(exchange)) {
		show_form(exchange, 429, "login.limited");
	} else {
		exchange->job.run = run;
		exchange->thread = exchange->service->hasher;
		return HANDLED_LATER;
	}
	return HANDLED;
}

/* --- out ------------------------------------------------------------------ */

static void
run_logout(struct writer_job *job, void *context)
{
	struct exchange *exchange = exchange_of_job(job);
	struct store_txn *txn;
	int code = store_begin_write(exchange->service->store, &txn);

	(void)context;
	if (code == 0) {
		code = session_end(txn, exchange->caller.hash);
		if (code == 0)
			code = store_commit(txn);
		else
			store_abort(txn);
	}
	if (code != 0 && code != ERROR_NOT_FOUND) {
		problem_reply(exchange, PROBLEM_DATABASE, NULL);
		return;
	}
	door_lead_to(exchange, "/console/login");
	reply_header(&exchange->reply, "Set-Cookie",
	    CONSOLE_COOKIE "=; Max-Age=0" CONSOLE_COOKIE_HIDDEN);
}

enum handled
console_logout_post(struct exchange *exchange)
{
	if (!door_knows_form(exchange)) {
		problem_reply(exchange, PROBLEM_FORBIDDEN, NULL);
		return HANDLED;
	}
	exchange->job.run = run_logout;
	return HANDLED_LATER;
}
