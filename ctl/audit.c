#include <inttypes.h>
#include <stdio.h>

#include "ctl/verb.h"
#include "db/audit.h"
#include "db/told.h"

/* What fits a screen or two; --most asks for others, --all for all. */
#define MOST_USUAL 40

/* --- collecting, from the newest back ------------------------------------- */

struct search {
	const struct ctl *ctl;
	const struct ipprefix *subject; /* NULL: any */
	json_t *list, *answer;
	uint64_t most;
};

static bool
is_about(const char *text, const struct ipprefix *wanted)
{
	struct ipprefix prefix;

	if (ipaddr_parse(text, &prefix.address) != 0 &&
	    ipprefix_parse(text, &prefix) != 0)
		return false;
	return ipprefix_contains(wanted, &prefix.address);
}

static json_t *
describe(const struct audit_entry *entry)
{
	return json_pack("{s:I, s:o, s:o, s:s, s:s, s:o}", "number",
	    (json_int_t)entry->number, "at", told_time(entry->at), "who",
	    told_text(entry->who), "what", entry->what, "subject",
	    entry->subject, "details", told_text(entry->details));
}

static int
collect(const struct audit_entry *entry, void *context)
{
	struct search *search = context;
	const struct ctl *ctl = search->ctl;
	struct audit_entry redacted;

	if (ctl->from != 0 && entry->at < ctl->from)
		return 1;
	if ((ctl->to != 0 && entry->at >= ctl->to) ||
	    (search->subject != NULL &&
		!is_about(entry->subject, search->subject)))
		return 0;
	if (ctl->public) {
		if (!audit_redact(entry, &redacted))
			return 0;
		entry = &redacted;
	}
	json_array_insert_new(search->list, 0, describe(entry));
	return !ctl->all && json_array_size(search->list) == search->most;
}

static json_t *
head_json(const struct audit_end *head)
{
	char chain[2 * META_CHAIN_LEN + 1];

	for (size_t i = 0; i < META_CHAIN_LEN; i++)
		sprintf(chain + 2 * i, "%02x", head->chain[i]);
	return json_pack(
	    "{s:I, s:s}", "number", (json_int_t)head->number, "chain", chain);
}

static int
read_audit(struct ctl *ctl, struct store_txn *txn, void *context)
{
	struct search *search = context;
	struct audit_ends ends;
	int code = audit_ends(txn, &ends);

	(void)ctl;
	if (code == 0)
		code = audit_newest(txn, collect, search);
	if (code < 0)
		return code;
	json_object_set_new(search->answer, "head", head_json(&ends.head));
	json_object_set(search->answer, "entries", search->list);
	return 0;
}

/* --- showing -------------------------------------------------------------- */

static void
print_entry(const json_t *entry)
{
	const char *at = "", *who, *what, *subject, *details;

	json_unpack((json_t *)entry, "{s?:s, s:s, s:s, s:s, s:s}", "at", &at,
	    "who", &who, "what", &what, "subject", &subject, "details",
	    &details);
	printf("%s  %-14s  %-15s  %-18s %s\n", at, who, what, subject, details);
}

static void
print_audit(const json_t *answer)
{
	const json_t *list = json_object_get(answer, "entries");
	const char *chain;
	json_int_t number;
	json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry) print_entry(entry);
	json_unpack(json_object_get(answer, "head"), "{s:I, s:s}", "number",
	    &number, "chain", &chain);
	printf("%s%zu of %" JSON_INTEGER_FORMAT
	       "; the chain ends in %.16s (bsblctl verify checks it)\n",
	    i > 0 ? "\n" : "", i, number, chain);
}

int
verb_audit(struct ctl *ctl, int count, char *words[])
{
	struct search search = { .ctl = ctl, .most = MOST_USUAL };
	struct ipprefix subject;
	int error, status = CTL_OK;

	if (count > 0)
		status = ctl_parse_target(words[0], &subject);
	if (status == CTL_OK)
		status = ctl_open(ctl, STORE_READ);
	if (status != CTL_OK)
		return status;
	if (ctl->most != 0)
		search.most = ctl->most;
	search.subject = count > 0 ? &subject : NULL;
	search.list = json_array();
	search.answer = json_object();
	error = ctl_look(ctl, read_audit, &search);
	json_decref(search.list);
	if (error != 0) {
		json_decref(search.answer);
		return ctl_fail(error, "cannot read the audit");
	}
	if (!ctl->json)
		print_audit(search.answer);
	return ctl_finish(ctl, search.answer);
}
