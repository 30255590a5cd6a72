#include "httpapi/health.h"

#include "common/clock.h"
#include "db/meta.h"
#include "httpapi/metrics.h"
#include "httpapi/reader.h"
#include "httpapi/writer.h"

struct health {
	bool readable, swept;
	uint32_t serial;
	uint64_t listed;		/* in the main list of that version */
	int64_t heartbeat_at, swept_at; /* 0 never */
	uint64_t reader_lag;
};

static void
read_health(struct exchange *exchange, int64_t now, struct health *health)
{
	struct service *service = exchange->service;
	struct zone_version version = { 0 };
	struct store_stat stat;
	struct reader *reader;

	*health = (struct health){
		.swept_at = atomic_load(&service->counters.swept_at),
	};
	if (reader_take(service->readers, &reader) != 0)
		return;
	health->readable = meta_zone_version(reader->txn, &version) == 0 &&
			   meta_heartbeat(reader->txn, HEARTBEAT_SWEEP,
			       &health->heartbeat_at) == 0 &&
			   meta_listed(reader->txn, &health->listed) == 0;
	health->serial = version.serial;
	reader_give(service->readers, reader);
	if (store_stat(service->store, &stat) == 0)
		health->reader_lag =
		    stat.last_txn_id - stat.oldest_reader_txn_id;
	/* Whoever has just started has not had its turn yet. */
	health->swept = now - health->heartbeat_at <= HEALTH_SWEEP_SECONDS ||
			now - health->swept_at <= HEALTH_SWEEP_SECONDS ||
			now - service->started_at <= HEALTH_SWEEP_SECONDS;
}

/* Seconds since, or null for never. */
static json_t *
age(int64_t now, int64_t at)
{
	return at != 0 ? json_integer(now - at) : json_null();
}

json_t *
health_view(struct exchange *exchange, bool *well)
{
	int64_t now = clock_seconds();
	struct health health;

	read_health(exchange, now, &health);
	*well = health.readable && health.swept;
	return json_pack("{ss ss s{sb sI sI sI} s{sb so so} si}", "status",
	    *well ? "ok" : "failing", "version", BSBL_VERSION, "database",
	    "readable", health.readable, "serial", (json_int_t)health.serial,
	    "listed", (json_int_t)health.listed, "reader_lag",
	    (json_int_t)health.reader_lag, "sweep", "current", health.swept,
	    "heartbeat_age_seconds", age(now, health.heartbeat_at),
	    "own_sweep_age_seconds", age(now, health.swept_at), "writer_queue",
	    (int)writer_waiting(exchange->service->writer));
}

enum handled
health_get(struct exchange *exchange)
{
	bool well;
	json_t *view = health_view(exchange, &well);

	/*
	 * Behind a reader that is held, by a feed that is read slowly, the lag
	 * counts what is recorded: bounce to a guess, and see it grow.
	 */
	if (!metrics_may_see(exchange))
		json_object_del(
		    json_object_get(view, "database"), "reader_lag");
	exchange->reply.status = well ? 200 : 503;
	exchange->reply.type = "application/json";
	reply_header(&exchange->reply, "Cache-Control", "no-store");
	reply_json(&exchange->reply, view);
	return HANDLED;
}
