#include <assert.h>
#include <stdint.h>

#include "ingest/proxy_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * What comes before a connection. Octets behind a header do not change it, a
 * part of it is never taken for the whole, and waiting has an end.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct proxy_header header, again;
	enum proxy_outcome outcome = proxy_header_read(data, size, &header);

	if (outcome == PROXY_MORE)
		assert(size < PROXY_HEADER_MAX);
	if (outcome != PROXY_READ)
		return 0;
	assert(header.len > 0 && header.len <= size);
	assert(header.len <= PROXY_HEADER_MAX);
	assert(proxy_header_read(data, header.len, &again) == PROXY_READ);
	assert(again.len == header.len);
	assert(again.client_known == header.client_known);
	if (header.client_known)
		assert(ipaddr_equal(&again.client, &header.client));
	for (size_t len = 0; len < header.len; len++)
		assert(proxy_header_read(data, len, &again) == PROXY_MORE);
	return 0;
}
