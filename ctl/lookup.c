#include <inttypes.h>

#include "common/error.h"
#include "ctl/lookup_print.h"
#include "ctl/verb.h"
#include "db/evidence.h"
#include "db/exemption.h"
#include "db/told.h"
#include "db/verdict.h"

/*
 * What an operator sees of an address: everything, the public far less.
 */
#define EVIDENCE_SHOWN 10

/* --- collected in the transaction ----------------------------------------- */

/* {"main": ["127.0.0.2", "127.0.0.3"], "dsn": ["127.0.0.3"]} */
static json_t *
codes_of(const struct verdict *verdict)
{
	json_t *lists = json_object();

	for (int list = 0; list < SUBLIST_COUNT; list++) {
		unsigned codes = verdict->entries[list].codes;
		const char *label = sublists[list].label;
		json_t *answers;

		if (codes == 0)
			continue;
		answers = json_array();
		for (unsigned code = 0; code < 16; code++) {
			if ((codes & CODE_BIT(code)) != 0)
				json_array_append_new(
				    answers, json_sprintf("127.0.0.%u", code));
		}
		json_object_set_new(
		    lists, label[0] != '\0' ? label : "main", answers);
	}
	return lists;
}

static void
set_text(json_t *object, const char *name, const char *text)
{
	json_object_set_new(object, name, told_text(text));
}

static int
collect_evidence(const struct evidence *evidence, void *context)
{
	const char grade[2] = { proof_grade_letter(evidence->grade) };
	char address[IPADDR_TEXT_MAX];
	json_t *list = context, *item = json_object();

	json_object_set_new(item, "seen_at", told_time(evidence->seen_at));
	set_text(item, "kind", backscatter_name(evidence->kind));
	set_text(item, "grade", grade);
	set_text(item, "address", ipaddr_format(&evidence->address, address));
	json_object_set_new(
	    item, "trap", json_sprintf("%016" PRIx64, evidence->trap));
	json_object_set_new(
	    item, "campaign", json_sprintf("%016" PRIx64, evidence->campaign));
	set_text(item, "helo", evidence->helo);
	set_text(item, "reporting_mta", evidence->reporting_mta);
	set_text(item, "software", evidence->software);
	set_text(item, "queue_id", evidence->queue_id);
	set_text(item, "status", evidence->status);
	set_text(item, "diagnostic", evidence->diagnostic);
	set_text(item, "cause", evidence->cause);
	set_text(item, "signs", evidence->signs);
	json_array_append_new(list, item);
	return json_array_size(list) == EVIDENCE_SHOWN;
}

static void
set_counts(json_t *answer, const struct listing *listing)
{
	const struct {
		const char *name;
		json_int_t count;
	} counts[] = {
		{ "sightings", listing->sightings },
		{ "corroborated", listing->corroborated },
		{ "traps", listing->traps },
		{ "campaigns", listing->campaigns },
	};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		json_object_set_new(
		    answer, counts[i].name, json_integer(counts[i].count));
}

static void
set_times(json_t *answer, const struct listing *listing)
{
	const struct {
		const char *name;
		int64_t at;
	} times[] = {
		{ "first_seen_at", listing->first_seen_at },
		{ "last_seen_at", listing->last_seen_at },
		{ "listed_at", listing->listed_at },
		{ "expires_at", listing->expires_at },
		{ "delisted_at", listing->delisted_at },
	};

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		json_object_set_new(
		    answer, times[i].name, told_time(times[i].at));
}

static json_t *
describe(const struct listing *listing, const struct verdict *verdict)
{
	char unit[IPPREFIX_TEXT_MAX];
	json_t *answer = json_pack("{s:s, s:b, s:s}", "unit",
	    listing_unit_format(&listing->unit, unit), "listed",
	    verdict->listed, "state", listing_state_name(listing->state));

	json_object_set_new(answer, "lists", codes_of(verdict));
	json_object_set_new(answer, "kinds", told_kinds(listing->kinds));
	json_object_set_new(answer, "score", json_real(listing->score));
	set_counts(answer, listing);
	set_times(answer, listing);
	if (listing->manual_until != 0) {
		json_object_set_new(
		    answer, "manual_until", told_time(listing->manual_until));
		set_text(answer, "manual_reason", listing->manual_reason);
	}
	json_object_set_new(answer, "history", told_history(listing));
	return answer;
}

static int
add_exemption(struct ctl *ctl, struct store_txn *txn,
    const struct ipaddr *address, json_t *answer)
{
	struct exemption exemption;
	struct listable *listable;
	const char *why;
	int error = exemption_find(txn, address, ctl->now, &exemption);

	if (error == 0)
		set_text(answer, "exempt", exemption.reason);
	else if (error != ERROR_NOT_FOUND)
		return error;
	error = listable_new(&ctl->settings, &listable);
	if (error != 0)
		return error;
	why = listable_refusal(listable, address);
	if (why != NULL)
		set_text(answer, "never_listed", why);
	listable_free(listable);
	return 0;
}

static int
look_up(struct ctl *ctl, struct store_txn *txn, const struct ipaddr *address,
    json_t **answer)
{
	struct ipaddr unit = listing_unit(address);
	struct listing listing;
	struct verdict verdict;
	json_t *evidence;
	int error = listing_get(txn, &unit, &listing);

	if (error != 0 && error != ERROR_NOT_FOUND)
		return error;
	verdict_of(&listing, &verdict);
	*answer = describe(&listing, &verdict);
	error = add_exemption(ctl, txn, address, *answer);
	evidence = json_array();
	json_object_set_new(*answer, "evidence", evidence);
	if (error == 0)
		error =
		    evidence_of_newest(txn, &unit, collect_evidence, evidence);
	return error < 0 ? error : 0;
}

/* --- the verb ------------------------------------------------------------- */

struct questions {
	int count;
	char **words;
	json_t *answers;
};

static int
collect(struct ctl *ctl, struct store_txn *txn, void *context)
{
	const struct questions *questions = context;
	int error = 0;

	for (int i = 0; i < questions->count && error == 0; i++) {
		const char *word = questions->words[i];
		struct ipaddr address;
		json_t *answer = NULL;

		ipaddr_parse(word, &address);
		error = look_up(ctl, txn, &address, &answer);
		if (answer != NULL) {
			set_text(answer, "address", word);
			json_array_append_new(questions->answers, answer);
		}
	}
	return error;
}

static bool
are_addresses(int count, char *words[])
{
	struct ipaddr address;

	for (int i = 0; i < count; i++) {
		if (ipaddr_parse(words[i], &address) != 0) {
			ctl_say("%s is no address", words[i]);
			return false;
		}
	}
	return true;
}

/* CTL_OK when all are listed. */
static int
show(struct ctl *ctl, json_t *answers)
{
	bool all_listed = true;
	json_t *answer;
	int status;
	size_t i;

	json_array_foreach(answers, i, answer)
	{
		all_listed = all_listed &&
			     json_is_true(json_object_get(answer, "listed"));
		if (!ctl->json)
			lookup_print(answer);
	}
	status = ctl_finish(ctl, answers);
	return status == CTL_OK && !all_listed ? CTL_NOT_FOUND : status;
}

int
verb_lookup(struct ctl *ctl, int count, char *words[])
{
	struct questions questions = { count, words, NULL };
	int error, status;

	if (!are_addresses(count, words))
		return CTL_USAGE;
	status = ctl_open(ctl, STORE_READ);
	if (status != CTL_OK)
		return status;
	questions.answers = json_array();
	error = ctl_look(ctl, collect, &questions);
	if (error == 0)
		return show(ctl, questions.answers);
	json_decref(questions.answers);
	return ctl_fail(error, "cannot read the database");
}
