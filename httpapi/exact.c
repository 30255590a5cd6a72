#include "httpapi/exact.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "common/clock.h"
#include "db/sighting.h"
#include "db/stored.h"
#include "httpapi/disclosure.h"
#include "httpapi/showable.h"

/* What ends a mailbox or a name in a server's prose. */
#define BREAKS " \t\r\n<>()[]{}\"`,;:|/"

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (unsigned char)c >= 0x80 ||
	       ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/*
 * A mailbox, or a name of a host: a label that begins with a letter behind
 * another. So neither 5.1.1 nor 192.0.2.1 is one.
 */
static bool
is_name(const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (word[i] == '@')
			return true;
		if (word[i] == '.' && i > 0 && i + 1 < len &&
		    is_alnum(word[i - 1]) && is_alnum(word[i + 1]) &&
		    (word[i + 1] < '0' || word[i + 1] > '9'))
			return true;
	}
	return false;
}

/* Is it this one, with or without the full stop of a sentence? */
static bool
is_same(const char *word, size_t len, const char *own)
{
	size_t own_len = strlen(own);

	while (len > 0 && word[len - 1] == '.')
		len--;
	return len > 0 && len == own_len && strncasecmp(word, own, len) == 0;
}

void
exact_mask(const struct evidence *evidence, char *text)
{
	while (*text != '\0') {
		size_t len;

		text += strspn(text, BREAKS);
		len = strcspn(text, BREAKS);
		if (is_name(text, len) && !is_same(text, len, evidence->helo) &&
		    !is_same(text, len, evidence->reporting_mta))
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
set_said(json_t *to, const char *name, const char *text)
{
	/* What is no UTF-8 is left out. */
	if (text[0] != '\0')
		json_object_set_new(to, name, json_string(text));
}

static json_t *
sighting_json(const struct evidence *evidence)
{
	char at[CLOCK_TEXT_MAX], address[IPADDR_TEXT_MAX];
	char diagnostic[sizeof(evidence->diagnostic)];
	json_t *to = json_pack("{ss ss ss}", "seen_at",
	    clock_format(evidence->seen_at, at), "address",
	    ipaddr_format(&evidence->address, address), "kind",
	    backscatter_name(evidence->kind));

	if (evidence->original_at != 0)
		json_object_set_new(to, "original_at",
		    json_string(clock_format(evidence->original_at, at)));
	set_said(to, "cause", evidence->cause);
	set_said(to, "helo", evidence->helo);
	set_said(to, "reporting_mta", evidence->reporting_mta);
	set_said(to, "software", evidence->software);
	set_said(to, "queue_id", evidence->queue_id);
	set_said(to, "status", evidence->status);
	strcpy(diagnostic, evidence->diagnostic);
	exact_mask(evidence, diagnostic);
	set_said(to, "diagnostic", diagnostic);
	return to;
}

/* Non-zero ends the walk. */
static int
take(const struct sighting *sighting, void *context)
{
	struct search *search = context;
	struct evidence evidence;
	int shows = 0;

	if (sighting_may_be_told(search->policy, sighting))
		shows = showable_evidence(search->txn, sighting->id, &evidence);
	if (shows < 0)
		return shows;
	if (shows > 0)
		json_array_append_new(search->found, sighting_json(&evidence));
	return ++search->read == SHOWABLE_READ_MAX ||
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
		*code = sighting_of_before(txn, unit,
		    listed ? UINT64_MAX : stored_first_id(before), take,
		    &search);
	if (*code >= 0)
		return search.found;
	json_decref(search.found);
	return NULL;
}
