#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/daemon.h"
#include "common/error.h"
#include "common/log.h"
#include "common/privilege.h"
#include "db/policy.h"
#include "ingest/classify.h"
#include "ingest/confine.h"
#include "ingest/deliver.h"
#include "ingest/events.h"
#include "ingest/explain.h"
#include "ingest/import.h"
#include "ingest/mailboxes.h"
#include "ingest/maildirs.h"
#include "ingest/metrics_server.h"
#include "ingest/policy_server.h"
#include "ingest/recorder.h"
#include "ingest/smtp_server.h"

/*
 * bsbl-ingest: takes mail for the traps and turns it into evidence.
 */
struct ingest {
	struct daemon_options options;
	struct settings settings;
	struct store *store;
	struct recorder *recorder;
	struct mailboxes *mailboxes;
	struct smtp_server *server;
	struct policy_server *policy;
	struct maildirs *maildirs;
	struct metrics_server *metrics;
	int signals;
};

/* Built whole before anything of it is in force. */
static int
reload(struct ingest *ingest)
{
	struct settings settings;
	int code = settings_read(ingest->options.config_path, &settings);

	if (code == 0)
		code = recorder_reload(ingest->recorder, &settings);
	if (code == 0)
		code = smtp_server_apply(ingest->server, &settings);
	if (code == 0)
		code = policy_server_reload(ingest->policy, &settings);
	settings_free(&settings);
	return code;
}

static void
on_signal(void *context)
{
	struct ingest *ingest = context;
	int code;

	switch (daemon_signal_next(ingest->signals)) {
	case 0:
		return;
	case SIGHUP:
		daemon_reloading();
		code = reload(ingest);
		if (code == 0)
			log_notice("reloaded");
		else
			log_error(
			    "reload_refused reason=\"%s\"", error_text(code));
		daemon_reloaded(code == 0);
		return;
	default:
		daemon_stopping();
		smtp_server_stop(ingest->server);
	}
}

/* For those that do not say themselves why they failed. */
static int
complain(const char *what, int code)
{
	if (code < 0)
		log_error(
		    "not_running at=%s reason=\"%s\"", what, error_text(code));
	return code;
}

/*
 * Sockets first, which may need root; everything else as the user that keeps
 * running, so that what it may not do is found out now.
 */
static int
start(struct ingest *ingest)
{
	const struct settings *settings = &ingest->settings;
	int code;

	classify_init();
	privilege_raise_files();
	ingest->signals = complain("signals", daemon_signals());
	if (ingest->signals < 0)
		return ingest->signals;
	code = smtp_server_open(settings, &ingest->server);
	if (code == 0)
		code = policy_server_open(settings,
		    smtp_server_loop(ingest->server), &ingest->policy);
	if (code == 0)
		code = metrics_server_open(settings,
		    smtp_server_loop(ingest->server), &ingest->metrics);
	if (code == 0)
		code = privilege_drop(settings->ingest.user);
	if (code == 0)
		code = store_open(settings, STORE_WRITE, &ingest->store);
	if (code == 0)
		code = ingest_confine(settings);
	if (code == 0)
		code = complain(
		    "settings", smtp_server_apply(ingest->server, settings));
	if (code == 0)
		code = complain("mailboxes",
		    mailboxes_open(ingest->store, &ingest->mailboxes));
	if (code == 0)
		code = recorder_open(ingest->store, settings, RECORDER_KEEPER,
		    &ingest->recorder);
	if (code == 0)
		code = maildirs_open(settings, smtp_server_loop(ingest->server),
		    &ingest->maildirs);
	return code;
}

static int
serve(struct ingest *ingest)
{
	int code =
	    maildirs_serve(ingest->maildirs, ingest->store, ingest->recorder);

	if (code != 0)
		return code;
	policy_server_serve(
	    ingest->policy, ingest->mailboxes, ingest->recorder);
	metrics_server_serve(ingest->metrics, ingest->recorder);
	daemon_ready();
	return complain("event_loop",
	    smtp_server_run(ingest->server, ingest->mailboxes, ingest->recorder,
		ingest->signals, on_signal, ingest));
}

/* In reverse; what was acknowledged is on disk already. */
static void
stop(struct ingest *ingest)
{
	metrics_server_close(ingest->metrics);
	maildirs_stop(ingest->maildirs);
	recorder_close(ingest->recorder);
	maildirs_close(ingest->maildirs);
	mailboxes_close(ingest->mailboxes);
	store_close(ingest->store);
	policy_server_close(ingest->policy);
	smtp_server_close(ingest->server);
	if (ingest->signals >= 0)
		close(ingest->signals);
	settings_free(&ingest->settings);
}

static int
check(const struct settings *settings)
{
	struct policy policy;
	int code = policy_from_settings(settings, &policy);

	return code != 0 ? code : smtp_server_check(settings);
}

/* What it does beside serving, by the first word. */
static const struct {
	const char *option;
	int (*main)(int argc, char *argv[]);
} modes[] = {
	{ "--deliver", deliver_main },
	{ "--events", events_main },
	{ "--explain", explain_main },
	{ "--import", import_main },
};

int
main(int argc, char *argv[])
{
	struct ingest ingest = { .signals = -1 };
	int status, code;

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (argc > 1 && strcmp(argv[1], modes[i].option) == 0)
			return modes[i].main(argc, argv);
	}
	status = daemon_begin("bsbl-ingest", argc, argv, &ingest.options,
	    &ingest.settings, check);
	if (status >= 0)
		return status;
	code = start(&ingest);
	if (code == 0)
		code = serve(&ingest);
	if (code == 0 && store_has_failed(ingest.store))
		code = -EIO;
	stop(&ingest);
	return code == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
