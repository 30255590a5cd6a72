#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/daemon.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/privilege.h"
#include "db/store.h"
#include "db/zonesettings.h"
#include "dnsd/confine.h"
#include "dnsd/keeper.h"
#include "dnsd/notify.h"
#include "dnsd/rules.h"
#include "dnsd/server.h"
#include "dnsd/watch.h"
#include "dnsd/zone.h"

/*
 * bsbl-dnsd: answers DNS queries from the zone in the database.
 */

#define PROGRAM "bsbl-dnsd"
#define TICK_MS 1000
#define ROLL_MS (24 * 60 * 60 * INT64_C(1000))

struct dnsd {
	struct daemon_options options;
	struct settings settings;
	struct rules *rules;
	struct store *store;
	struct server *server;
	struct watch *watch;
	struct notify *notify;
	struct keeper keeper;
	int signals;
	int metrics; /* -1 none */
	int64_t rolled_ms;
};

/* Says where bsbl.conf and the database differ: the database is served. */
static void
compare_zone(const struct dnsd *dnsd)
{
	static struct zone zone;
	struct store_txn *txn;

	if (store_begin_read(dnsd->store, &txn) != 0)
		return;
	zone_init(&zone);
	zone_refresh(&zone, txn);
	store_abort(txn);
	zone_compare(&zone, &dnsd->settings);
}

static bool
lists_equal(const struct settings_list *a, const struct settings_list *b)
{
	bool equal = a->count == b->count;

	for (size_t i = 0; equal && i < a->count; i++)
		equal = strcmp(a->items[i], b->items[i]) == 0;
	return equal;
}

/* What only a new process can change. */
static void
name_what_needs_a_restart(
    const struct settings *old, const struct settings *next)
{
	const struct {
		const char *name;
		bool differs;
	} fixed[] = {
		{ "dnsd.listen",
		    !lists_equal(&old->dnsd.listen, &next->dnsd.listen) },
		{ "dnsd.workers", old->dnsd.workers != next->dnsd.workers },
		{ "dnsd.user", strcmp(old->dnsd.user, next->dnsd.user) != 0 },
		{ "dnsd.tcp_connections",
		    old->dnsd.tcp_connections != next->dnsd.tcp_connections },
		{ "dnsd.metrics",
		    strcmp(old->dnsd.metrics, next->dnsd.metrics) != 0 },
		{ "database.path",
		    strcmp(old->database.path, next->database.path) != 0 },
		{ "database.map_bytes",
		    old->database.map_bytes != next->database.map_bytes },
	};

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		if (fixed[i].differs)
			log_warning("restart_needed setting=%s", fixed[i].name);
	}
}

static void
put_in_force(struct dnsd *dnsd, struct rules *rules)
{
	server_set_rules(dnsd->server, rules);
	notify_set_rules(dnsd->notify, rules);
	rules_release(dnsd->rules);
	dnsd->rules = rules;
}

/* A cookie secret of our own is good for a day, and for two more to verify. */
static void
roll_secrets(struct dnsd *dnsd, int64_t now_ms)
{
	struct rules *rules;

	if (!dnsd->rules->own_secrets || now_ms - dnsd->rolled_ms < ROLL_MS)
		return;
	dnsd->rolled_ms = now_ms;
	if (rules_new(&dnsd->settings, dnsd->rules, &rules) != 0)
		return;
	cookie_secrets_roll(&rules->secrets);
	put_in_force(dnsd, rules);
}

/* New settings are read whole; with a mistake in them the old ones stay. */
static void
reload(struct dnsd *dnsd)
{
	struct settings next = { 0 };
	struct rules *rules;
	enum log_level level = LOG_LEVEL_INFO;
	bool in_force = false;

	daemon_reloading();
	if (settings_read(dnsd->options.config_path, &next) != 0 ||
	    rules_new(&next, dnsd->rules, &rules) != 0) {
		log_error("reload_refused reason=\"settings in force stay\"");
		settings_free(&next);
	} else {
		name_what_needs_a_restart(&dnsd->settings, &next);
		settings_free(&dnsd->settings);
		dnsd->settings = next;
		log_level_parse(next.log.level, &level);
		log_open("dnsd", dnsd->options.debug ? LOG_LEVEL_DEBUG : level);
		put_in_force(dnsd, rules);
		compare_zone(dnsd);
		log_notice("reloaded");
		in_force = true;
	}
	daemon_reloaded(in_force);
}

static void
print_counters(struct strbuf *out, void *server)
{
	struct counters sum;

	server_count(server, &sum);
	counters_print(&sum, out);
}

/* Until a signal ends it. */
static void
loop(struct dnsd *dnsd)
{
	for (;;) {
		struct pollfd fds[] = { { dnsd->signals, POLLIN, 0 },
			{ dnsd->metrics, POLLIN, 0 } };
		int signal;

		poll(fds, 2, TICK_MS);
		daemon_alive();
		if (fds[1].revents != 0)
			metrics_serve(
			    dnsd->metrics, print_counters, dnsd->server);
		keeper_tick(&dnsd->keeper, clock_seconds());
		roll_secrets(dnsd, clock_monotonic_ms());
		while ((signal = daemon_signal_next(dnsd->signals)) != 0) {
			if (signal != SIGHUP)
				return;
			reload(dnsd);
		}
	}
}

/* The threads, in the order in which they need each other. */
static int
start(struct dnsd *dnsd)
{
	int error = notify_start(dnsd->store, dnsd->rules, &dnsd->notify);

	if (error == 0)
		error = watch_start(
		    dnsd->store, notify_fd(dnsd->notify), &dnsd->watch);
	if (error == 0)
		error = server_start(dnsd->server, dnsd->store,
		    watch_index(dnsd->watch), dnsd->rules);
	return error;
}

/* Each step has said in the log why it failed. */
static int
serve(struct dnsd *dnsd)
{
	int status = EXIT_FAILURE;

	dnsd->signals = daemon_signals();
	if (dnsd->signals < 0 ||
	    rules_new(&dnsd->settings, NULL, &dnsd->rules) != 0 ||
	    store_open(&dnsd->settings, STORE_READ, &dnsd->store) != 0)
		return EXIT_FAILURE;
	if (server_open(&dnsd->settings, &dnsd->server) != 0)
		goto close_store;
	if (metrics_open(dnsd->settings.dnsd.metrics, &dnsd->metrics) != 0)
		goto close_server;
	if (privilege_drop(dnsd->settings.dnsd.user) != 0 ||
	    dnsd_confine(&dnsd->settings) != 0)
		goto close_metrics;
	compare_zone(dnsd);
	if (start(dnsd) != 0)
		goto close_metrics;

	dnsd->rolled_ms = clock_monotonic_ms();
	keeper_init(&dnsd->keeper, dnsd->store);
	daemon_ready();
	loop(dnsd);
	daemon_stopping();
	log_notice("stopping");
	status = EXIT_SUCCESS;

close_metrics:
	if (dnsd->metrics >= 0)
		close(dnsd->metrics);
close_server:
	server_close(dnsd->server);
	watch_stop(dnsd->watch);
	notify_stop(dnsd->notify);
close_store:
	store_close(dnsd->store);
	close(dnsd->signals);
	return status;
}

static int
check(const struct settings *settings)
{
	static struct zone_settings zone;
	struct rules *rules = NULL;
	int code = zone_settings_from(settings, &zone);

	if (code == 0)
		code = rules_new(settings, NULL, &rules);
	rules_release(rules);
	return code;
}

int
main(int argc, char *argv[])
{
	static struct dnsd dnsd;
	int status = daemon_begin(
	    PROGRAM, argc, argv, &dnsd.options, &dnsd.settings, check);

	if (status >= 0)
		return status;
	status = serve(&dnsd);
	rules_release(dnsd.rules);
	settings_free(&dnsd.settings);
	return status;
}
