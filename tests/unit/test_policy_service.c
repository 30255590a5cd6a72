#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "ingest/policy_service.h"

#define WAIT_MS 1000
#define MOST 10

static const struct ipaddr front = { { 1 } }, other_front = { { 2 } };

/* Addresses that begin with t are traps, with p role addresses. */
static int
find(void *context, struct envelope_recipient *recipient)
{
	(void)context;
	recipient->trap = recipient->path[0] == 't' ? 7 : 0;
	return strchr("tp", recipient->path[0]) != NULL ? 0 : ERROR_NOT_FOUND;
}

static int
setup(void **state)
{
	*state = policy_service_new(WAIT_MS, MOST);
	return *state == NULL;
}

static int
teardown(void **state)
{
	policy_service_free(*state);
	return 0;
}

static struct policy_request
request_of(enum policy_stage stage, const char *instance)
{
	struct policy_request request = { .stage = stage,
		.client_known = true };

	strcpy(request.instance, instance);
	strcpy(request.recipient, "trap@trap.example");
	strcpy(request.helo, "mail.example.net");
	assert_int_equal(ipaddr_parse("192.0.2.25", &request.client), 0);
	return request;
}

static enum policy_note
ask(struct policy_service *service, const struct policy_request *request,
    int64_t now_ms)
{
	return policy_service_ask(
	    service, &front, request, find, NULL, now_ms, 1700000000);
}

static void
ask_for(struct policy_service *service, enum policy_stage stage,
    const char *instance, int64_t now_ms)
{
	struct policy_request request = request_of(stage, instance);

	ask(service, &request, now_ms);
}

/* The server asks at every stage. */
static void
show_stages(struct policy_service *service)
{
	ask_for(service, POLICY_STAGE_MESSAGE, "whatever", 0);
}

static unsigned
count_due(struct policy_service *service, int64_t now_ms)
{
	struct policy_callout callout;
	unsigned count = 0;

	while (policy_service_due(service, now_ms, &callout) == 0) {
		policy_service_drop(service);
		count++;
	}
	return count;
}

static void
a_recipient_without_a_message_is_a_callout(void **state)
{
	struct policy_service *service = *state;
	struct policy_callout callout;

	show_stages(service);
	ask_for(service, POLICY_STAGE_RCPT, "a", 0);
	assert_int_equal(policy_service_due(service, WAIT_MS - 1, &callout),
	    ERROR_NOT_FOUND);
	assert_int_equal(policy_service_due(service, WAIT_MS, &callout), 0);
	assert_int_equal(callout.envelope.recipients[0].trap, 7);
	assert_string_equal(callout.envelope.helo, "mail.example.net");
	assert_string_equal(callout.envelope.sender, "");
	assert_int_equal(callout.envelope.received_at, 1700000000);
	assert_int_equal(callout.others, 0);
	/* Until it is dropped it is due. */
	assert_int_equal(policy_service_due(service, WAIT_MS, &callout), 0);
	policy_service_drop(service);
	assert_int_equal(policy_service_count(service), 0);
}

static void
a_message_ends_the_suspicion(void **state)
{
	struct policy_service *service = *state;

	ask_for(service, POLICY_STAGE_RCPT, "a", 0);
	ask_for(service, POLICY_STAGE_RCPT, "b", 0);
	ask_for(service, POLICY_STAGE_MESSAGE, "a", 10);
	assert_int_equal(policy_service_count(service), 1);
	assert_int_equal(count_due(service, WAIT_MS), 1);
}

static void
other_mail_is_none(void **state)
{
	struct policy_service *service = *state;
	struct policy_request request;

	show_stages(service);
	request = request_of(POLICY_STAGE_RCPT, "a");
	strcpy(request.sender, "someone@example.net");
	ask(service, &request, 0);
	request = request_of(POLICY_STAGE_RCPT, "b");
	strcpy(request.recipient, "nobody@trap.example");
	ask(service, &request, 0);
	request = request_of(POLICY_STAGE_RCPT, "c");
	strcpy(request.recipient, "postmaster@trap.example");
	ask(service, &request, 0);
	request = request_of(POLICY_STAGE_RCPT, "d");
	strcpy(request.user, "user");
	ask(service, &request, 0);
	request = request_of(POLICY_STAGE_RCPT, "e");
	request.client_known = false;
	ask(service, &request, 0);
	request = request_of(POLICY_STAGE_RCPT, "f");
	request.cut = true;
	ask(service, &request, 0);
	request = request_of(POLICY_STAGE_RCPT, "");
	ask(service, &request, 0);
	request = request_of(POLICY_STAGE_OTHER, "g");
	ask(service, &request, 0);
	assert_int_equal(policy_service_count(service), 0);
}

static void
a_double_bounce_is_a_callouts_sender(void **state)
{
	struct policy_service *service = *state;
	struct policy_request request = request_of(POLICY_STAGE_RCPT, "a");

	show_stages(service);
	strcpy(request.sender, "double-bounce@mail.example.net");
	ask(service, &request, 0);
	assert_int_equal(count_due(service, WAIT_MS), 1);
}

static void
counts_the_other_recipients(void **state)
{
	struct policy_service *service = *state;
	struct policy_request request = request_of(POLICY_STAGE_RCPT, "a");
	struct policy_callout callout;

	show_stages(service);
	ask(service, &request, 0);
	ask(service, &request, 1); /* the same again */
	strcpy(request.recipient, "nobody@trap.example");
	ask(service, &request, 2);
	strcpy(request.recipient, "t2@trap.example");
	ask(service, &request, 3);
	assert_int_equal(policy_service_due(service, WAIT_MS, &callout), 0);
	assert_int_equal(callout.others, 2);
	assert_int_equal(policy_service_count(service), 1);
}

static void
a_server_that_asks_at_rcpt_alone_counts_for_nothing(void **state)
{
	struct policy_service *service = *state;
	struct policy_request request = request_of(POLICY_STAGE_RCPT, "a");
	struct policy_callout callout;

	ask(service, &request, 0);
	/* That another one asks later says nothing of this one. */
	request.stage = POLICY_STAGE_MESSAGE;
	policy_service_ask(service, &other_front, &request, find, NULL, 0, 0);
	assert_int_equal(
	    policy_service_due(service, WAIT_MS, &callout), ERROR_REFUSED);
	show_stages(service);
	assert_int_equal(policy_service_due(service, WAIT_MS, &callout), 0);
}

static void
two_servers_may_use_the_same_instance(void **state)
{
	struct policy_service *service = *state;
	struct policy_request request = request_of(POLICY_STAGE_RCPT, "a");

	ask(service, &request, 0);
	policy_service_ask(service, &other_front, &request, find, NULL, 0, 0);
	assert_int_equal(policy_service_count(service), 2);
	ask_for(service, POLICY_STAGE_MESSAGE, "a", 1);
	assert_int_equal(policy_service_count(service), 1);
}

static void
remembers_so_many_and_forgets_the_oldest(void **state)
{
	struct policy_service *service = *state;
	struct policy_callout callout;
	char instance[16];

	show_stages(service);
	for (int i = 0; i < 3 * MOST; i++) {
		struct policy_request request;

		snprintf(instance, sizeof(instance), "i%d", i);
		request = request_of(POLICY_STAGE_RCPT, instance);
		snprintf(request.helo, sizeof(request.helo), "h%d", i);
		assert_int_equal(ask(service, &request, i),
		    i < MOST ? POLICY_NOTED : POLICY_CROWDED);
	}
	assert_int_equal(policy_service_count(service), MOST);
	assert_int_equal(
	    policy_service_due(service, 10 * WAIT_MS, &callout), 0);
	assert_string_equal(callout.envelope.helo, "h20");
	policy_service_change(service, WAIT_MS, 3);
	assert_int_equal(count_due(service, 10 * WAIT_MS), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_recipient_without_a_message_is_a_callout, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(
		    a_message_ends_the_suspicion, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    other_mail_is_none, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_double_bounce_is_a_callouts_sender, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    counts_the_other_recipients, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_server_that_asks_at_rcpt_alone_counts_for_nothing, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(
		    two_servers_may_use_the_same_instance, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    remembers_so_many_and_forgets_the_oldest, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
