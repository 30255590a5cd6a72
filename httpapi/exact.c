#include "httpapi/exact.h"

#include <errno.h>
#include <string.h>

#include "common/clock.h"
#include "db/evidence.h"
#include "db/trap.h"
#include "httpapi/disclosure.h"

/* Records read while those that count are searched for. */
#define READ_MAX 128

#define MICROSECONDS 1000000

/* What ends a mailbox or a name in a server's prose. */
#define BREAKS " \t\r\n<>()[]{}\"'`,;:=|/"

/* What names a domain: behind the '@', without the full stop of a sentence. */
static bool
names_trap(struct store_txn *txn, const char *word, size_t len)
{
	char domain[TRAP_DOMAIN_MAX + 1];
	const char *at = memrchr(word, '@', len);
	const char *start = at != NULL ? at + 1 : word;

	len -= (size_t)(start - word);
	while (len > 0 && start[len - 1] == '.')
		len--;
	if (len == 0 || len > TRAP_DOMAIN_MAX ||
	    memchr(start, '.', len) == NULL)
		return false;
	memcpy(domain, start, len);
	domain[len] = '\0';
	return trap_domain_known(txn, domain);
}

void
exact_mask(struct store_txn *txn, char *text)
{
	while (*text != '\0') {
		size_t len;

		text += strspn(text, BREAKS);
		len = strcspn(text, BREAKS);
		if (len > 0 && names_trap(txn, text, len))
			memset(text, '*', len);
		text += len;
	}
}

struct search {
	struct store_txn *txn;
	const struct policy *policy;
	json_t *found;
	unsigned read;
};

static void
set_said(struct search *search, json_t *to, const char *name, const char *text)
{
	char masked[EVIDENCE_TEXT_MAX + 1];

	if (text[0] == '\0')
		return;
	strcpy(masked, text);
	exact_mask(search->txn, masked);
	/* What is no UTF-8 is left out. */
	json_object_set_new(to, name, json_string(masked));
}

static json_t *
sighting_json(struct search *search, const struct evidence *evidence)
{
	char at[CLOCK_TEXT_MAX], address[IPADDR_TEXT_MAX];
	json_t *to = json_pack("{ss ss ss}", "seen_at",
	    clock_format(evidence->seen_at, at), "address",
	    ipaddr_format(&evidence->address, address), "kind",
	    backscatter_name(evidence->kind));

	if (evidence->original_at != 0)
		json_object_set_new(to, "original_at",
		    json_string(clock_format(evidence->original_at, at)));
	set_said(search, to, "cause", evidence->cause);
	set_said(search, to, "helo", evidence->helo);
	set_said(search, to, "reporting_mta", evidence->reporting_mta);
	set_said(search, to, "software", evidence->software);
	set_said(search, to, "queue_id", evidence->queue_id);
	set_said(search, to, "status", evidence->status);
	set_said(search, to, "diagnostic", evidence->diagnostic);
	return to;
}

/* Non-zero ends the walk. */
static int
take(const struct evidence *evidence, void *context)
{
	struct search *search = context;
	struct policy_event event;

	policy_event_from(evidence, true, &event);
	if (policy_counts(search->policy, &event))
		json_array_append_new(
		    search->found, sighting_json(search, evidence));
	return ++search->read == READ_MAX ||
	       json_array_size(search->found) == EXACT_MAX;
}

json_t *
exact_json(struct store_txn *txn, const struct ipaddr *unit,
    const struct policy *policy, bool listed, int64_t now, int *code)
{
	struct search search = {
		.txn = txn,
		.policy = policy,
		.found = json_array(),
	};
	int64_t before = now - DISCLOSURE_DELAY_SECONDS + 1;

	*code = search.found != NULL ? 0 : -ENOMEM;
	if (*code == 0)
		*code = evidence_of_before(txn, unit,
		    listed ? UINT64_MAX : (uint64_t)before * MICROSECONDS, take,
		    &search);
	if (*code >= 0)
		return search.found;
	json_decref(search.found);
	return NULL;
}
