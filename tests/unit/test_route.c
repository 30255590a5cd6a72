#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdlib.h>

#include "httpapi/route.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct route table[] = {
	{ "home", HTTP_GET, "/", NULL, 0, BODY_NONE, 0, 0 },
	{ "lookup", HTTP_GET, "/v1/lookup/{}", NULL, 0, BODY_NONE, 0, 0 },
	{ "things", HTTP_GET, "/v1/things", NULL, 0, BODY_NONE, 0, 0 },
	{ "add", HTTP_POST, "/v1/things", NULL, 0, BODY_JSON | BODY_FORM, 100,
	    0 },
	{ "form", HTTP_POST, "/form", NULL, 0, BODY_FORM, 100, 0 },
};

static void
finds_the_row_for_path_and_method(void **state)
{
	static const struct {
		const char *path;
		enum http_method method;
		enum route_outcome outcome;
		const char *name; /* NULL: no row */
		const char *rest;
		const char *allow;
	} cases[] = {
		{ "/", HTTP_GET, ROUTE_FOUND, "home", "",
		    "GET, HEAD, OPTIONS" },
		{ "/", HTTP_HEAD, ROUTE_FOUND, "home", "",
		    "GET, HEAD, OPTIONS" },
		{ "/v1/lookup/192.0.2.1", HTTP_GET, ROUTE_FOUND, "lookup",
		    "192.0.2.1", "GET, HEAD, OPTIONS" },
		{ "/v1/lookup/2001%3Adb8%3A%3a/64", HTTP_GET, ROUTE_FOUND,
		    "lookup", "2001:db8::/64", "GET, HEAD, OPTIONS" },
		{ "/v1/lookup/a%2fb", HTTP_GET, ROUTE_FOUND, "lookup", "a/b",
		    "GET, HEAD, OPTIONS" },
		{ "/v1/lookup/%00", HTTP_GET, ROUTE_BAD_PATH, "lookup", NULL,
		    NULL },
		{ "/v1/lookup/%zz", HTTP_GET, ROUTE_BAD_PATH, "lookup", NULL,
		    NULL },
		{ "/v1/lookup/", HTTP_GET, ROUTE_NO_PATH, NULL, "", "" },
		{ "/v1/lookup", HTTP_GET, ROUTE_NO_PATH, NULL, "", "" },
		{ "/v1/things", HTTP_POST, ROUTE_FOUND, "add", "",
		    "GET, HEAD, POST, OPTIONS" },
		{ "/v1/things", HTTP_OPTIONS, ROUTE_FOUND, NULL, "",
		    "GET, HEAD, POST, OPTIONS" },
		{ "/v1/things", HTTP_OTHER, ROUTE_NO_METHOD, NULL, "",
		    "GET, HEAD, POST, OPTIONS" },
		{ "/form", HTTP_GET, ROUTE_NO_METHOD, NULL, "",
		    "POST, OPTIONS" },
		{ "/form", HTTP_HEAD, ROUTE_NO_METHOD, NULL, "",
		    "POST, OPTIONS" },
		{ "/v1/things/", HTTP_GET, ROUTE_NO_PATH, NULL, "", "" },
		{ "//", HTTP_GET, ROUTE_NO_PATH, NULL, "", "" },
		{ "/V1/things", HTTP_GET, ROUTE_NO_PATH, NULL, "", "" },
		{ "", HTTP_GET, ROUTE_NO_PATH, NULL, "", "" },
		{ "/v1/lookup/{}", HTTP_GET, ROUTE_FOUND, "lookup", "{}",
		    "GET, HEAD, OPTIONS" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char rest[TARGET_MAX + 1], allow[ROUTE_ALLOW_MAX];
		const struct route *route;
		unsigned methods;

		assert_int_equal(route_find(table, COUNT(table), cases[i].path,
				     cases[i].method, &route, &methods, rest),
		    cases[i].outcome);
		if (cases[i].name != NULL)
			assert_string_equal(route->name, cases[i].name);
		else
			assert_null(route);
		if (cases[i].outcome == ROUTE_BAD_PATH)
			continue;
		assert_string_equal(rest, cases[i].rest);
		assert_string_equal(
		    route_allow(methods, allow), cases[i].allow);
	}
}

static void
refuses_bodies_by_type_and_length(void **state)
{
	static const struct {
		const char *row;
		const char *type; /* NULL: no Content-Type */
		bool has_length, has_coding;
		uint64_t length;
		unsigned status;
	} cases[] = {
		{ "home", NULL, false, false, 0, 0 },
		{ "home", "text/plain", true, false, 0, 0 },
		{ "home", NULL, true, false, 1, 413 },
		{ "home", NULL, false, true, 0, 411 },
		{ "add", "application/json", true, false, 100, 0 },
		{ "add", "application/json; charset=utf-8", true, false, 2, 0 },
		{ "add", "application/x-www-form-urlencoded", true, false, 2,
		    0 },
		{ "add", "application/json", true, false, 101, 413 },
		{ "add", "application/json", true, false, UINT64_MAX, 413 },
		{ "add", "application/json", false, false, 0, 411 },
		{ "add", "application/json", false, true, 0, 411 },
		{ "add", "text/plain", true, false, 2, 415 },
		{ "add", "multipart/form-data; boundary=x", true, false, 2,
		    415 },
		{ "add", NULL, true, false, 2, 415 },
		{ "form", "application/json", true, false, 2, 415 },
	};
	struct request *request = calloc(1, sizeof(*request));

	(void)state;
	assert_non_null(request);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct route *route = table;

		while (strcmp(route->name, cases[i].row) != 0)
			route++;
		request->field_count = cases[i].type != NULL ? 1 : 0;
		request->fields[0].name = "Content-Type";
		request->fields[0].value = cases[i].type;
		request->has_length = cases[i].has_length;
		request->has_coding = cases[i].has_coding;
		request->content_length = cases[i].length;
		assert_int_equal(
		    route_body_refusal(route, request), cases[i].status);
	}
	free(request);
}

/* A path of the real table answers one method with one row. */
static void
no_row_of_the_table_hides_another(void **state)
{
	(void)state;
	for (size_t i = 0; i < route_count; i++) {
		char path[TARGET_MAX + 1], rest[TARGET_MAX + 1];
		const struct route *route;
		unsigned methods;

		assert_non_null(routes[i].handler);
		assert_true(
		    routes[i].bodies != BODY_NONE || routes[i].body_max == 0);
		assert_true(routes[i].body_max <= REQUEST_BODY_MAX);
		strcpy(path, routes[i].path);
		assert_int_equal(route_find(routes, route_count, path,
				     routes[i].method, &route, &methods, rest),
		    ROUTE_FOUND);
		assert_ptr_equal(route, &routes[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_row_for_path_and_method),
		cmocka_unit_test(refuses_bodies_by_type_and_length),
		cmocka_unit_test(no_row_of_the_table_hides_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
