#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/shared.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static char network[] = "198.51.100.0/24", longer[] = "2001:db8::42/128";
static char domain[] = "pool.example.net";
static char *networks[] = { network, longer };
static char *domains[] = { domain };

static struct shared *
make(void)
{
	struct settings settings = { .path = NULL };
	struct shared *shared;

	settings.policy.shared_networks =
	    (struct settings_list){ networks, COUNT(networks) };
	settings.policy.shared_domains =
	    (struct settings_list){ domains, COUNT(domains) };
	assert_int_equal(shared_new(&settings, &shared), 0);
	return shared;
}

static void
knows_pools_by_their_network(void **state)
{
	static const struct {
		const char *address, *owner;
	} cases[] = {
		{ "209.85.128.1", "Google" },
		{ "40.107.22.3", "Microsoft 365" },
		{ "2a01:111:f403:8000::1", "Microsoft 365" },
		{ "2607:f8b0:4864:20::12a", "Google" },
		{ "198.51.100.9", "shared by many, as this list's operator "
				  "knows" },
		{ "198.51.101.9", NULL },
		/* IPv6 is listed by /64. */
		{ "2001:db8::1", "shared by many, as this list's operator "
				 "knows" },
		{ "2001:db8:0:1::42", NULL },
		{ "192.0.2.1", NULL },
		{ "8.8.8.8", NULL },
	};
	struct shared *shared = make();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *owner;
		struct ipaddr address;

		assert_int_equal(ipaddr_parse(cases[i].address, &address), 0);
		owner = shared_by_network(shared, &address);
		if (cases[i].owner == NULL)
			assert_null(owner);
		else
			assert_string_equal(owner, cases[i].owner);
	}
	shared_free(shared);
}

static void
knows_pools_by_their_hosts_names(void **state)
{
	static const struct {
		const char *name;
		bool shared;
	} cases[] = {
		{ "mout.gmx.net", true },
		{ "MOUT.GMX.NET.", true },
		{ "gmx.net", true },
		{ "notgmx.net", false },
		{ "gmx.net.example.com", false },
		{ "mail-lf1-f41.google.com", true },
		{ "a.pool.example.net", true },
		{ "pool.example.net", true },
		{ "carpool.example.net", false },
		{ "example.net", false },
		{ "net", false },
		{ ".", false },
		{ "", false },
	};
	struct shared *shared = make();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if ((shared_by_name(shared, cases[i].name) != NULL) !=
		    cases[i].shared)
			fail_msg("%s", cases[i].name);
	shared_free(shared);
}

/* A row that no address reaches, or a domain written as nobody asks. */
static void
the_tables_are_well_formed(void **state)
{
	struct shared *shared = make();

	(void)state;
	assert_in_range(shared_network_count, 1, 254);
	for (size_t i = 0; i < shared_network_count; i++) {
		const struct shared_entry *entry = &shared_networks[i];
		struct ipprefix prefix;

		assert_int_equal(ipprefix_parse(entry->what, &prefix), 0);
		assert_string_equal(
		    shared_by_network(shared, &prefix.address), entry->owner);
	}
	for (size_t i = 0; i < shared_domain_count; i++) {
		const char *what = shared_domains[i].what;

		assert_int_equal(strspn(what, "abcdefghijklmnopqrstuvwxyz"
					      "0123456789-."),
		    strlen(what));
		assert_string_equal(
		    shared_by_name(shared, what), shared_domains[i].owner);
	}
	shared_free(shared);
}

static void
refuses_what_is_no_network(void **state)
{
	static char wrong[] = "192.0.2.1/24";
	static char *items[] = { wrong };
	struct settings settings = { .path = NULL };
	struct shared *shared;

	(void)state;
	settings.policy.shared_networks = (struct settings_list){ items, 1 };
	assert_int_equal(shared_new(&settings, &shared), ERROR_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_pools_by_their_network),
		cmocka_unit_test(knows_pools_by_their_hosts_names),
		cmocka_unit_test(the_tables_are_well_formed),
		cmocka_unit_test(refuses_what_is_no_network),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
