#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/clock.h"
#include "db/delisting.h"
#include "db/verdict.h"
#include "db/zonedata.h"
#include "httpapi/dispatch.h"
#include "httpapi/lookup_api.h"
#include "httpapi/portal.h"
#include "httpapi/problem.h"
#include "httpapi/reader.h"
#include "httpapi/writer.h"
#include "tests/support/test_store.h"

/* Pages as they are sent, from a database and a request line. */

struct fixture {
	struct test_store test;
	struct service service;
	struct site site;
	struct exchange exchange;
};

static void
publish(struct store_txn *txn, struct listing *listing, const char *unit)
{
	struct verdict verdict;

	assert_int_equal(ipaddr_parse(unit, &listing->unit), 0);
	verdict_of(listing, &verdict);
	assert_int_equal(listing_put(txn, listing), 0);
	assert_int_equal(
	    zonedata_publish(txn, &listing->unit, verdict.entries, TEST_NOW),
	    0);
}

static void
fill(struct store_txn *txn)
{
	struct zone_settings *zone = calloc(1, sizeof(*zone));
	struct listing listed = {
		.state = LISTING_LISTED,
		.kinds = BACKSCATTER_BIT(BACKSCATTER_DSN) |
			 BACKSCATTER_BIT(BACKSCATTER_CHALLENGE) |
			 BACKSCATTER_BIT(BACKSCATTER_AUTOREPLY),
		.first_seen_at = TEST_NOW,
		.last_seen_at = TEST_NOW,
		.listed_at = TEST_NOW,
		.expires_at = TEST_NOW + 7200,
		.sightings = 600,
		.corroborated = 600,
		.traps = 1,
	};
	struct listing by_hand = {
		.manual_at = TEST_NOW,
		.manual_until = TEST_NOW + 86400,
		.manual_reason = "<script>alert('no')</script>",
	};

	zone->origin_len = (size_t)dname_parse("bl.example.test", zone->origin);
	dname_parse("hostmaster.example.test", zone->contact);
	dname_parse("ns.example.net", zone->servers[0].name);
	zone->server_count = 1;
	zone->ttl_seconds = 600;
	strcpy(zone->text, "{kinds} \"quoted\" {url}");
	strcpy(zone->portal, "https://bl.example.test/l/");
	assert_int_equal(zone_settings_apply(txn, zone, TEST_NOW), 0);
	free(zone);
	publish(txn, &listed, "192.0.2.9");
	publish(txn, &listed, "2001:db8::");
	publish(txn, &by_hand, "192.0.2.10");
}

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	static char contact[] = "help&more@example.test";
	struct store_txn *txn;

	assert_non_null(f);
	test_store_open(&f->test);
	assert_int_equal(store_begin_write(f->test.store, &txn), 0);
	fill(txn);
	assert_int_equal(store_commit(txn), 0);
	f->service.store = f->test.store;
	assert_int_equal(readers_new(f->test.store, &f->service.readers), 0);
	assert_int_equal(policy_preset("eager", &f->site.rules.policy), 0);
	f->site.delist_per_hour = f->site.delist_per_network = 5;
	f->site.delist_per_provider = 5;
	f->site.contact = contact;
	atomic_store(&f->service.site, &f->site);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	exchange_deinit(&f->exchange);
	readers_free(f->service.readers);
	test_store_close(&f->test);
	free(f);
	return 0;
}

/* GET; the body. */
static const char *
get(struct fixture *f, const char *target, const char *accept,
    unsigned expected)
{
	struct exchange *exchange = &f->exchange;

	exchange_deinit(exchange);
	exchange_init(exchange, &f->service);
	exchange->request.method = HTTP_GET;
	exchange->request.fields[0].name = "Accept";
	exchange->request.fields[0].value = accept;
	exchange->request.field_count = 1;
	assert_int_equal(
	    ipaddr_parse("192.0.2.77", &exchange->request.client), 0);
	assert_int_equal(target_parse(target, &exchange->request.target), 0);
	dispatch_begin(exchange);
	if (exchange->reply.status == 0)
		assert_int_equal(dispatch_handle(exchange), HANDLED);
	dispatch_finish(exchange);
	assert_int_equal(exchange->reply.status, expected);
	return exchange->reply.fixed != NULL ? exchange->reply.fixed
					     : exchange->reply.body.text;
}

static const char *
header(struct fixture *f, const char *name)
{
	const struct reply *reply = &f->exchange.reply;

	for (unsigned i = 0; i < reply->header_count; i++) {
		if (strcmp(reply->headers[i].name, name) == 0)
			return reply->headers[i].value;
	}
	return NULL;
}

#define HTML "text/html,*/*;q=0.8"

static void
shows_a_listed_server_what_happened_and_the_way_out(void **state)
{
	struct fixture *f = *state;
	const char *page = get(f, "/l/192.0.2.9", HTML, 200);

	assert_non_null(strstr(page, "<h1>192.0.2.9</h1>"));
	assert_non_null(strstr(page, "bounces, automatic replies and "
				     "challenges"));
	assert_non_null(strstr(page, "not a spam list"));
	assert_non_null(strstr(page, "<dd>500 or more</dd>"));
	assert_non_null(strstr(page, "2023-11-14 22:00 UTC"));
	assert_non_null(
	    strstr(page, "action=\"/v1/delistings\" method=\"post\""));
	assert_non_null(strstr(page, "up to 10 minutes"));
	assert_non_null(strstr(page, "&quot;quoted&quot;"));
	assert_non_null(strstr(page, "<a class=\"btn btn-primary\" "
				     "href=\"#repair\">"));
	assert_non_null(strstr(page, "<details class=\"remedy\">\n"
				     "<summary>Exim</summary>"));
	assert_non_null(strstr(page, "curl -4 -d address=192.0.2.9 "
				     "https://bl.example.test/v1/delistings"));
	/* Once, from anywhere, is what this visitor may do. */
	assert_non_null(strstr(page, "<li aria-current=\"step\">From any"));
}

static void
use_step(struct fixture *f, const char *unit, enum delisting_step step)
{
	struct delisting used = {
		.step = step,
		.at = clock_seconds() - 86400,
	};
	struct store_txn *txn;

	assert_int_equal(ipaddr_parse(unit, &used.unit), 0);
	assert_int_equal(store_begin_write(f->test.store, &txn), 0);
	assert_int_equal(delisting_put(txn, &used), 0);
	assert_int_equal(store_commit(txn), 0);
}

/* A button that is refused would be a dead end. */
static void
shows_a_visitor_the_ways_that_are_left(void **state)
{
	struct fixture *f = *state;
	const char *page;

	use_step(f, "192.0.2.9", DELISTING_ASKED);
	page = get(f, "/l/192.0.2.9", HTML, 200);
	assert_null(strstr(page, "action=\"/v1/delistings\""));
	assert_non_null(strstr(page, "by one of the ways below"));
	assert_non_null(strstr(page, "Used on 2"));
	assert_non_null(strstr(page, "Still open."));
	assert_null(strstr(page, "/prove/"));
	use_step(f, "192.0.2.9", DELISTING_FROM_ADDRESS);
	page = get(f, "/l/192.0.2.9", HTML, 200);
	assert_non_null(strstr(page, "action=\"/v1/delistings\""));
	assert_non_null(strstr(page, "Ask the operator to take 192.0.2.9 off"));
	assert_non_null(strstr(page, "<li aria-current=\"step\">The oper"));
	f->site.delist_per_hour = 0;
	page = get(f, "/l/2001:db8::1", HTML, 200);
	assert_null(strstr(page, "action=\"/v1/delistings\""));
	assert_non_null(strstr(page, "come back in an hour"));
	assert_non_null(strstr(page, "curl -6 -d address=2001:db8::1 "));
}

static void
names_the_contact_on_every_page(void **state)
{
	static const struct {
		const char *target;
		unsigned status;
	} pages[] = {
		{ "/", 200 },
		{ "/?address=nonsense", 400 },
		{ "/?%", 400 },
		{ "/l/192.0.2.9", 200 },
		{ "/l/192.0.2.10", 200 },
		{ "/l/192.0.2.11", 200 },
		{ "/l/127.0.0.2", 200 },
		{ "/l/nonsense", 400 },
		{ "/problems", 200 },
		{ "/nothing", 404 },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		const char *page =
		    get(f, pages[i].target, HTML, pages[i].status);

		assert_string_equal(
		    f->exchange.reply.type, "text/html; charset=utf-8");
		assert_non_null(
		    strstr(page, "mailto:help&amp;more@example.test"));
		assert_non_null(strstr(page, "<html lang=\"en\">"));
		assert_non_null(strstr(page, "</html>"));
		assert_null(strstr(page, "{{"));
	}
}

static void
takes_units_and_escaped_addresses(void **state)
{
	static const char *const targets[] = { "/l/2001:db8::",
		"/l/2001:db8::/64", "/l/2001%3Adb8%3A%3A%2F64",
		"/l/[2001:db8::1]" };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		const char *page = get(f, targets[i], HTML, 200);

		assert_non_null(
		    strstr(page, "Take 2001:db8::/64 off the list"));
	}
}

static void
nothing_that_was_typed_becomes_markup(void **state)
{
	struct fixture *f = *state;
	const char *page = get(f, "/l/192.0.2.10", HTML, 200);

	assert_null(strstr(page, "<script"));
	assert_non_null(strstr(page, "&lt;script&gt;alert(&#39;no&#39;)"));
	assert_null(strstr(page, "/v1/delistings"));
	page = get(f, "/?address=%22%3E%3Cscript%3E", HTML, 400);
	assert_null(strstr(page, "<script"));
	assert_non_null(strstr(page, "value=\"&quot;&gt;&lt;script&gt;\""));
}

static void
the_form_leads_to_the_page_of_the_address(void **state)
{
	struct fixture *f = *state;

	get(f, "/?address=+%5B2001%3ADB8%3A%3A1%5D+", HTML, 303);
	assert_string_equal(header(f, "Location"), "/l/2001:db8::1");
}

static void
an_error_is_a_page_only_for_who_asks_for_one(void **state)
{
	struct fixture *f = *state;
	const char *body = get(f, "/nothing", "*/*", 404);

	assert_string_equal(f->exchange.reply.type, "application/problem+json");
	assert_non_null(strstr(body, "\"type\":\"/problems#not-found\""));
	assert_non_null(strstr(body, f->exchange.request.id));
	get(f, "/v1/lookup/nonsense", "application/json", 400);
	assert_string_equal(f->exchange.reply.type, "application/problem+json");
}

static void
the_plain_text_says_the_same(void **state)
{
	struct fixture *f = *state;
	const char *text = get(f, "/v1/lookup/192.0.2.9", "text/plain", 200);

	assert_non_null(
	    strstr(text, "192.0.2.9 is listed. This is not a spam listing.\n"));
	assert_non_null(strstr(text,
	    "  bl.example.test: 127.0.0.2 127.0.0.3 127.0.0.4 127.0.0.5\n"));
	assert_non_null(strstr(text, "\n      # acl_smtp_rcpt\n"
				     "      deny  !verify = recipient\n"));
	text = get(f, "/v1/lookup/192.0.2.12", "text/plain", 200);
	assert_string_equal(text, "192.0.2.12 is not listed.\n"
				  "  mail is still refused? its receiver may "
				  "remember for 10 minutes, "
				  "or asks another list\n");
	text = get(f, "/v1/lookup/192.0.2.10", "text/plain", 200);
	assert_non_null(strstr(text, "by the operator's hand until 2023-"));
}

static void
an_unchanged_answer_is_not_sent_again(void **state)
{
	struct fixture *f = *state;
	struct exchange *exchange = &f->exchange;
	char etag[REPLY_HEADER_VALUE_MAX];

	get(f, "/v1/lookup/192.0.2.9", "*/*", 200);
	strcpy(etag, header(f, "ETag"));
	exchange_deinit(exchange);
	exchange_init(exchange, &f->service);
	exchange->request.method = HTTP_GET;
	exchange->request.fields[0].name = "If-None-Match";
	exchange->request.fields[0].value = etag;
	exchange->request.field_count = 1;
	target_parse("/v1/lookup/192.0.2.9", &exchange->request.target);
	dispatch_begin(exchange);
	dispatch_handle(exchange);
	dispatch_finish(exchange);
	assert_int_equal(exchange->reply.status, 304);
	assert_string_equal(header(f, "ETag"), etag);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void
spoil(struct fixture *f, const char *name)
{
	struct store_txn *txn;

	assert_int_equal(store_begin_write(f->test.store, &txn), 0);
	assert_int_equal(store_put(txn, TABLE_META, OCTETS(name, strlen(name)),
			     OCTETS("?", 1)),
	    0);
	assert_int_equal(store_commit(txn), 0);
}

static void
rest(void *context)
{
	(void)context;
}

/* Who asks for an address is not sent away for what the operator is to mend. */
static void
is_fit_to_serve_while_look_ups_are_answered(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(writer_start(rest, NULL, &f->service.writer), 0);
	f->service.started_at = clock_seconds();
	assert_non_null(
	    strstr(get(f, "/healthz", "*/*", 200), "\"status\":\"ok\""));
	spoil(f, "listed");
	assert_non_null(
	    strstr(get(f, "/healthz", "*/*", 200), "\"status\":\"degraded\""));
	assert_null(strstr(get(f, "/status", HTML, 200), "cannot be read"));
	get(f, "/l/192.0.2.9", HTML, 200);
	spoil(f, "zone settings");
	assert_non_null(
	    strstr(get(f, "/healthz", "*/*", 503), "\"status\":\"failing\""));
	get(f, "/l/192.0.2.9", HTML, 503);
	assert_non_null(strstr(get(f, "/status", HTML, 503), "cannot be read"));
	writer_stop(f->service.writer);
	writer_free(f->service.writer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(shows_a_listed_server_what_happened_and_the_way_out),
		TEST(shows_a_visitor_the_ways_that_are_left),
		TEST(names_the_contact_on_every_page),
		TEST(takes_units_and_escaped_addresses),
		TEST(nothing_that_was_typed_becomes_markup),
		TEST(the_form_leads_to_the_page_of_the_address),
		TEST(an_error_is_a_page_only_for_who_asks_for_one),
		TEST(the_plain_text_says_the_same),
		TEST(an_unchanged_answer_is_not_sent_again),
		TEST(is_fit_to_serve_while_look_ups_are_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
