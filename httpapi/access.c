#include "httpapi/access.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "db/token.h"
#include "httpapi/network.h"
#include "httpapi/problem.h"
#include "httpapi/reader.h"
#include "httpapi/route.h"

#define DAY 86400
#define SCHEME "Bearer "
#define SCHEME_LEN (sizeof(SCHEME) - 1)

/* --- notes ---------------------------------------------------------------- */

struct note {
	struct writer_job job; /* first: the writer hands it back */
	struct service *service;
	access_note *note;
	uint8_t hash[SECRET_LEN];
};

static void
run_note(struct writer_job *job, void *context)
{
	struct note *note = (struct note *)(void *)job;
	struct store_txn *txn;
	int code = store_begin_write(note->service->store, &txn);

	(void)context;
	if (code != 0)
		return;
	code = note->note(txn, note->hash, clock_seconds());
	if (code == 0)
		code = store_commit(txn);
	else
		store_abort(txn);
	if (code != 0 && code != ERROR_NOT_FOUND)
		log_warning("note_failed reason=\"%s\"", error_text(code));
}

static void
free_note(struct writer_job *job, void *context)
{
	(void)context;
	free(job);
}

void
access_note_later(
    struct service *service, access_note *what, const uint8_t *hash)
{
	struct note *note = calloc(1, sizeof(*note));

	if (note == NULL || !writer_reserve(service->writer)) {
		free(note);
		return;
	}
	note->service = service;
	note->note = what;
	memcpy(note->hash, hash, SECRET_LEN);
	note->job.run = run_note;
	note->job.done = free_note;
	writer_submit(service->writer, &note->job);
}

/* --- refusals ------------------------------------------------------------- */

/* RFC 6750 section 3: no error where no token came at all. */
static void
refuse(struct exchange *exchange, enum problem problem, const char *error)
{
	problem_reply(exchange, problem, NULL);
	reply_header(&exchange->reply, "WWW-Authenticate",
	    "Bearer realm=\"bsbl\"%s%s%s", error != NULL ? ", error=\"" : "",
	    error != NULL ? error : "", error != NULL ? "\"" : "");
}

static void
refuse_token(struct exchange *exchange, const char *reason)
{
	static struct log_gate gate = LOG_GATE(10);
	struct ipprefix network = network_of(&exchange->request.client);
	struct quota_state state;
	char client[IPADDR_TEXT_MAX];

	if (log_gate_open(&gate, "token_refused"))
		log_notice("token_refused request=%s client=%s reason=%s",
		    exchange->request.id,
		    ipaddr_format(&exchange->request.client, client), reason);
	if (!quota_spend(exchange->service->attempts, &network, 1,
		ACCESS_ATTEMPTS, clock_seconds(), &state))
		problem_reply(exchange, PROBLEM_TOO_MANY_ATTEMPTS, NULL);
	else
		refuse(exchange, PROBLEM_UNAUTHORIZED, "invalid_token");
}

/* --- the token ------------------------------------------------------------ */

static int
find(struct exchange *exchange, const char *text, struct token *token)
{
	struct readers *readers = exchange->service->readers;
	struct reader *reader;
	int code = reader_take(readers, &reader);

	if (code != 0)
		return code;
	code = token_find(reader->txn, text, &exchange->request.client,
	    clock_seconds(), token);
	reader_give(readers, reader);
	return code;
}

/*
 * The same answer to right and wrong ones: nobody learns by it. But the
 * operator has to know which one others know now.
 */
static void
refuse_in_clear(struct exchange *exchange, const char *text)
{
	static struct log_gate gate = LOG_GATE(5);
	char client[IPADDR_TEXT_MAX];
	struct token token;

	if (find(exchange, text, &token) == 0 &&
	    log_gate_open(&gate, "token_in_clear"))
		log_error("token_in_clear token=%s request=%s client=%s "
			  "reason=\"it came without TLS and must be considered "
			  "disclosed\" remedy=\"bsblctl token revoke %s\"",
		    token.name, exchange->request.id,
		    ipaddr_format(&exchange->request.client, client),
		    token.name);
	refuse(exchange, PROBLEM_IN_CLEAR, "invalid_token");
}

static void
let_in(struct exchange *exchange, const struct token *token)
{
	int64_t now = clock_seconds();

	snprintf(exchange->caller.who, sizeof(exchange->caller.who), "token:%s",
	    token->name);
	exchange->caller.permits = role_permits(token->role);
	exchange->caller.sensor = token->sensor;
	memcpy(exchange->caller.hash, token->hash, SECRET_LEN);
	if (token->used_day != now - now % DAY)
		access_note_later(exchange->service, token_use, token->hash);
}

bool
access_by_token(struct exchange *exchange)
{
	const char *field = exchange_field(exchange, "Authorization");
	struct token token;
	int code;

	if (field == NULL || strncasecmp(field, SCHEME, SCHEME_LEN) != 0) {
		refuse(exchange, PROBLEM_UNAUTHORIZED, NULL);
		return false;
	}
	if (exchange->request.in_clear &&
	    exchange->site->refuses_clear_tokens) {
		refuse_in_clear(exchange, field + SCHEME_LEN);
		return false;
	}
	code = find(exchange, field + SCHEME_LEN, &token);
	if (code == ERROR_NOT_FOUND || code == ERROR_REFUSED) {
		refuse_token(
		    exchange, code == ERROR_REFUSED ? "network" : "unknown");
		return false;
	}
	if (code != 0) {
		problem_reply(exchange, PROBLEM_DATABASE, NULL);
		return false;
	}
	let_in(exchange, &token);
	if ((exchange->caller.permits & exchange->route->needs) != 0)
		return true;
	refuse(exchange, PROBLEM_FORBIDDEN, "insufficient_scope");
	return false;
}
