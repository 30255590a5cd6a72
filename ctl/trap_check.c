#include "ctl/trap_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/clock.h"
#include "ctl/progress.h"
#include "ctl/verb.h"
#include "db/evidence.h"
#include "db/listing.h"
#include "db/trap.h"

#define EVIDENCE_SECONDS (30 * 86400)
/* Of one mail server so many are counted. */
#define COUNTED_MAX 1000
/* A read transaction pins pages: it is renewed so often. */
#define STEP_MS 50

void
trap_check_note(struct trap_check *checking, json_t *checks, const char *what,
    bool good, json_t *says)
{
	checking->warned |= !good;
	json_array_append_new(checks, json_pack("{s:s, s:b, s:o}", "check",
					  what, "good", good, "says", says));
}

/* --- what was seen -------------------------------------------------------- */

static int
count_one(const struct evidence *evidence, void *context)
{
	unsigned *count = context;

	(void)evidence;
	return ++*count == COUNTED_MAX;
}

static int
count_from(struct trap_check *checking, const char *text, unsigned *count)
{
	struct ipaddr address, unit;
	int error;

	if (ipaddr_parse(text, &address) != 0)
		return 0;
	unit = listing_unit(&address);
	error = store_renew(checking->txn);
	if (error == 0) {
		error =
		    evidence_of_newest(checking->txn, &unit, count_one, count);
		store_reset(checking->txn);
	}
	return error < 0 ? error : 0;
}

/* Its own mail servers answer forged mail: then they are no trap's alone. */
static int
check_servers(
    struct trap_check *checking, const json_t *servers, json_t *checks)
{
	json_t *addresses = json_array(), *item;
	unsigned count = 0;
	int error = 0;
	size_t i;

	json_array_foreach(servers, i, item)
	{
		const char *name = json_string_value(item);

		if (*name == '\0')
			continue;
		dnsask_query(checking->ask, name, DNSASK_A, addresses);
		dnsask_query(checking->ask, name, DNSASK_AAAA, addresses);
	}
	json_array_foreach(addresses, i, item)
	{
		if (error == 0)
			error = count_from(
			    checking, json_string_value(item), &count);
	}
	if (error == 0)
		trap_check_note(checking, checks, "its servers", count == 0,
		    count == 0
			? json_string("sent us nothing")
			: json_sprintf("sent backscatter themselves: "
				       "%u sightings of %s",
			      count,
			      json_string_value(json_array_get(addresses, 0))));
	json_decref(addresses);
	return error;
}

/* What was submitted in the name of each trap. */
struct submissions {
	json_t *counts; /* by trap: its id in hexadecimal */
	int64_t deadline_ms;
	uint64_t next_id;
};

static int
note_submission(const struct evidence *evidence, void *context)
{
	struct submissions *submissions = context;
	char id[24];
	json_t *count;

	submissions->next_id = evidence->id + 1;
	if ((evidence->flags & EVIDENCE_SUBMISSION) != 0) {
		snprintf(id, sizeof(id), "%016" PRIx64, evidence->trap);
		count = json_object_get(submissions->counts, id);
		if (count != NULL)
			json_integer_set(count, json_integer_value(count) + 1);
		else
			json_object_set_new(
			    submissions->counts, id, json_integer(1));
	}
	return clock_monotonic_ms() >= submissions->deadline_ms;
}

static int
read_submissions(struct trap_check *checking, struct submissions *submissions)
{
	int64_t from = checking->ctl->now - EVIDENCE_SECONDS;
	struct progress progress;
	int more = 1, error = 0;

	submissions->next_id = (uint64_t)from * UINT64_C(1000000);
	progress_begin(&progress, "searching", EVIDENCE_SECONDS);
	while (error == 0 && more == 1) {
		error = store_renew(checking->txn);
		if (error != 0)
			break;
		submissions->deadline_ms = clock_monotonic_ms() + STEP_MS;
		more = evidence_list(checking->txn, submissions->next_id,
		    note_submission, submissions);
		store_reset(checking->txn);
		progress_show(&progress,
		    submissions->next_id / UINT64_C(1000000) - (uint64_t)from);
		error = more < 0 ? more : 0;
	}
	progress_end(&progress);
	return error;
}

static void
check_submissions(struct trap_check *checking, const json_t *traps,
    const json_t *counts, json_t *checks)
{
	json_int_t sum = 0;
	json_t *trap;
	size_t i;

	json_array_foreach(traps, i, trap) sum += json_integer_value(
	    json_object_get(counts, json_string_value(trap)));
	trap_check_note(checking, checks, "submission", sum == 0,
	    sum == 0
		? json_string("nobody was seen sending in its name")
		: json_sprintf("mail in its name was submitted by somebody's "
			       "own users, %" JSON_INTEGER_FORMAT
			       " times in 30 days",
		      sum));
}

/* --- all of it ------------------------------------------------------------ */

struct domains {
	json_t *traps; /* by domain: ids in hexadecimal */
	char **words;  /* NULL: all */
	int count;
};

/* "@trap.example", "@.trap.example" and "trap.example" name it alike. */
static bool
is_wanted(const struct domains *domains, const char *domain)
{
	for (int i = 0; i < domains->count; i++) {
		const char *word = strrchr(domains->words[i], '@');

		word = word != NULL ? word + 1 : domains->words[i];
		word += *word == '.';
		if (strcasecmp(word, domain) == 0)
			return true;
	}
	return domains->count == 0;
}

static int
note_trap(const struct trap *trap, void *context)
{
	struct domains *domains = context;
	json_t *ids = json_object_get(domains->traps, trap->domain);

	if (trap->state == TRAP_RETIRED || !is_wanted(domains, trap->domain))
		return 0;
	if (ids == NULL) {
		ids = json_array();
		json_object_set_new(domains->traps, trap->domain, ids);
	}
	json_array_append_new(ids, json_sprintf("%016" PRIx64, trap->id));
	return 0;
}

static int
check_domain(struct trap_check *checking, const char *domain,
    const json_t *traps, const json_t *counts, json_t *answer)
{
	json_t *checks = json_array(), *servers = json_array();
	int error;

	trap_check_dns(checking, domain, checks, servers);
	error = check_servers(checking, servers, checks);
	check_submissions(checking, traps, counts, checks);
	json_array_append_new(answer,
	    json_pack("{s:s, s:o, s:o}", "domain", domain, "checks", checks,
		"publish", trap_check_records(checking, domain)));
	json_decref(servers);
	return error;
}

static void
print_domain(const json_t *domain)
{
	json_t *item;
	size_t i;

	printf("%s\n", json_string_value(json_object_get(domain, "domain")));
	json_array_foreach(json_object_get(domain, "checks"), i, item)
	    printf("  %-4s  %-12s %s\n",
		json_is_true(json_object_get(item, "good")) ? "ok" : "warn",
		json_string_value(json_object_get(item, "check")),
		json_string_value(json_object_get(item, "says")));
	puts("  publish:");
	json_array_foreach(json_object_get(domain, "publish"), i, item)
	    printf("    %s\n", json_string_value(item));
	putchar('\n');
}

static int
check_all(
    struct trap_check *checking, const struct domains *domains, json_t *answer)
{
	struct submissions submissions = { .counts = json_object() };
	int error = read_submissions(checking, &submissions);
	const char *domain;
	json_t *traps;

	json_object_foreach(domains->traps, domain, traps)
	{
		if (error == 0)
			error = check_domain(checking, domain, traps,
			    submissions.counts, answer);
	}
	json_decref(submissions.counts);
	return error;
}

static int
run(struct trap_check *checking, struct domains *domains)
{
	struct ctl *ctl = checking->ctl;
	json_t *answer = json_array(), *domain;
	int status, error = store_begin_read(ctl->store, &checking->txn);
	size_t i;

	if (error == 0)
		error = trap_list(checking->txn, note_trap, domains);
	if (error == 0) {
		store_reset(checking->txn);
		error = check_all(checking, domains, answer);
	}
	store_abort(checking->txn);
	if (error != 0) {
		json_decref(answer);
		return ctl_fail(error, "cannot read the database");
	}
	if (json_array_size(answer) == 0) {
		json_decref(answer);
		ctl_say("no such trap");
		return CTL_NOT_FOUND;
	}
	if (!ctl->json)
		json_array_foreach(answer, i, domain) print_domain(domain);
	status = ctl_finish(ctl, answer);
	return status == CTL_OK && checking->warned ? CTL_NOT_FOUND : status;
}

int
verb_trap_check(struct ctl *ctl, int count, char *words[])
{
	struct domains domains = { json_object(), words, count };
	struct trap_check checking = { .ctl = ctl };
	int status = ctl_open(ctl, STORE_READ);
	int error = 0;

	if (status == CTL_OK)
		error = dnsask_open(ctl->server, &checking.ask);
	if (status == CTL_OK && error != 0)
		status = ctl_fail(error, "%s",
		    ctl->server != NULL ? ctl->server : "/etc/resolv.conf");
	if (status == CTL_OK)
		status = run(&checking, &domains);
	dnsask_close(checking.ask);
	json_decref(domains.traps);
	return status;
}
