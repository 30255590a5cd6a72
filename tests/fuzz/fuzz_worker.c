#include <stdint.h>
#include <string.h>

#include "tests/support/dnsworker.h"
#include "tests/support/insist.h"

/*
 * The first octet says how packets come, then each has its length before it, in
 * two octets. They are answered as they are in dnsd, several at a time and from
 * the index: each gets the very octets that it gets alone and from the table,
 * and they are what a plain reading of the table gives.
 */
#define OVER_TCP 1
#define UNFETCHED 2
#define GROUP 16

struct packet {
	const uint8_t *octets;
	size_t len;
};

static unsigned
cut(const uint8_t *data, size_t size, struct packet packets[GROUP])
{
	unsigned count = 0;

	while (size >= 2 && count < GROUP) {
		size_t len = (size_t)data[0] << 8 | data[1];

		data += 2;
		size -= 2;
		if (len > size)
			len = size;
		packets[count++] = (struct packet){ data, len };
		data += len;
		size -= len;
	}
	return count;
}

static void
answer(struct worker *worker, const struct worker_query *query,
    const struct packet *packet, bool tcp)
{
	static uint8_t octets[DNS_MESSAGE_MAX], plain[DNS_MESSAGE_MAX];
	struct ipaddr client = dnsworker_client();
	size_t len =
	    worker_answer(worker, &client, tcp, query, octets, sizeof(octets));

	insist(len == dnsworker_plain(packet->octets, packet->len, tcp, plain));
	insist(memcmp(octets, plain, len) == 0);
	insist((len == 0) == (query->outcome == QUERY_DROP));
	insist(tcp || len <= worker->rules->udp_size);
	if (len > 0)
		insist(dnsworker_objection(
			   packet->octets, packet->len, octets, len) == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct worker *worker = dnsworker();
	struct worker_query queries[GROUP];
	struct packet packets[GROUP];
	unsigned count;

	if (size == 0)
		return 0;
	count = cut(data + 1, size - 1, packets);
	worker_begin(worker);
	insist(worker->lookup.index != NULL);
	for (unsigned i = 0; i < count; i++)
		worker_read(
		    worker, packets[i].octets, packets[i].len, &queries[i]);
	for (unsigned i = 0; i < count && (data[0] & UNFETCHED) == 0; i++)
		worker_fetch(&queries[i]);
	for (unsigned i = 0; i < count; i++)
		answer(worker, &queries[i], &packets[i],
		    (data[0] & OVER_TCP) != 0);
	worker_end(worker);
	return 0;
}
