#include "dnsd/counters.h"

#include <inttypes.h>

#include "common/metrics.h"
#include "dnsd/dns.h"

static const struct {
	uint16_t type;
	const char *name;
} types[COUNTERS_TYPES] = {
	[COUNTERS_A] = { DNS_TYPE_A, "A" },
	[COUNTERS_AAAA] = { DNS_TYPE_AAAA, "AAAA" },
	[COUNTERS_TXT] = { DNS_TYPE_TXT, "TXT" },
	[COUNTERS_NS] = { DNS_TYPE_NS, "NS" },
	[COUNTERS_SOA] = { DNS_TYPE_SOA, "SOA" },
	[COUNTERS_ANY] = { DNS_TYPE_ANY, "ANY" },
	[COUNTERS_OTHER] = { 0, "other" },
};

static const char *const rcodes[COUNTERS_RCODES] = {
	[DNS_RCODE_NOERROR] = "NOERROR",
	[DNS_RCODE_FORMERR] = "FORMERR",
	[DNS_RCODE_SERVFAIL] = "SERVFAIL",
	[DNS_RCODE_NXDOMAIN] = "NXDOMAIN",
	[DNS_RCODE_NOTIMP] = "NOTIMP",
	[DNS_RCODE_REFUSED] = "REFUSED",
	[DNS_RCODE_NOTAUTH] = "NOTAUTH",
	[DNS_RCODE_BADVERS] = "BADVERS",
	[DNS_RCODE_BADCOOKIE] = "BADCOOKIE",
};

static const char *const transports[COUNTERS_TRANSPORTS] = {
	[COUNTERS_UDP] = "udp",
	[COUNTERS_TCP] = "tcp",
};

enum counters_type
counters_type(uint16_t type)
{
	int i = 0;

	while (i < COUNTERS_OTHER && types[i].type != type)
		i++;
	return (enum counters_type)i;
}

void
counters_add_time(struct counters *counters, uint64_t count, int64_t us)
{
	unsigned bucket = 0;

	while (bucket < COUNTERS_TIMES - 1 && us >> bucket != 0)
		bucket++;
	counter_add(&counters->times[bucket], count);
	counter_add(&counters->times_us, count * (uint64_t)us);
}

static uint64_t
read_counter(const counter *value)
{
	return atomic_load_explicit(value, memory_order_relaxed);
}

/* All fields are counters, and nothing else is in between. */
_Static_assert(sizeof(struct counters) % sizeof(counter) == 0, "an array");

void
counters_sum(struct counters *sum, const struct counters *counters)
{
	const counter *from = (const counter *)counters;
	counter *to = (counter *)sum;

	for (size_t i = 0; i < sizeof(*sum) / sizeof(counter); i++)
		counter_add(&to[i], read_counter(&from[i]));
}

/* --- text ----------------------------------------------------------------- */

static void
row(struct strbuf *out, const char *name, const char *label, const char *value,
    const counter *number)
{
	strbuf_printf(out, "%s{%s=\"%s\"} %" PRIu64 "\n", name, label, value,
	    read_counter(number));
}

static void
print_queries(const struct counters *sum, struct strbuf *out)
{
	metrics_head(
	    out, "bsbl_dnsd_queries_total", "counter", "Packets that came.");
	for (unsigned i = 0; i < COUNTERS_TRANSPORTS; i++)
		row(out, "bsbl_dnsd_queries_total", "transport", transports[i],
		    &sum->queries[i]);
	metrics_head(
	    out, "bsbl_dnsd_questions_total", "counter", "Questions by type.");
	for (unsigned i = 0; i < COUNTERS_TYPES; i++)
		row(out, "bsbl_dnsd_questions_total", "type", types[i].name,
		    &sum->types[i]);
	metrics_head(
	    out, "bsbl_dnsd_answers_total", "counter", "Answers by code.");
	for (unsigned i = 0; i < COUNTERS_RCODES; i++) {
		if (rcodes[i] != NULL)
			row(out, "bsbl_dnsd_answers_total", "rcode", rcodes[i],
			    &sum->rcodes[i]);
	}
	metrics_head(out, "bsbl_dnsd_hits_total", "counter",
	    "Questions for what is listed, by list.");
	for (unsigned i = 0; i < SUBLIST_COUNT; i++)
		row(out, "bsbl_dnsd_hits_total", "list",
		    i == SUBLIST_MAIN ? "main" : sublists[i].label,
		    &sum->hits[i]);
}

static void
print_times(const struct counters *sum, struct strbuf *out)
{
	static const char name[] = "bsbl_dnsd_answer_seconds";
	uint64_t total = 0;

	metrics_head(
	    out, name, "histogram", "From a query read to its answer sent.");
	for (unsigned i = 0; i < COUNTERS_TIMES; i++) {
		total += read_counter(&sum->times[i]);
		if (i < COUNTERS_TIMES - 1)
			strbuf_printf(out, "%s_bucket{le=\"%g\"} %" PRIu64 "\n",
			    name, (double)(1u << i) / 1e6, total);
	}
	strbuf_printf(out,
	    "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n"
	    "%s_sum %g\n%s_count %" PRIu64 "\n",
	    name, total, name, (double)read_counter(&sum->times_us) / 1e6, name,
	    total);
}

void
counters_print(const struct counters *sum, struct strbuf *out)
{
	const struct metric rows[] = {
		{ "bsbl_dnsd_dropped_total", "counter",
		    "Packets that got no answer.",
		    read_counter(&sum->dropped) },
		{ "bsbl_dnsd_truncated_total", "counter", "Answers cut to TC.",
		    read_counter(&sum->truncated) },
		{ "bsbl_dnsd_rate_limited_total", "counter",
		    "Queries over the rate limit.",
		    read_counter(&sum->rate_limited) },
		{ "bsbl_dnsd_refused_total", "counter",
		    "Queries refused by the access lists.",
		    read_counter(&sum->refused) },
		{ "bsbl_dnsd_cookies_total", "counter",
		    "Queries that showed a valid cookie.",
		    read_counter(&sum->cookies) },
		{ "bsbl_dnsd_unsent_total", "counter",
		    "Answers the socket did not take.",
		    read_counter(&sum->unsent) },
		{ "bsbl_dnsd_tcp_accepted_total", "counter",
		    "TCP connections taken.",
		    read_counter(&sum->tcp_accepted) },
		{ "bsbl_dnsd_tcp_refused_total", "counter",
		    "TCP connections too many of a client.",
		    read_counter(&sum->tcp_refused) },
		{ "bsbl_dnsd_tcp_evicted_total", "counter",
		    "TCP connections closed to make room.",
		    read_counter(&sum->tcp_evicted) },
		{ "bsbl_dnsd_tcp_expired_total", "counter",
		    "TCP connections idle, slow or old.",
		    read_counter(&sum->tcp_expired) },
	};

	print_queries(sum, out);
	print_times(sum, out);
	metrics_put(out, rows, sizeof(rows) / sizeof(rows[0]));
}
