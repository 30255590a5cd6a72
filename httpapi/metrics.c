#include "httpapi/metrics.h"

#include <inttypes.h>

#include "common/clock.h"
#include "common/metrics.h"
#include "db/bulk_act.h"
#include "db/meta.h"
#include "httpapi/dnsd_watch.h"
#include "httpapi/forwarded.h"
#include "httpapi/problem.h"
#include "httpapi/reader.h"
#include "httpapi/writer.h"

static void
gauge(struct strbuf *out, const char *name, const char *help, uint64_t number)
{
	metrics_put(out, &(struct metric){ name, "gauge", help, number }, 1);
}

static void
put_requests(struct strbuf *out, const struct counters *counters)
{
	static const char name[] = "bsbl_httpapi_requests_total";

	metrics_head(out, name, "counter", "Requests answered.");
	for (size_t row = 0; row < SERVICE_ROUTES_MAX; row++) {
		if (row >= route_count && row != SERVICE_ROUTES_MAX - 1)
			continue;
		for (int class = 2; class < SERVICE_STATUS_CLASSES; class ++) {
			uint64_t count =
			    atomic_load_explicit(&counters->replies[row][class],
				memory_order_relaxed);

			/* A label set that never was says nothing. */
			if (count > 0)
				strbuf_printf(out,
				    "%s{route=\"%s\",method=\"%s\","
				    "status=\"%dxx\"} %" PRIu64 "\n",
				    name,
				    row < route_count ? routes[row].name
						      : "none",
				    row < route_count
					? route_method(routes[row].method)
					: "GET",
				    class, count);
		}
	}
}

static void
put_counters(struct strbuf *out, struct service *service)
{
	struct counters *counters = &service->counters;
	const struct metric rows[] = {
		{ "bsbl_httpapi_connections", "gauge", "Connections open.",
		    atomic_load(&counters->connections) },
		{ "bsbl_httpapi_connections_total", "counter",
		    "Connections taken.",
		    atomic_load(&counters->connections_total) },
		{ "bsbl_httpapi_connections_refused_total", "counter",
		    "Connections refused: their client or its network had as "
		    "many as it may.",
		    atomic_load(&counters->connections_refused) },
		{ "bsbl_httpapi_requests_expired_total", "counter",
		    "Requests cut off at their deadline.",
		    atomic_load(&counters->requests_expired) },
		{ "bsbl_httpapi_delistings_total", "counter",
		    "Delistings asked for here and done.",
		    atomic_load(&counters->delistings) },
		{ "bsbl_httpapi_proofs_total", "counter",
		    "Addresses whose names or proofs DNS was asked for.",
		    atomic_load(&counters->proofs) },
		{ "bsbl_httpapi_sweeps_total", "counter",
		    "Sweeps done in ingest's stead.",
		    atomic_load(&counters->sweeps) },
		{ "bsbl_httpapi_writer_queue", "gauge",
		    "Requests waiting for the writer.",
		    writer_waiting(service->writer) },
		{ "bsbl_httpapi_feed_waiting", "gauge",
		    "Requests waiting for a change of the list.",
		    feeder_waiting(service->feeder) },
		{ "bsbl_httpapi_prover_queue", "gauge",
		    "Requests waiting for DNS.",
		    service->prover != NULL ? prover_waiting(service->prover)
					    : 0 },
	};

	metrics_put(out, rows, sizeof(rows) / sizeof(rows[0]));
}

/* Our own readers that wait for the next request hold nobody up. */
static int
stat_at_rest(struct service *service, struct store_stat *stat)
{
	readers_rest(service->readers);
	return store_stat(service->store, stat);
}

static void
put_records(struct strbuf *out, const struct store_stat *stat)
{
	metrics_head(
	    out, "bsbl_store_records", "gauge", "Records in each table.");
	for (int table = 0; table < TABLE_COUNT; table++)
		strbuf_printf(out,
		    "bsbl_store_records{table=\"%s\"} %" PRIu64 "\n",
		    store_table_name((enum store_table)table),
		    stat->records[table]);
}

static void
put_store(struct strbuf *out, struct service *service)
{
	struct store_stat stat;
	int code = stat_at_rest(service, &stat);
	const struct {
		const char *name, *help;
		uint64_t number;
	} rows[] = {
		{ "bsbl_store_map_bytes", "Address space reserved.",
		    stat.map_bytes },
		{ "bsbl_store_used_bytes", "Of it in use.", stat.used_bytes },
		{ "bsbl_store_file_bytes", "Size of the file.",
		    stat.file_bytes },
		{ "bsbl_store_disk_free_bytes", "Free on its disk.",
		    stat.disk_free_bytes },
		{ "bsbl_store_disk_spare_bytes",
		    "Of that above the reserve, for new evidence.",
		    stat.disk_spare_bytes },
		{ "bsbl_store_last_transaction", "Number of the last commit.",
		    stat.last_txn_id },
		{ "bsbl_store_reader_lag_transactions",
		    "Commits that the oldest reader is behind.",
		    stat.last_txn_id - stat.oldest_reader_txn_id },
		{ "bsbl_store_readers", "Reader slots taken.", stat.readers },
		{ "bsbl_store_readers_max", "Reader slots there are.",
		    stat.max_readers },
	};

	gauge(out, "bsbl_store_up", "1 while it can be read.", code == 0);
	if (code != 0)
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		gauge(out, rows[i].name, rows[i].help, rows[i].number);
	put_records(out, &stat);
}

/* 0: never. */
static uint64_t
seconds_since(int64_t at)
{
	int64_t now = clock_seconds();

	return at != 0 && now > at ? (uint64_t)(now - at) : 0;
}

static void
put_listings(struct strbuf *out, struct service *service)
{
	struct counters *counters = &service->counters;
	struct zone_version version = { 0 };
	int64_t heartbeat = 0, held_since = 0;
	struct reader *reader;

	if (reader_take(service->readers, &reader) == 0) {
		meta_zone_version(reader->txn, &version);
		meta_heartbeat(reader->txn, HEARTBEAT_SWEEP, &heartbeat);
		bulk_act_holds_since(reader->txn, &held_since);
		reader_give(service->readers, reader);
	}
	gauge(out, "bsbl_zone_serial", "SOA serial.", version.serial);
	gauge(out, "bsbl_listings_held_seconds",
	    "For how long a purge or merge has held new listings back, 0 for "
	    "none.",
	    seconds_since(held_since));
	gauge(out, "bsbl_sweep_heartbeat_timestamp_seconds",
	    "When ingest last swept.", (uint64_t)heartbeat);
	if (atomic_load(&counters->listings_counted_at) == 0)
		return;
	gauge(out, "bsbl_listings_counted_timestamp_seconds",
	    "When listings were last counted.",
	    (uint64_t)atomic_load(&counters->listings_counted_at));
	metrics_head(out, "bsbl_listings", "gauge",
	    "Addresses with a record, by the state they are in.");
	for (int state = 0; state < LISTING_STATE_COUNT; state++)
		strbuf_printf(out, "bsbl_listings{state=\"%s\"} %" PRIu64 "\n",
		    listing_state_name((enum listing_state)state),
		    atomic_load(&counters->listings[state]));
	metrics_head(out, "bsbl_guard_held", "gauge",
	    "Addresses that the publish guard holds back, by the list.");
	for (int list = 0; list < GUARD_LISTS; list++)
		strbuf_printf(out, "bsbl_guard_held{list=\"%s\"} %" PRIu64 "\n",
		    guard_list_name((enum guard_list)list),
		    atomic_load(&counters->held[list]));
}

/* As it answers, not as it counts: who may ask it hears it here. */
static void
put_dnsd(struct strbuf *out, struct service *service)
{
	static const char name[] = "bsbl_httpapi_dnsd_state";
	struct probe_answer answer = dnsd_watch_get(service->dnsd);

	metrics_head(out, name, "gauge",
	    "1 for what bsbl-dnsd answered when it was asked last.");
	for (int state = 0; state < PROBE_STATES; state++)
		strbuf_printf(out, "%s{state=\"%s\"} %d\n", name,
		    probe_state_name((enum probe_state)state),
		    (int)answer.state == state);
}

bool
metrics_may_see(const struct exchange *exchange)
{
	const struct prefixes *clients = &exchange->site->metrics_clients;

	return forwarded_is_trusted(
	    &exchange->request.client, clients->list, clients->count);
}

enum handled
metrics_get(struct exchange *exchange)
{
	struct strbuf *out = &exchange->reply.body;

	if (!metrics_may_see(exchange)) {
		problem_reply(exchange, PROBLEM_NOT_FOUND, NULL);
		return HANDLED;
	}
	exchange->reply.status = 200;
	exchange->reply.type = "text/plain; version=0.0.4; charset=utf-8";
	reply_header(&exchange->reply, "Cache-Control", "no-store");
	metrics_head(out, "bsbl_build_info", "gauge", "Version that runs.");
	strbuf_printf(out, "bsbl_build_info{version=\"%s\"} 1\n", BSBL_VERSION);
	put_requests(out, &exchange->service->counters);
	put_counters(out, exchange->service);
	put_store(out, exchange->service);
	put_listings(out, exchange->service);
	put_dnsd(out, exchange->service);
	return HANDLED;
}
