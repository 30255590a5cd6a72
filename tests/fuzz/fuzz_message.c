/*
 * Any octets are classified, always the same way, within every bound; what is
 * vetoed counts as nothing, and what counts has signs.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "ingest/classify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct classification *result)
{
	const struct evidence *evidence = &result->evidence;

	assert(result->signs.count <= SIGNS_MAX);
	assert(evidence->kind < BACKSCATTER_KIND_COUNT);
	assert(evidence->kind != BACKSCATTER_CALLOUT);
	assert(evidence->grade != GRADE_D);
	if (result->veto != NULL) {
		assert(evidence->kind == BACKSCATTER_NONE);
		assert(signs_have(&result->signs, result->veto) ||
		       result->signs.count == SIGNS_MAX);
	}
	if (evidence->kind == BACKSCATTER_NONE)
		assert(evidence->grade == GRADE_E);
	else
		assert(result->signs.count > 0);
	assert(evidence->campaign != 0);
	assert(memchr(evidence->cause, '\0', sizeof(evidence->cause)));
	assert(memchr(evidence->signs, '\0', sizeof(evidence->signs)));
	assert(memchr(evidence->status, '\0', sizeof(evidence->status)));
	assert(
	    memchr(evidence->diagnostic, '\0', sizeof(evidence->diagnostic)));
}

/* The first octet chooses the sender. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t key[META_KEY_LEN];
	struct envelope_recipient trap = { .path = "trap@trap.example.test",
		.trap = 1 };
	struct envelope envelope = { .recipients = &trap,
		.recipient_count = 1 };
	struct classification first, second;

	classify_init();
	if (size > 0) {
		envelope.sender_known = (data[0] & 1) != 0;
		if ((data[0] & 2) != 0)
			strcpy(envelope.sender, "person@example.net");
	}
	classify_message(&envelope, 0, data, size, key, &first);
	check(&first);
	classify_message(&envelope, 0, data, size, key, &second);
	assert(memcmp(&first, &second, sizeof(first)) == 0);
	return 0;
}
