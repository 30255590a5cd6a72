#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "common/settings.h"
#include "tests/support/capture.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static char path[] = "/tmp/bsbl-settings-XXXXXX";

static int
make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	close(fd);
	return fd < 0 ? -1 : 0;
}

static int
remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static void
put_file(const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* What reading `text` says on standard error; free it. */
static char *
complaint_about(const char *text, int expected)
{
	struct capture capture;
	struct settings settings;
	int result;
	char *said;

	put_file(text);
	capture = capture_begin(STDERR_FILENO);
	result = settings_read(path, &settings);
	said = capture_end(&capture);
	assert_int_equal(result, expected);
	assert_true(result == 0 || settings.path == NULL);
	settings_free(&settings);
	return said;
}

static struct settings
read_good(const char *text)
{
	struct settings settings;

	put_file(text);
	assert_int_equal(settings_read(path, &settings), 0);
	return settings;
}

static char *
print(const struct settings *settings)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	settings_print(settings, out);
	fclose(out);
	return text;
}

static void
has_sound_defaults(void **state)
{
	struct settings settings;

	(void)state;
	assert_int_equal(settings_read(NULL, &settings), 0);
	assert_string_equal(settings.path, "");
	assert_string_equal(settings.database.path, "/var/lib/bsbl");
	assert_true(settings.database.map_bytes == 64LL << 30);
	assert_int_equal(settings.database.reserve_percent, 5);
	assert_true(settings.database.reserve_bytes == 256LL << 20);
	assert_string_equal(settings.zone.origin, "");
	assert_int_equal(settings.zone.expire_seconds, 604800);
	assert_int_equal(settings.dnsd.listen.count, 2);
	assert_string_equal(settings.dnsd.listen.items[0], "127.0.0.1:53");
	assert_string_equal(settings.dnsd.listen.items[1], "[::1]:53");
	assert_true(settings.ingest.message_bytes == 10LL << 20);
	assert_string_equal(settings.policy.preset, "small");
	assert_int_equal(settings.policy.half_life_seconds, -1);
	assert_true(settings.policy.list_score < 0);
	assert_int_equal(settings.policy.least_traps, -1);
	settings_free(&settings);
	assert_null(settings.database.path);
	settings_free(&settings);
}

static void
reads_every_type_of_value(void **state)
{
	struct settings settings =
	    read_good("# a comment with a 'quote and ${HOME}\n"
		      "/* and one\n of two lines */\n"
		      "zone {\n"
		      "\torigin = \"bl.example.test\"\n"
		      "\tname_servers = { \"ns1.example.net\",\n"
		      "\t\t'ns2.bl.example.test 192.0.2.53' }\n"
		      "\ttext = 'say \"{kinds}\" # \\\\ \\'here\\''\n"
		      "\tttl_seconds = 5m // five\n"
		      "\tretry_seconds = 90s\n"
		      "}\n"
		      "dnsd { listen = \"*:5300\" workers = 3 }\n"
		      "database { path = ./var map_bytes = 1GiB }\r\n"
		      "policy { list_score = 1.25 relist_score = preset\n"
		      "\town_networks = { 192.0.2.0/24, 2001:db8::/32 } }\n"
		      "dnsd { tcp_idle_seconds = 7 }");

	(void)state;
	assert_string_equal(settings.path, path);
	assert_string_equal(settings.zone.origin, "bl.example.test");
	assert_int_equal(settings.zone.name_servers.count, 2);
	assert_string_equal(settings.zone.name_servers.items[1],
	    "ns2.bl.example.test 192.0.2.53");
	assert_string_equal(settings.zone.text, "say \"{kinds}\" # \\ 'here'");
	assert_int_equal(settings.zone.ttl_seconds, 300);
	assert_int_equal(settings.zone.retry_seconds, 90);
	assert_int_equal(settings.dnsd.listen.count, 1);
	assert_string_equal(settings.dnsd.listen.items[0], "*:5300");
	assert_int_equal(settings.dnsd.workers, 3);
	assert_int_equal(settings.dnsd.tcp_idle_seconds, 7);
	assert_string_equal(settings.database.path, "./var");
	assert_true(settings.database.map_bytes == 1LL << 30);
	assert_true(settings.policy.list_score == 1.25);
	assert_true(settings.policy.relist_score == -1);
	assert_int_equal(settings.policy.own_networks.count, 2);
	settings_free(&settings);
}

static void
an_empty_list_takes_the_place_of_the_default(void **state)
{
	struct settings settings = read_good("ingest { listen = {} }");

	(void)state;
	assert_int_equal(settings.ingest.listen.count, 0);
	settings_free(&settings);
}

static void
takes_no_file_that_sets_nothing_for_the_defaults(void **state)
{
	static const char *const texts[] = { "", "# cut off\n", "zone {\n}\n" };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		char *said = complaint_about(texts[i], ERROR_FORMAT);

		assert_string_equal(
		    said + strlen(path), ": sets nothing; was it cut off?\n");
		free(said);
	}
}

static void
refuses_with_file_and_line(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "# one\n# two\nzone {\n\tbad = 1\n}\n",
		    ":4: no such option 'bad'\n" },
		{ "\nmail { }\n", ":2: no such option 'mail'\n" },
		{ "/*\n*/\nttl_seconds = 5\n",
		    ":3: no such option 'ttl_seconds'\n" },
		{ "dnsd {\nworkers = 65 }",
		    ":2: workers = 65: expected 0 to 64\n" },
		{ "dnsd { workers = many }",
		    ":1: workers = many: expected a whole number\n" },
		{ "dnsd { workers = -1 }",
		    ":1: workers = -1: expected a whole number\n" },
		{ "dnsd { workers = 99999999999999999999 }",
		    ":1: workers = 99999999999999999999: expected a whole "
		    "number\n" },
		{ "dnsd { workers = 5m }",
		    ":1: workers = 5m: expected a whole number\n" },
		{ "zone { ttl_seconds = 2d }",
		    ":1: ttl_seconds = 2d: expected 0 to 1d\n" },
		{ "zone { ttl_seconds = 5x }",
		    ":1: ttl_seconds = 5x: expected a time such as 300, 5m, "
		    "12h or 7d\n" },
		{ "database { map_bytes = 999999999999TiB }",
		    ":1: map_bytes = 999999999999TiB: expected 1MiB to 64TiB"
		    "\n" },
		{ "policy { list_score = -1 }",
		    ":1: list_score = -1: expected a number such as 1.5, or "
		    "preset\n" },
		{ "policy { list_score = 1e3 }",
		    ":1: list_score = 1e3: expected a number such as 1.5, or "
		    "preset\n" },
		{ "policy { list_score = 1001 }",
		    ":1: list_score = 1001: expected 0 to 1000, or preset\n" },
		{ "dnsd { workers = preset }",
		    ":1: workers = preset: expected a whole number\n" },
		{ "policy {\npreset = tiny }",
		    ":2: preset = tiny: expected one of small large eager\n" },
		{ "policy { own_networks = { 192.0.2.0/24,\n192.0.2.1/24 } }",
		    ":2: own_networks = 192.0.2.1/24: expected an IP address, "
		    "or a network such as 192.0.2.0/24 without host bits\n" },
		{ "dnsd { listen = 127.0.0.1 }",
		    ":1: listen = 127.0.0.1: expected ADDRESS:PORT, "
		    "[ADDRESS]:PORT, *:PORT or the path of a socket\n" },
		{ "dnsd { workers = 1 }\ndnsd { workers = 2 }",
		    ":2: workers is set in line 1 already\n" },
		{ "dnsd { listen = '*:53'\nlisten = '*:54' }",
		    ":2: listen is set in line 1 already\n" },
		{ "zone { origin \"x\" }",
		    ":1: missing equal sign after option 'origin'\n" },
		{ "zone { origin = { x } }", ":1: unexpected token '{'\n" },
		{ "zone {\norigin = ", ":1: a brace that is never closed\n" },
		{ "zone { }\n}", ":2: unexpected closing brace\n" },
		{ "'' = x", ":1: not in the expected form\n" },
		{ "'zone|origin' = x",
		    ":1: origin belongs in another section\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *said = complaint_about(cases[i].text, ERROR_FORMAT);

		assert_memory_equal(said, path, strlen(path));
		assert_string_equal(said + strlen(path), cases[i].said);
		free(said);
	}
}

static void
refuses_what_would_be_misread(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "dnsd { listen = *:53 }",
		    ":1: a value that must be put in quotes\n" },
		{ "zone { portal = https://bl.example.test/ }",
		    ":1: a value that must be put in quotes\n" },
		{ "database {\npath = /var/lib/bsbl/\n}",
		    ":2: a value that must be put in quotes\n" },
		{ "zone { contact = me#here }",
		    ":1: a value that must be put in quotes\n" },
		{ "zone { text = $HOME }",
		    ":1: a value that must be put in quotes\n" },
		{ "zone { text = \"${HOME}\" }",
		    ":1: \"${\" is not expanded here\n" },
		{ "zone { text = \"a\\nb\" }",
		    ":1: a backslash that hides neither a quote nor a "
		    "backslash\n" },
		{ "zone {\ntext = \"open\n}",
		    ":2: a string that does not end on its line\n" },
		{ "zone { }\n/* open\n\n",
		    ":2: a comment that does not end\n" },
		{ "log { }\nzone {\norigin = \"a.example\"\n",
		    ":2: a brace that is never closed\n" },
		{ "dnsd {\nlisten = {\n\"*:53\"\n",
		    ":2: a brace that is never closed\n" },
		{ "zone { text = '\x1b[0m' }", ":1: a control character\n" },
		{ "zone {\x01}", ":1: a control character\n" },
		{ "dnsd { listen += '*:53' }",
		    ":1: a list is written whole, with \"=\"\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *said = complaint_about(cases[i].text, ERROR_FORMAT);

		assert_memory_equal(said, path, strlen(path));
		assert_string_equal(said + strlen(path), cases[i].said);
		free(said);
	}
}

static void
a_failure_leaves_nothing_behind_for_the_next_file(void **state)
{
	struct settings settings;

	(void)state;
	free(complaint_about("zone { text = \"open\n", ERROR_FORMAT));
	free(complaint_about("/* open", ERROR_FORMAT));
	free(complaint_about("dnsd { workers = 7 workers = 8", ERROR_FORMAT));
	settings = read_good("dnsd { workers = 9 }");
	assert_int_equal(settings.dnsd.workers, 9);
	settings_free(&settings);
}

static void
names_a_file_that_cannot_be_read(void **state)
{
	static const struct {
		const char *path, *said;
		int error;
	} cases[] = {
		{ "/nowhere/bsbl.conf",
		    "/nowhere/bsbl.conf: No such file or directory\n",
		    -ENOENT },
		{ "/tmp", "/tmp: Is a directory\n", ERROR_FORMAT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct capture capture = capture_begin(STDERR_FILENO);
		struct settings settings;
		int error = settings_read(cases[i].path, &settings);
		char *said = capture_end(&capture);

		assert_int_equal(error, cases[i].error);
		assert_string_equal(said, cases[i].said);
		assert_null(settings.path);
		free(said);
	}
}

static void
refuses_files_and_lists_without_measure(void **state)
{
	char *big = malloc((1 << 20) + 2), *said;
	size_t len;

	(void)state;
	memset(big, ' ', (1 << 20) + 1);
	big[(1 << 20) + 1] = '\0';
	said = complaint_about(big, ERROR_FORMAT);
	assert_string_equal(said + strlen(path), ": larger than 1 MiB\n");
	free(said);

	len = (size_t)sprintf(big, "policy { own_networks = { ");
	for (int i = 0; i <= 1000; i++)
		len +=
		    (size_t)sprintf(big + len, "10.0.%d.%d,", i / 256, i % 256);
	sprintf(big + len, "::1 } }");
	said = complaint_about(big, ERROR_FORMAT);
	assert_non_null(strstr(said, "expected at most 1000 items\n"));
	free(said);

	len = (size_t)sprintf(big, "zone { text = ");
	memset(big + len, 'x', 1025);
	sprintf(big + len + 1025, " }");
	said = complaint_about(big, ERROR_FORMAT);
	assert_non_null(
	    strstr(said, "...: expected text of at most 1024 octets\n"));
	free(said);
	free(big);
}

static void
prints_what_reads_back_as_the_same(void **state)
{
	struct settings settings =
	    read_good("zone { text = 'a \"b\" \\\\ {c}' ttl_seconds = 3601 }\n"
		      "policy { list_score = 0.1 auto_score = 123.456 }\n"
		      "database { map_bytes = 1536MiB reserve_bytes = 0 }\n"
		      "dnsd { listen = {} }");
	char *first = print(&settings), *second;

	(void)state;
	assert_non_null(strstr(first, "\ttext = \"a \\\"b\\\" \\\\ {c}\"\n"));
	assert_non_null(strstr(first, "\tttl_seconds = 3601\n"));
	assert_non_null(strstr(first, "\tlist_score = 0.1\n"));
	assert_non_null(strstr(first, "\tmap_bytes = 1536MiB\n"));
	assert_non_null(strstr(first, "\treserve_bytes = 0\n"));
	assert_non_null(strstr(first, "\tudp_size = 1232 # default\n"));
	assert_non_null(strstr(first, "\trelist_score = preset # default\n"));
	settings_free(&settings);
	settings = read_good(first);
	second = print(&settings);
	assert_string_equal(first, second);
	settings_free(&settings);
	free(first);
	free(second);
}

static void
every_row_is_fit_for_the_manual(void **state)
{
	(void)state;
	for (size_t i = 0; i < settings_count(); i++) {
		const struct settings_row *row = settings_row(i);
		size_t len = strlen(row->help);

		assert_true(len > 0 && row->help[len - 1] == '.');
		assert_true(row->offset < sizeof(struct settings));
		/* A section stands together, a name once in it. */
		for (size_t k = 0; k < i; k++) {
			const struct settings_row *other = settings_row(k);

			if (strcmp(other->section, row->section) != 0)
				continue;
			assert_string_equal(
			    settings_row(i - 1)->section, row->section);
			assert_string_not_equal(other->name, row->name);
			assert_int_not_equal(other->offset, row->offset);
		}
	}
	assert_null(settings_row(settings_count()));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_sound_defaults),
		cmocka_unit_test(reads_every_type_of_value),
		cmocka_unit_test(an_empty_list_takes_the_place_of_the_default),
		cmocka_unit_test(
		    takes_no_file_that_sets_nothing_for_the_defaults),
		cmocka_unit_test(refuses_with_file_and_line),
		cmocka_unit_test(refuses_what_would_be_misread),
		cmocka_unit_test(
		    a_failure_leaves_nothing_behind_for_the_next_file),
		cmocka_unit_test(names_a_file_that_cannot_be_read),
		cmocka_unit_test(refuses_files_and_lists_without_measure),
		cmocka_unit_test(prints_what_reads_back_as_the_same),
		cmocka_unit_test(every_row_is_fit_for_the_manual),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
