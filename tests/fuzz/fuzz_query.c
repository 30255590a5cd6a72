#include <stdint.h>

#include "dnsd/query.h"
#include "tests/support/insist.h"

/* `len` octets at `at` lie behind the header of the packet. */
static void
insist_inside(const uint8_t *data, size_t size, const uint8_t *at, size_t len)
{
	insist(at >= data + DNS_HEADER_LEN && at <= data + size);
	insist(len <= (size_t)(data + size - at));
}

static void
check_question(const struct query *query, const uint8_t *data, size_t size)
{
	size_t at = 0, below;

	insist(query->question == data + DNS_HEADER_LEN);
	insist_inside(data, size, query->question, query->question_len);
	insist(query->name_len <= DNS_NAME_MAX);
	insist(query->question_len == query->name_len + 4);
	for (unsigned i = 0; i < query->label_count; i++) {
		insist(query->labels[i] == at);
		insist(query->question[at] >= 1 && query->question[at] <= 63);
		at += 1u + query->question[at];
	}
	insist(at == query->name_len - 1 && query->question[at] == 0);

	/* Every name is below the root, and below itself. */
	insist(query_is_below(query, (const uint8_t *)"", 1, 0, &below));
	insist(below == query->name_len - 1);
	insist(query_is_below(query, query->question, query->name_len,
	    query->label_count, &below));
	insist(below == 0);
}

static void
check_edns(const struct query_edns *edns, const uint8_t *data, size_t size)
{
	if (edns->cookie == NULL)
		return;
	insist(edns->present && edns->version == EDNS_VERSION);
	insist_inside(data, size, edns->cookie, edns->cookie_len);
	insist(edns->cookie_len == 8 ||
	       (edns->cookie_len >= 16 && edns->cookie_len <= 40));
}

static void
check_tsig(const struct query_tsig *tsig, const uint8_t *data, size_t size)
{
	insist_inside(data, size, tsig->key_name, tsig->key_name_len);
	insist_inside(data, size, tsig->algorithm, tsig->algorithm_len);
	insist_inside(data, size, tsig->times, QUERY_TSIG_TIMES_LEN);
	insist(tsig->key_name_len >= 1 && tsig->key_name_len <= DNS_NAME_MAX);
	insist(tsig->algorithm_len >= 1 && tsig->algorithm_len <= DNS_NAME_MAX);
	insist_inside(data, size, tsig->mac, tsig->mac_len);
	insist(data + tsig->at == tsig->key_name);
	insist(tsig->other + tsig->other_len == data + size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct query query;
	enum query_outcome outcome = query_parse(data, size, &query);

	insist((outcome == QUERY_DROP) ==
	       (size < DNS_HEADER_LEN || (data[2] & 0x80) != 0));
	if (outcome == QUERY_DROP)
		return 0;
	insist((outcome == QUERY_NOTIMP) == ((data[2] & 0x78) != 0));
	insist(query.id == (data[0] << 8 | data[1]));
	insist(outcome != QUERY_READY || query.question_len > 0);
	insist(outcome != QUERY_NO_QUESTION || query.question_len == 0);
	insist(outcome != QUERY_BADVERS || query.edns.present);
	if (query.question_len > 0)
		check_question(&query, data, size);
	check_edns(&query.edns, data, size);
	if (query.tsig.present)
		check_tsig(&query.tsig, data, size);
	return 0;
}
