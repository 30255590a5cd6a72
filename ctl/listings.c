#include <stdio.h>

#include "common/clock.h"
#include "common/error.h"
#include "ctl/decision.h"
#include "ctl/verb.h"
#include "db/record.h"
#include "db/told.h"

/* What one of the verbs here is about, and what came of it. */
struct task {
	struct ipprefix prefix;
	const char *refusal;
	ctl_change *run; /* its context is the task */
};

/* `done` says what happened, in text before the prefix and as JSON's name. */
static int
run_task(struct ctl *ctl, const char *word, struct task *task, const char *done)
{
	char text[IPPREFIX_TEXT_MAX], until[CLOCK_TEXT_MAX];
	int error, status = ctl_parse_target(word, &task->prefix);

	if (status == CTL_OK)
		status = ctl_open(ctl, STORE_WRITE);
	if (status != CTL_OK)
		return status;
	ctl_format_target(&task->prefix, text);
	error = ctl_record(ctl, task->run, task);
	if (error == ERROR_REFUSED && task->refusal != NULL) {
		ctl_say("%s: %s", text, task->refusal);
		return CTL_REFUSED;
	}
	if (error == ERROR_NOT_FOUND) {
		ctl_say("%s is not listed", text);
		return CTL_NOT_FOUND;
	}
	if (error != 0)
		return ctl_fail(error, "%s", text);
	if (!ctl->json)
		printf("%s %s%s%s\n", done, text,
		    ctl->until != 0 ? " until " : "",
		    ctl->until != 0 ? clock_format(ctl->until, until) : "");
	return ctl_finish(ctl,
	    json_pack("{s:s, s:s, s:o, s:s?}", "prefix", text, "state", done,
		"until", told_time(ctl->until), "reason", ctl->reason));
}

static int
add(struct ctl *ctl, struct store_txn *txn, const struct recorder_rules *rules,
    void *context)
{
	struct task *task = context;

	return record_manual(txn, rules, &task->prefix, ctl->reason, ctl->until,
	    ctl->now, &task->refusal);
}

int
verb_add(struct ctl *ctl, int count, char *words[])
{
	struct task task = { .run = add };

	(void)count;
	return run_task(ctl, words[0], &task, "listed");
}

static int
remove_listing(struct ctl *ctl, struct store_txn *txn,
    const struct recorder_rules *rules, void *context)
{
	const struct task *task = context;

	return record_removal(txn, rules, &task->prefix,
	    ctl->reason != NULL ? ctl->reason : "", ctl->now);
}

/* More than is done in one transaction. */
static bool
is_wide(const char *word, struct ipprefix *prefix)
{
	return ipprefix_parse(word, prefix) == 0 && bulk_act_is_wide(prefix);
}

static int
decide(struct ctl *ctl, struct decision *decision)
{
	int status = ctl_open(ctl, STORE_WRITE);

	return status != CTL_OK ? status : decision_run(ctl, decision);
}

int
verb_remove(struct ctl *ctl, int count, char *words[])
{
	struct task task = { .run = remove_listing };
	struct ipprefix prefix;
	struct decision wide = { .kind = BULK_REMOVE,
		.word = "remove",
		.done_word = "removed",
		.nothing = "nothing of it is listed",
		.prefixes = &prefix,
		.count = 1,
		.asks = true };

	(void)count;
	if (is_wide(words[0], &prefix))
		return decide(ctl, &wide);
	return run_task(ctl, words[0], &task, "removed");
}

/* --- exemptions ----------------------------------------------------------- */

static int
exempt(struct ctl *ctl, struct store_txn *txn,
    const struct recorder_rules *rules, void *context)
{
	const struct task *task = context;
	struct exemption exemption = { .prefix = task->prefix,
		.added_at = ctl->now,
		.until = ctl->until };

	if (snprintf(exemption.reason, sizeof(exemption.reason), "%s",
		ctl->reason) >= (int)sizeof(exemption.reason))
		return ERROR_LIMIT;
	return record_exemption(txn, rules, &exemption, ctl->now);
}

int
verb_exempt(struct ctl *ctl, int count, char *words[])
{
	struct task task = { .run = exempt };
	struct ipprefix prefix;
	struct decision wide = { .kind = BULK_EXEMPT,
		.word = "exempt",
		.done_word = "exempted",
		.prefixes = &prefix,
		.count = 1 };

	(void)count;
	if (is_wide(words[0], &prefix))
		return decide(ctl, &wide);
	return run_task(ctl, words[0], &task, "exempt");
}

struct collection {
	json_t *list;
	int64_t now;
};

static int
collect(const struct exemption *exemption, void *context)
{
	const struct collection *collection = context;
	bool over =
	    exemption->until != 0 && exemption->until <= collection->now;
	char text[IPPREFIX_TEXT_MAX];

	return json_array_append_new(collection->list,
	    json_pack("{s:s, s:b, s:o, s:o, s:s}", "prefix",
		ipprefix_format(&exemption->prefix, text), "in_force", !over,
		"added_at", told_time(exemption->added_at), "until",
		told_time(exemption->until), "reason", exemption->reason));
}

static void
print_exemptions(const json_t *list)
{
	json_t *exemption;
	size_t i;

	json_array_foreach(list, i, exemption)
	{
		const char *prefix, *reason, *until = NULL;
		int in_force;

		json_unpack(exemption, "{s:s, s:b, s:s, s?:s}", "prefix",
		    &prefix, "in_force", &in_force, "reason", &reason, "until",
		    &until);
		printf("%-24s  %-20s  %-4s  %s\n", prefix,
		    until != NULL ? until : "for good", in_force ? "" : "over",
		    reason);
	}
}

static int
read_exemptions(struct ctl *ctl, struct store_txn *txn, void *list)
{
	struct collection collection = { list, ctl->now };

	return exemption_list(txn, collect, &collection);
}

int
verb_exempt_list(struct ctl *ctl, int count, char *words[])
{
	(void)count;
	(void)words;
	return ctl_show(ctl, json_array(), read_exemptions, print_exemptions,
	    "the exemptions");
}
