#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/daemon.h"
#include "common/error.h"
#include "common/log.h"
#include "common/privilege.h"
#include "db/store.h"
#include "httpapi/catalog.h"
#include "httpapi/certificate.h"
#include "httpapi/confine.h"
#include "httpapi/dnsd_watch.h"
#include "httpapi/feed_api.h"
#include "httpapi/hash.h"
#include "httpapi/keeper.h"
#include "httpapi/limit.h"
#include "httpapi/prover.h"
#include "httpapi/quota.h"
#include "httpapi/reader.h"
#include "httpapi/server.h"
#include "httpapi/site.h"
#include "httpapi/survey.h"
#include "httpapi/undertaking.h"
#include "httpapi/writer.h"

/* How late a deadline may fall. */
#define TICK_MS 250

/* Is there a zone to answer from? Said at start rather than to each client. */
static int
check_zone(struct readers *readers)
{
	struct reader *reader;
	int code = reader_take(readers, &reader);

	if (code == 0)
		reader_give(readers, reader);
	else
		log_error("zone_not_readable reason=\"%s\" "
			  "remedy=\"run bsblctl zone apply\"",
		    error_text(code));
	return code;
}

static int
service_open(struct service *service, const struct settings *settings)
{
	struct site *site;
	int code = site_new(settings, &site);

	if (code != 0)
		return code;
	atomic_store(&service->site, site);
	service->request_seed = hash_seed();
	service->started_at = clock_seconds();
	code = store_open(settings, STORE_WRITE, &service->store);
	if (code == 0)
		code = readers_new(service->store, &service->readers);
	if (code == 0)
		code = quota_new(&service->quota);
	if (code == 0)
		code = quota_new(&service->networks);
	if (code == 0)
		code = quota_new(&service->proofs);
	if (code == 0)
		code = quota_new(&service->attempts);
	if (code == 0)
		code = limit_new(FEED_CLIENTS_MAX, &service->feeding);
	if (code == 0)
		code = survey_new(&service->survey);
	if (code == 0)
		code = catalog_new(&service->catalog);
	if (code == 0)
		code = undertakings_new(service, &service->undertakings);
	if (code == 0)
		code = dnsd_watch_new(settings, &service->dnsd);
	return code != 0 ? code : check_zone(service->readers);
}

/* Hasher and searcher have nothing to do but their jobs. */
static void
rest(void *context)
{
	(void)context;
}

static int
start_writers(struct service *service)
{
	int code = writer_start(keeper_round, service, &service->writer);

	if (code == 0)
		code = writer_start(rest, service, &service->hasher);
	return code != 0 ? code
			 : writer_start(rest, service, &service->searcher);
}

static int
service_start(struct service *service, const struct settings *settings)
{
	int code = keeper_new(service, &service->keeper);

	if (code == 0)
		code =
		    prover_start(settings->httpapi.resolver, &service->prover);
	if (code == 0)
		code = feeder_start(service->store, &service->feeder);
	if (code == 0)
		code = start_writers(service);
	return code != 0 ? code : undertakings_resume(service->undertakings);
}

/* Nothing waits any more; what DNS would have said is not written either. */
static void
service_stop(struct service *service)
{
	prover_stop(service->prover);
	feeder_stop(service->feeder);
	atomic_store(&service->stopping, true);
	writer_stop(service->searcher);
	writer_stop(service->hasher);
	writer_stop(service->writer);
	if (service->undertakings != NULL)
		undertakings_wake(service->undertakings, true);
}

static void
service_close(struct service *service)
{
	service_stop(service);
	prover_free(service->prover);
	feeder_free(service->feeder);
	writer_free(service->searcher);
	writer_free(service->hasher);
	writer_free(service->writer);
	keeper_free(service->keeper);
	quota_free(service->quota);
	quota_free(service->networks);
	quota_free(service->proofs);
	quota_free(service->attempts);
	limit_free(service->feeding);
	survey_free(service->survey);
	catalog_free(service->catalog);
	undertakings_free(service->undertakings);
	dnsd_watch_free(service->dnsd);
	readers_free(service->readers);
	store_close(service->store);
	site_free(atomic_load(&service->site));
}

static void
reload(struct service *service, const char *path)
{
	struct settings settings = { 0 };
	struct site *site;
	bool in_force = false;

	daemon_reloading();
	if (settings_read(path, &settings) == 0 &&
	    site_new(&settings, &site) == 0) {
		site->older = atomic_load(&service->site);
		atomic_store(&service->site, site);
		certificate_use(&settings);
		log_notice("reloaded");
		in_force = true;
	} else {
		log_error("reload_refused reason=\"the new ones are refused\"");
	}
	settings_free(&settings);
	daemon_reloaded(in_force);
}

/* Nobody can write any more, nor say what is on disk; a new start can. */
static bool
is_lost(const struct service *service)
{
	if (!store_has_failed(service->store))
		return false;
	log_error("database_lost reason=\"its last page could not be "
		  "written\" remedy=\"httpapi ends now; a new start shows "
		  "what is on disk\"");
	return true;
}

static void
serve(struct service *service, struct server *server, int signals,
    const char *path)
{
	struct pollfd wait = { .fd = signals, .events = POLLIN };

	for (;;) {
		int signal;

		if (poll(&wait, 1, TICK_MS) < 0 && errno != EINTR)
			log_error(
			    "poll_failed reason=\"%s\"", error_text(-errno));
		daemon_alive();
		server_expire(server);
		readers_rest(service->readers);
		certificate_watch(clock_monotonic_ms());
		signal = daemon_signal_next(signals);
		if (signal == SIGHUP)
			reload(service, path);
		else if (signal != 0 || is_lost(service))
			return;
	}
}

/*
 * Until a signal says stop, or the database is lost, which is a failure; then
 * what is under way is finished.
 */
static int
run(struct service *service, const struct settings *settings,
    struct server_sockets *sockets, int signals, const char *path)
{
	struct server *server;
	int code = server_start(service, settings, sockets, &server);

	if (code != 0)
		return code;
	daemon_ready();
	serve(service, server, signals, path);
	daemon_stopping();
	log_notice("stopping");
	server_quiesce(server);
	service_stop(service);
	server_stop(server);
	return store_has_failed(service->store) ? -EIO : 0;
}

/* Once the sockets are bound: as the user who keeps running. */
static int
run_confined(struct service *service, const struct settings *settings,
    struct server_sockets *sockets, int signals, const char *path)
{
	int code = privilege_drop(settings->httpapi.user);

	if (code == 0)
		code = httpapi_confine(settings);
	if (code == 0)
		code = certificate_begin(settings);
	if (code == 0)
		code = service_start(service, settings);
	return code != 0 ? code
			 : run(service, settings, sockets, signals, path);
}

static int
check(const struct settings *settings)
{
	struct site *site = NULL;
	int code = site_new(settings, &site);

	if (code == 0)
		code = certificate_begin(settings);
	certificate_end();
	site_free(site);
	return code;
}

int
main(int argc, char *argv[])
{
	struct service service = { 0 };
	struct server_sockets sockets;
	struct daemon_options options;
	struct settings settings;
	int signals, status, code;

	status = daemon_begin(
	    "bsbl-httpapi", argc, argv, &options, &settings, check);
	if (status >= 0)
		return status;
	privilege_raise_files();
	code = signals = daemon_signals();
	if (code >= 0)
		code = service_open(&service, &settings);
	if (code == 0)
		code = server_listen(&settings, &sockets);
	if (code == 0) {
		code = run_confined(&service, &settings, &sockets, signals,
		    options.config_path);
		server_close(&sockets);
	}
	service_close(&service);
	certificate_end();
	if (signals >= 0)
		close(signals);
	settings_free(&settings);
	return code == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
