#include "httpapi/health.h"

#include "common/clock.h"
#include "db/meta.h"
#include "httpapi/lookup.h"
#include "httpapi/metrics.h"
#include "httpapi/reader.h"
#include "httpapi/writer.h"

struct figures {
	bool answers;	      /* look-ups */
	bool readable, swept; /* all of the below; by anybody, lately */
	uint32_t serial;
	uint64_t listed;		/* in the main list of that version */
	int64_t heartbeat_at, swept_at; /* 0 never */
	uint64_t reader_lag;
};

/* The entry that is there for those who try: any address would do. */
static bool
looks_up(struct exchange *exchange, struct store_txn *txn, int64_t now)
{
	struct ipaddr test = ipaddr_from_ipv4(0x7f000002);
	struct lookup lookup;

	return lookup_read(txn, &test, &exchange->site->rules.policy,
		   LOOKUP_APART, now, &lookup) == 0;
}

static void
read_figures(struct exchange *exchange, int64_t now, struct figures *figures)
{
	struct service *service = exchange->service;
	struct zone_version version = { 0 };
	struct store_stat stat;
	struct reader *reader;

	*figures = (struct figures){
		.swept_at = atomic_load(&service->counters.swept_at),
	};
	if (reader_take(service->readers, &reader) != 0)
		return;
	figures->answers = looks_up(exchange, reader->txn, now);
	figures->readable = meta_zone_version(reader->txn, &version) == 0 &&
			    meta_heartbeat(reader->txn, HEARTBEAT_SWEEP,
				&figures->heartbeat_at) == 0 &&
			    meta_listed(reader->txn, &figures->listed) == 0;
	figures->serial = version.serial;
	reader_give(service->readers, reader);
	if (store_stat(service->store, &stat) == 0)
		figures->reader_lag =
		    stat.last_txn_id - stat.oldest_reader_txn_id;
	/* Whoever has just started has not had its turn yet. */
	figures->swept = now - figures->heartbeat_at <= HEALTH_SWEEP_SECONDS ||
			 now - figures->swept_at <= HEALTH_SWEEP_SECONDS ||
			 now - service->started_at <= HEALTH_SWEEP_SECONDS;
}

/* Seconds since, or null for never. */
static json_t *
age(int64_t now, int64_t at)
{
	return at != 0 ? json_integer(now - at) : json_null();
}

static enum health
judge(const struct figures *figures)
{
	if (!figures->answers)
		return HEALTH_FAILING;
	return figures->readable && figures->swept ? HEALTH_OK
						   : HEALTH_DEGRADED;
}

json_t *
health_view(struct exchange *exchange, enum health *health)
{
	static const char *const names[] = { "ok", "degraded", "failing" };
	int64_t now = clock_seconds();
	struct figures figures;

	read_figures(exchange, now, &figures);
	*health = judge(&figures);
	return json_pack("{ss ss s{sb sb sI sI sI} s{sb so so} si}", "status",
	    names[*health], "version", BSBL_VERSION, "database", "answers",
	    figures.answers, "readable", figures.readable, "serial",
	    (json_int_t)figures.serial, "listed", (json_int_t)figures.listed,
	    "reader_lag", (json_int_t)figures.reader_lag, "sweep", "current",
	    figures.swept, "heartbeat_age_seconds",
	    age(now, figures.heartbeat_at), "own_sweep_age_seconds",
	    age(now, figures.swept_at), "writer_queue",
	    (int)writer_waiting(exchange->service->writer));
}

enum handled
health_get(struct exchange *exchange)
{
	enum health health;
	json_t *view = health_view(exchange, &health);

	/*
	 * Behind a reader that is held, by a feed that is read slowly, the lag
	 * counts what is recorded: bounce to a guess, and see it grow. Who
	 * waits to write waits for that, too.
	 */
	if (!metrics_may_see(exchange)) {
		json_object_del(
		    json_object_get(view, "database"), "reader_lag");
		json_object_del(view, "writer_queue");
	}
	exchange->reply.status = health != HEALTH_FAILING ? 200 : 503;
	exchange->reply.type = "application/json";
	reply_header(&exchange->reply, "Cache-Control", "no-store");
	reply_json(&exchange->reply, view);
	return HANDLED;
}
