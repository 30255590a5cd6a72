/*
 * Whatever a message quotes: what is found of it lies within the message's
 * text, ends within its room, is the same each time, and tells one campaign.
 * What the text says of a recipient fits on the line it is given.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "ingest/message.h"
#include "ingest/original.h"
#include "ingest/reason.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t key[META_KEY_LEN];

static void
check_address(const char address[MESSAGE_ADDRESS_MAX])
{
	assert(memchr(address, '\0', MESSAGE_ADDRESS_MAX) != NULL);
}

static void
check_reason(const char *text, size_t len, const char *recipient)
{
	char reason[64], status[16];
	size_t n = reason_find(text, len, recipient, reason, sizeof(reason));

	assert(n < sizeof(reason) && strlen(reason) <= n);
	reason_is_remote(reason);
	reason_status(reason, status, sizeof(status));
	assert(strlen(status) < sizeof(status));
	assert(*status == '\0' || strstr(reason, status) != NULL);
}

static uint64_t
find(const uint8_t *data, size_t size)
{
	struct message *message = message_read(data, size);
	struct original original;
	uint64_t fingerprint;
	size_t len;
	const char *text;

	assert(message != NULL);
	text = message_text(message, &len);
	original_find(message, &original);
	assert(original.own_text_len <= len);
	assert(original.found || !original.attached);
	assert(original.body != NULL && original.subject != NULL);
	check_address(original.from);
	check_address(original.return_path);
	check_address(original.reply_to);
	check_address(original.message_id);
	original_submission(message, &original);
	original_authentication(message, &original);
	check_reason(text, original.own_text_len, NULL);
	check_reason(text, len, original.from);
	fingerprint = original_fingerprint(&original, key);
	message_free(message);
	return fingerprint;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	message_init();
	assert(find(data, size) == find(data, size));
	return 0;
}
