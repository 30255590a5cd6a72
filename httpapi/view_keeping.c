#include <inttypes.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/account.h"
#include "db/appeal.h"
#include "db/audit.h"
#include "db/exemption.h"
#include "db/listing.h"
#include "db/session.h"
#include "db/token.h"
#include "db/told.h"
#include "db/trap.h"
#include "httpapi/site.h"
#include "httpapi/view.h"

/*
 * A page of what stands in a table: the cursor is how many were passed. That
 * shifts when one comes or goes meanwhile, which these tables seldom do.
 */
struct part {
	json_t *list;
	long long passed, after, limit;
	int64_t now;
};

/* 1: the page is full. */
static int
add(struct part *part, json_t *item)
{
	if (part->passed == part->after + part->limit) {
		json_decref(item);
		return 1;
	}
	if (part->passed++ < part->after)
		json_decref(item);
	else
		json_array_append_new(part->list, item);
	return 0;
}

static int
begin(struct view *view, const char *name, struct part *part)
{
	int code = view_number(
	    view, "limit", 1, VIEW_PAGE_MOST, VIEW_PAGE_MOST, &part->limit);

	if (code == 0)
		code =
		    view_number(view, "after", 0, INT32_MAX, 0, &part->after);
	part->passed = 0;
	part->now = view->now;
	part->list = json_array();
	json_object_set_new(view->answer, name, part->list);
	return code;
}

/* The code of a walk: whether there are more. */
static int
end(struct view *view, const struct part *part, int code)
{
	json_object_set_new(view->answer, "next",
	    code == 1 ? json_sprintf("%lld", part->passed) : json_null());
	return code < 0 ? code : 0;
}

/* --- traps ---------------------------------------------------------------- */

static int
take_trap(const struct trap *trap, void *context)
{
	char text[TRAP_TEXT_MAX];

	return add(context,
	    json_pack("{so ss si sI so so so}", "trap",
		told_text(trap_format(trap, text)), "state",
		trap_state_name(trap->state), "weight", (int)trap->weight,
		"hits", (json_int_t)trap->hits, "last_hit_at",
		told_time(trap->last_hit_at), "added_at",
		told_time(trap->added_at), "reason", told_text(trap->reason)));
}

int
view_traps(struct view *view)
{
	struct part part;
	int code = begin(view, "traps", &part);

	if (code == 0)
		code = trap_list(view->reader->txn, take_trap, &part);
	return end(view, &part, code);
}

/* --- exemptions ----------------------------------------------------------- */

static int
take_exemption(const struct exemption *exemption, void *context)
{
	struct part *part = context;
	bool over = exemption->until != 0 && exemption->until <= part->now;
	char text[IPPREFIX_TEXT_MAX];

	return add(
	    part, json_pack("{ss sb so so so}", "prefix",
		      ipprefix_format(&exemption->prefix, text), "in_force",
		      !over, "added_at", told_time(exemption->added_at),
		      "until", told_time(exemption->until), "reason",
		      told_text(exemption->reason)));
}

int
view_exemptions(struct view *view)
{
	struct part part;
	int code = begin(view, "exemptions", &part);

	if (code == 0)
		code = exemption_list(view->reader->txn, take_exemption, &part);
	return end(view, &part, code);
}

/* --- requests ------------------------------------------------------------- */

struct requests {
	struct view *view;
	json_t *list;
	int64_t oldest;
	json_int_t overdue;
};

/* By age, the oldest first: the queue is short where it is looked after. */
static void
insert_by_age(json_t *list, json_t *request, const char *at)
{
	size_t place = json_array_size(list);

	while (place > 0 && strcmp(json_string_value(json_object_get(
				       json_array_get(list, place - 1), "at")),
				at) > 0)
		place--;
	json_array_insert_new(list, place, request);
}

static int
take_request(const struct appeal *appeal, void *context)
{
	struct requests *requests = context;
	long most = requests->view->exchange->site->request_overdue_seconds;
	int64_t age = requests->view->now - appeal->at;
	bool overdue = most > 0 && age > most;
	char unit[IPPREFIX_TEXT_MAX], requester[IPADDR_TEXT_MAX];
	char at[CLOCK_TEXT_MAX];
	struct listing listing;
	int code =
	    listing_get(requests->view->reader->txn, &appeal->unit, &listing);

	if (code != 0 && code != ERROR_NOT_FOUND)
		return code;
	if (requests->oldest == 0 || appeal->at < requests->oldest)
		requests->oldest = appeal->at;
	requests->overdue += overdue;
	insert_by_age(requests->list,
	    json_pack("{ss ss sI sb ss so ss}", "unit",
		listing_unit_format(&appeal->unit, unit), "at",
		clock_format(appeal->at, at), "age_seconds", (json_int_t)age,
		"overdue", overdue, "requester",
		ipaddr_format(&appeal->requester, requester), "note",
		told_text(appeal->note), "state",
		listing_state_name(listing.state)),
	    at);
	return 0;
}

int
view_requests(struct view *view)
{
	long most = view->exchange->site->request_overdue_seconds;
	struct requests requests = { view, json_array(), 0, 0 };
	int code;

	json_object_set_new(view->answer, "requests", requests.list);
	code = appeal_list(view->reader->txn, take_request, &requests);

	json_object_set_new(view->answer, "oldest_age_seconds",
	    requests.oldest != 0 ? json_integer(view->now - requests.oldest)
				 : json_null());
	json_object_set_new(
	    view->answer, "overdue", json_integer(requests.overdue));
	json_object_set_new(view->answer, "overdue_after_seconds",
	    most > 0 ? json_integer(most) : json_null());
	return code;
}

/* --- accounts ------------------------------------------------------------- */

static int
take_account(const struct account *account, void *context)
{
	return add(context,
	    json_pack("{ss ss sb sb sb so so so}", "account", account->name,
		"role", role_name(account->role), "disabled", account->disabled,
		"totp", account->has_totp, "once", account->once, "created_at",
		told_time(account->created_at), "password_at",
		told_time(account->password_at), "login_at",
		told_time(account->login_at)));
}

int
view_accounts(struct view *view)
{
	struct part part;
	int code = begin(view, "accounts", &part);

	if (code == 0)
		code = account_list(view->reader->txn, take_account, &part);
	return end(view, &part, code);
}

/* --- sessions ------------------------------------------------------------- */

/* More are not shown: they are of one program gone wrong. */
#define SESSIONS_MOST 500

struct sessions {
	const struct caller *caller;
	const char *own; /* NULL: those of all accounts */
	json_t *list;
};

/* By their accounts, and of each what was used last comes first. */
static bool
comes_before(const json_t *a, const json_t *b)
{
	int order = strcmp(json_string_value(json_object_get(a, "account")),
	    json_string_value(json_object_get(b, "account")));

	if (order != 0)
		return order < 0;
	return strcmp(json_string_value(json_object_get(a, "used_at")),
		   json_string_value(json_object_get(b, "used_at"))) > 0;
}

static int
take_session(const struct session *session, void *context)
{
	static const struct ipaddr unknown;
	struct sessions *sessions = context;
	size_t place = json_array_size(sessions->list);
	char id[SECRET_TEXT_MAX], client[IPADDR_TEXT_MAX];
	bool known = !ipaddr_equal(&session->client, &unknown);
	json_t *one;

	if (sessions->own != NULL &&
	    strcmp(session->account, sessions->own) != 0)
		return 0;
	if (place == SESSIONS_MOST)
		return 1;
	one = json_pack("{ss ss so so so sb}", "session",
	    secret_format(session->hash, id), "account", session->account,
	    "client",
	    known ? json_string(ipaddr_format(&session->client, client))
		  : json_null(),
	    "created_at", told_time(session->created_at), "used_at",
	    told_time(session->used_at), "this",
	    memcmp(session->hash, sessions->caller->hash, SECRET_LEN) == 0);
	while (place > 0 &&
	       comes_before(one, json_array_get(sessions->list, place - 1)))
		place--;
	return json_array_insert_new(sessions->list, place, one);
}

int
view_sessions(struct view *view)
{
	const struct exchange *exchange = view->exchange;
	const struct caller *caller = &exchange->caller;
	const struct session_limits limits = {
		exchange->site->session_idle_seconds,
		exchange->site->session_seconds
	};
	bool all = (caller->permits & PERMIT_MANAGE) != 0 &&
		   exchange->route->needs == PERMIT_MANAGE;
	struct sessions sessions = { caller,
		all ? NULL : strchr(caller->who, ':') + 1, json_array() };
	int code;

	json_object_set_new(view->answer, "sessions", sessions.list);
	code = session_list(
	    view->reader->txn, &limits, view->now, take_session, &sessions);
	return code < 0 ? code : 0;
}

/* --- tokens --------------------------------------------------------------- */

static json_t *
clients_of(const struct token *token)
{
	json_t *list = json_array();
	char text[IPPREFIX_TEXT_MAX];

	for (unsigned i = 0; i < token->prefix_count; i++)
		json_array_append_new(list,
		    json_string(ipprefix_format(&token->prefixes[i], text)));
	return list;
}

static int
take_token(const struct token *token, void *context)
{
	char day[CLOCK_TEXT_MAX];

	return add(context,
	    json_pack("{ss ss sI so so so so}", "name", token->name, "role",
		role_name(token->role), "sensor", (json_int_t)token->sensor,
		"created_at", told_time(token->created_at), "expires_at",
		told_time(token->expires_at), "last_used",
		token->used_day != 0
		    ? json_string(clock_format_date(token->used_day, day))
		    : json_null(),
		"clients", clients_of(token)));
}

int
view_tokens(struct view *view)
{
	struct part part;
	int code = begin(view, "tokens", &part);

	if (code == 0)
		code = token_list(view->reader->txn, take_token, &part);
	return end(view, &part, code);
}

/* --- audit ---------------------------------------------------------------- */

struct page {
	json_t *list;
	long long limit;
	uint64_t last;
};

static int
take_entry(const struct audit_entry *entry, void *context)
{
	struct page *page = context;

	if ((long long)json_array_size(page->list) == page->limit)
		return 1;
	page->last = entry->number;
	return json_array_append_new(page->list,
	    json_pack("{sI so so ss ss so}", "number",
		(json_int_t)entry->number, "at", told_time(entry->at), "who",
		told_text(entry->who), "what", entry->what, "subject",
		entry->subject, "details", told_text(entry->details)));
}

int
view_audit(struct view *view)
{
	struct page page = { .list = NULL };
	long long before;
	int code = view_number(
	    view, "limit", 1, VIEW_PAGE_MOST, VIEW_PAGE_USUAL, &page.limit);

	if (code == 0)
		code = view_number(
		    view, "before", 0, INT64_MAX, INT64_MAX, &before);
	if (code != 0)
		return code;
	page.list = json_array();
	json_object_set_new(view->answer, "entries", page.list);
	code = audit_before(
	    view->reader->txn, (uint64_t)before, take_entry, &page);
	json_object_set_new(view->answer, "next",
	    code == 1 ? json_sprintf("%" PRIu64, page.last) : json_null());
	return code < 0 ? code : 0;
}
