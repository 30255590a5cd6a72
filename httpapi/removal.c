#include "httpapi/removal.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "db/appeal.h"
#include "db/delisting.h"
#include "db/record.h"
#include "httpapi/lookup_api.h"
#include "httpapi/negotiate.h"
#include "httpapi/portal.h"
#include "httpapi/problem.h"
#include "httpapi/proof_api.h"
#include "httpapi/repair.h"
#include "httpapi/standing.h"

/* --- the body ------------------------------------------------------------- */

/* Cut between two characters of UTF-8; a line break becomes a space. */
static void
copy_note(const char *text, char note[DELISTING_NOTE_MAX + 1])
{
	size_t len = strlen(text);

	if (len > DELISTING_NOTE_MAX) {
		len = DELISTING_NOTE_MAX;
		while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
			len--;
	}
	memcpy(note, text, len);
	note[len] = '\0';
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)note[i] < ' ' || note[i] == 0x7f)
			note[i] = ' ';
	}
}

static bool
read_address(const struct exchange *exchange, struct subject *subject)
{
	const json_t *address = json_object_get(exchange->input, "address");

	return subject_parse_loosely(json_string_value(address), subject) == 0;
}

/* "dns", and there is no other that has to be named. */
static bool
names_proof(const struct exchange *exchange)
{
	return json_object_get(exchange->input, "proof") != NULL;
}

/* Are all members what they have to be? */
static bool
is_sound(const struct exchange *exchange)
{
	const json_t *note = json_object_get(exchange->input, "note");
	const char *proof =
	    json_string_value(json_object_get(exchange->input, "proof"));

	return json_is_string(json_object_get(exchange->input, "address")) &&
	       (note == NULL || json_is_null(note) || json_is_string(note)) &&
	       (!names_proof(exchange) ||
		   (proof != NULL && strcmp(proof, "dns") == 0));
}

/* False when the body is no such request: the reply then says so. */
static bool
read_request(struct exchange *exchange, struct subject *subject,
    struct delisting *delisting)
{
	const json_t *note = json_object_get(exchange->input, "note");

	if (!is_sound(exchange)) {
		problem_reply(exchange, PROBLEM_BAD_BODY, NULL);
		return false;
	}
	if (!read_address(exchange, subject)) {
		problem_reply(exchange, PROBLEM_NO_ADDRESS, NULL);
		return false;
	}
	delisting->unit = listing_unit(&subject->address);
	delisting->requester = exchange->request.client;
	copy_note(json_is_string(note) ? json_string_value(note) : "",
	    delisting->note);
	return true;
}

/* --- on the writer's thread ----------------------------------------------- */

/*
 * With every step spent it waits for the operator; where all places in that
 * queue are taken the contact address is left.
 */
static int
appeal(struct store_txn *txn, const struct delisting *delisting)
{
	struct appeal new = { .unit = delisting->unit,
		.at = delisting->at,
		.requester = delisting->requester };
	int code;

	strcpy(new.note, delisting->note);
	code = appeal_put(txn, &new);
	return code == ERROR_FULL ? 0 : code;
}

/*
 * One transaction: it is refused, or waits for the operator, or is done, and
 * that is committed; or it failed.
 */
static int
delist(struct exchange *exchange, struct delisting *delisting,
    enum ladder_outcome *outcome)
{
	const struct site *site = atomic_load(&exchange->service->site);
	const struct recorder_rules *rules = &site->rules;
	struct ladder_facts facts;
	struct store_txn *txn;
	int code = store_begin_write(exchange->service->store, &txn);

	if (code != 0)
		return code;
	code = standing_read(
	    txn, exchange, &delisting->unit, delisting->at, &facts);
	if (code == 0) {
		*outcome =
		    ladder_climb(&facts, delisting->at, &delisting->step);
		if (*outcome == LADDER_DELIST)
			code = record_delisting(
			    txn, rules, delisting, delisting->at);
		else if (*outcome == LADDER_SPENT)
			code = appeal(txn, delisting);
	}
	if (code == 0 &&
	    (*outcome == LADDER_DELIST || *outcome == LADDER_SPENT))
		code = store_commit(txn);
	else
		store_abort(txn);
	record_log_decisions(rules, code == 0);
	return code;
}

/* --- the answer ----------------------------------------------------------- */

static bool
may_be_proved(enum ladder_outcome outcome)
{
	return outcome == LADDER_LIMITED || outcome == LADDER_PROVE ||
	       outcome == LADDER_PUBLISH;
}

static void
refuse(struct exchange *exchange, enum ladder_outcome outcome)
{
	static const enum problem problems[] = {
		[LADDER_NOT_LISTED] = PROBLEM_NOT_LISTED,
		[LADDER_BY_HAND] = PROBLEM_BY_HAND,
		[LADDER_LIMITED] = PROBLEM_TOO_MANY_DELISTINGS,
		[LADDER_PROVE] = PROBLEM_PROVE_CONTROL,
		[LADDER_PUBLISH] = PROBLEM_PROVE_BY_DNS,
		[LADDER_SPENT] = PROBLEM_STEPS_SPENT,
	};

	char address[IPADDR_TEXT_MAX];
	struct subject subject;
	json_t *links = json_object(), *proof = NULL;

	if (read_address(exchange, &subject))
		json_object_set_new(links, "page",
		    json_sprintf(
			"/l/%s", ipaddr_format(&subject.address, address)));
	if (may_be_proved(outcome))
		proof = proof_links(exchange, &subject.address);
	if (proof != NULL)
		json_object_update(links, proof);
	json_decref(proof);
	problem_reply_with(exchange, problems[outcome], links);
}

static const char *
next_words(const struct exchange *exchange, const struct language *language)
{
	bool dns_asked = exchange->service->prover != NULL;
	char name[64];

	snprintf(name, sizeof(name), "next.%s%s",
	    dns_asked ? "" : "without_dns.",
	    delisting_step_name(exchange->delisting.step));
	return language_text(language, name, "");
}

static bool
wants_page(const struct exchange *exchange)
{
	static const char *const offers[] = { "application/json", "text/html" };

	return negotiate_type(exchange_field(exchange, "Accept"), offers, 2) ==
	       1;
}

/*
 * For the page: how to repair it, as the page that led here had it; what comes
 * of a next time, and when caches forget.
 */
static void
add_next(struct exchange *exchange, const struct language *language,
    const json_t *before, json_t *view)
{
	json_t *words = json_object_get(view, "words");
	json_t *list = repair_words(before, language);

	json_object_set_new(
	    view, "has_causes", json_boolean(json_array_size(list) > 0));
	json_object_set_new(view, "causes", list);
	json_object_set_new(
	    words, "next", json_string(next_words(exchange, language)));
	json_object_set_new(words, "forget_at",
	    portal_time(json_object_get(view, "caches_forget_at")));
}

/*
 * What is still there afterwards comes from a look-up: a listing by hand.
 * `before`: the look-up before it, for a page; else NULL.
 */
static void
confirm(struct exchange *exchange, const struct delisting *delisting,
    const json_t *before)
{
	struct reply *reply = &exchange->reply;
	json_t *view = lookup_view(exchange, &delisting->unit);
	char at[CLOCK_TEXT_MAX], forgotten[CLOCK_TEXT_MAX];
	const struct language *language;
	json_int_t ttl;

	if (view == NULL)
		return;
	ttl = json_integer_value(
	    json_object_get(json_object_get(view, "caches"), "listed_seconds"));
	json_object_set_new(view, "delisted", json_true());
	json_object_set_new(
	    view, "delisted_at", json_string(clock_format(delisting->at, at)));
	json_object_set_new(
	    view, "step", json_string(delisting_step_name(delisting->step)));
	json_object_set_new(
	    view, "next", json_string(next_words(exchange, language_at(0))));
	json_object_set_new(view, "caches_forget_at",
	    json_string(clock_format(delisting->at + ttl, forgotten)));
	reply->status = 200;
	reply_header(reply, "Cache-Control", "no-store");
	if (before != NULL) {
		language = portal_language(exchange);
		portal_add_words(view, language);
		add_next(exchange, language, before, view);
		portal_reply(exchange, "delisted.html", NULL, view);
	} else {
		reply->type = "application/json";
		reply_header(reply, "Vary", "Accept");
		reply_json(reply, view);
	}
}

static void
try(struct exchange *exchange, const json_t *before)
{
	struct delisting *delisting = &exchange->delisting;
	enum ladder_outcome outcome = LADDER_DELIST;
	char unit[IPPREFIX_TEXT_MAX];
	int code;

	delisting->at = clock_seconds();
	code = delist(exchange, delisting, &outcome);
	if (code != 0) {
		log_error("delisting_failed request=%s reason=\"%s\"",
		    exchange->request.id, error_text(code));
		problem_reply(exchange, PROBLEM_DATABASE, NULL);
	} else if (outcome != LADDER_DELIST) {
		refuse(exchange, outcome);
	} else {
		atomic_fetch_add(&exchange->service->counters.delistings, 1);
		log_info("delisting_answered request=%s address=%s",
		    exchange->request.id,
		    listing_unit_format(&delisting->unit, unit));
		confirm(exchange, delisting, before);
	}
}

/* Of an address that is off the list nobody is told its cause any more. */
static void
run(struct writer_job *job, void *context)
{
	struct exchange *exchange = exchange_of_job(job);
	json_t *before = NULL;

	(void)context;
	if (wants_page(exchange)) {
		before = lookup_view(exchange, &exchange->delisting.unit);
		if (before == NULL)
			return;
	}
	try(exchange, before);
	json_decref(before);
}

static enum handled
delist_when_proved(struct exchange *exchange)
{
	return proof_failed(exchange) ? HANDLED : HANDLED_LATER;
}

enum handled
removal_post(struct exchange *exchange)
{
	struct subject subject;

	if (!read_request(exchange, &subject, &exchange->delisting))
		return HANDLED;
	exchange->job.run = run;
	return names_proof(exchange) ? proof_ask(exchange, &subject.address,
					   true, delist_when_proved)
				     : HANDLED_LATER;
}
