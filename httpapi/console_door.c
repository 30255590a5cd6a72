#include "httpapi/console_door.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "httpapi/access.h"
#include "httpapi/console_cookie.h"
#include "httpapi/problem.h"
#include "httpapi/reader.h"
#include "httpapi/route.h"
#include "httpapi/site.h"

/* A session's time is written down at most so often. */
#define USE_SECONDS 60

struct session_limits
door_limits(const struct exchange *exchange)
{
	return (struct session_limits){ exchange->site->session_idle_seconds,
		exchange->site->session_seconds };
}

static int
find(struct exchange *exchange, const uint8_t secret[SECRET_LEN],
    struct session *session, struct account *account)
{
	const struct session_limits limits = door_limits(exchange);
	struct readers *readers = exchange->service->readers;
	struct reader *reader;
	int code = reader_take(readers, &reader);

	if (code != 0)
		return code;
	code = session_find(
	    reader->txn, secret, &limits, clock_seconds(), session, account);
	reader_give(readers, reader);
	return code;
}

void
door_lead_to(struct exchange *exchange, const char *path)
{
	exchange->reply.status = 303;
	reply_header(&exchange->reply, "Location", "%s", path);
	reply_header(&exchange->reply, "Cache-Control", "no-store");
}

/* All that a password for once serves for: to set another, and to leave. */
static bool
sets_password(const struct exchange *exchange)
{
	static const char *const paths[] = { "/console/account",
		"/console/do/password", "/console/logout" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		if (strcmp(exchange->request.target.path, paths[i]) == 0)
			return true;
	}
	return false;
}

/* The session that the browser bears, if one is in force. */
static int
find_session(struct exchange *exchange, uint8_t secret[SECRET_LEN],
    struct session *session, struct account *account)
{
	/* One that others could read on its way serves no more. */
	if (exchange->request.in_clear ||
	    !console_cookie_secret(exchange, CONSOLE_COOKIE, secret))
		return ERROR_NOT_FOUND;
	return find(exchange, secret, session, account);
}

static void
let_in(struct exchange *exchange, const uint8_t secret[SECRET_LEN],
    const struct session *session, const struct account *account)
{
	struct caller *caller = &exchange->caller;

	snprintf(caller->who, sizeof(caller->who), "account:%s", account->name);
	caller->permits = role_permits(account->role);
	caller->role = account->role;
	caller->once = account->once;
	console_form_token(secret, caller->form);
	memcpy(caller->hash, session->hash, SECRET_LEN);
	if (clock_seconds() - session->used_at >= USE_SECONDS)
		access_note_later(
		    exchange->service, session_use, session->hash);
}

bool
door_enter(struct exchange *exchange)
{
	uint8_t secret[SECRET_LEN];
	struct session session;
	struct account account;
	int code = find_session(exchange, secret, &session, &account);

	if (code == ERROR_NOT_FOUND) {
		door_lead_to(exchange, "/console/login");
		return false;
	}
	if (code != 0) {
		problem_reply(exchange, PROBLEM_DATABASE, NULL);
		return false;
	}
	let_in(exchange, secret, &session, &account);
	secret_forget(&account, sizeof(account));
	secret_forget(secret, sizeof(secret));
	if (exchange->caller.once && !sets_password(exchange)) {
		door_lead_to(exchange, "/console/account");
		return false;
	}
	if ((exchange->caller.permits & exchange->route->needs) != 0)
		return true;
	problem_reply(exchange, PROBLEM_FORBIDDEN, NULL);
	return false;
}

bool
door_recognise(struct exchange *exchange)
{
	static const char prefix[] = "/console/";
	uint8_t secret[SECRET_LEN];
	struct session session;
	struct account account;

	if (exchange->caller.who[0] == '\0' && exchange->route == NULL &&
	    strncmp(exchange->request.target.path, prefix,
		sizeof(prefix) - 1) == 0 &&
	    find_session(exchange, secret, &session, &account) == 0) {
		let_in(exchange, secret, &session, &account);
		secret_forget(&account, sizeof(account));
		secret_forget(secret, sizeof(secret));
	}
	return strncmp(exchange->caller.who, "account:", 8) == 0;
}

bool
door_knows_form(const struct exchange *exchange)
{
	return console_form_bears(exchange, exchange->caller.form);
}
