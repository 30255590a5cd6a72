#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "common/error.h"
#include "ctl/export.h"
#include "ctl/export_file.h"
#include "ctl/verb.h"

/* A feed that fell behind begins anew; one that does so always never ends. */
#define TRIES 3

/* Looking costs a few instructions; nobody waits shorter for a file. */
#define LOOK_MS 200
/* What belongs together comes in several transactions. */
#define GATHER_MS 1000
/* Then a rest: writing takes a twentieth of one processor at most. */
#define REST_MS 5000
#define REST_FACTOR 20

static volatile sig_atomic_t stop;

static void
end(int signal)
{
	(void)signal;
	stop = 1;
}

/* Between two steps: nothing unfinished is left behind. */
static void
catch_signals(void)
{
	struct sigaction action = { .sa_handler = end };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

/* --- once ----------------------------------------------------------------- */

static int
write_feed(struct ctl *ctl, struct export_wish *wish, struct export *export,
    struct export_file *file)
{
	struct feed *feed;
	int error = feed_open(ctl->store, NULL, &feed);

	if (error != 0)
		return error;
	wish->now = clock_seconds();
	wish->folder = file->folder;
	error = export_write(export, wish, feed, file->stream);
	export->zone = NULL; /* it goes with the feed */
	feed_close(feed);
	return error;
}

static int
write_file(struct ctl *ctl, struct export_wish *wish, const char *path,
    struct export *export)
{
	struct export_file file;
	int error = ERROR_NOT_FOUND;

	for (int i = 0; i < TRIES && error == ERROR_NOT_FOUND; i++) {
		error = export_file_open(&file, path);
		if (error != 0)
			return error;
		error = write_feed(ctl, wish, export, &file);
		if (error != 0)
			export_file_drop(&file);
	}
	return error != 0 ? error : export_file_commit(&file);
}

static json_t *
answer_of(const struct export *export, const char *path)
{
	return json_pack("{s:s, s:s, s:s, s:I, s:I, s:s}", "file", path,
	    "format", export->format->name, "list",
	    export_list_name(export->list), "serial",
	    (json_int_t) export->version.serial, "entries",
	    (json_int_t) export->entries, "time", export->time);
}

static int
tell(struct ctl *ctl, const struct export *export, const char *path)
{
	if (path == NULL) /* the export stands there */
		return CTL_OK;
	if (!ctl->json)
		printf("wrote %s: %" PRIu64 " entries, serial %" PRIu32 "\n",
		    path, export->entries, export->version.serial);
	return ctl_finish(ctl, answer_of(export, path));
}

static int
write_and_tell(struct ctl *ctl, struct export_wish *wish, const char *path,
    struct zone_version *written)
{
	static struct export export;
	int error = write_file(ctl, wish, path, &export);

	if (error == 0) {
		*written = export.version;
		return tell(ctl, &export, path);
	}
	if (error == ERROR_REFUSED) {
		ctl_say("%s is no file; without FILE it goes to standard "
			"output",
		    path);
		return CTL_REFUSED;
	}
	return error == -EINTR ? CTL_REFUSED
			       : ctl_fail(error, "%s",
				     path != NULL ? path : "standard output");
}

/* --- for ever ------------------------------------------------------------- */

/* Until `ms` have gone by, or we shall end. */
static void
wait_ms(int64_t ms)
{
	int64_t until = clock_monotonic_ms() + ms;

	while (!stop && clock_monotonic_ms() < until)
		usleep(LOOK_MS * 1000);
}

/* In doubt: what cannot be read is told by whoever writes. */
static bool
has_changed(struct store *store, const struct zone_version *written)
{
	struct zone_version version;
	struct store_txn *txn;
	int error = store_begin_read(store, &txn);

	if (error != 0)
		return true;
	error = meta_zone_version(txn, &version);
	store_abort(txn);
	return error != 0 || version.serial != written->serial ||
	       version.lineage != written->lineage;
}

static void
wait_for_change(struct store *store, const struct zone_version *written)
{
	uint64_t seen = 0;

	while (!stop) {
		uint64_t last = store_last_txn_id(store);

		if (last != seen && has_changed(store, written))
			return;
		seen = last;
		wait_ms(LOOK_MS);
	}
}

/* A failure is told, and tried again: a full disk need not stay full. */
static void
keep_fresh(struct ctl *ctl, struct export_wish *wish, const char *path,
    struct zone_version *written)
{
	int64_t took_ms = 0;

	while (!stop) {
		int64_t rest_ms = REST_FACTOR * took_ms;
		int64_t began_ms;

		fflush(stdout);
		wait_ms(rest_ms > REST_MS ? rest_ms : REST_MS);
		wait_for_change(ctl->store, written);
		wait_ms(GATHER_MS);
		if (stop)
			return;
		began_ms = clock_monotonic_ms();
		write_and_tell(ctl, wish, path, written);
		took_ms = clock_monotonic_ms() - began_ms;
	}
}

/* --- the verb ------------------------------------------------------------- */

static int
take_format(const char *name, struct export_wish *wish)
{
	wish->format = export_format_find(name);
	if (wish->format != NULL)
		return CTL_OK;
	ctl_say("there is no format %s; they are", name);
	for (size_t i = 0; export_format_at(i) != NULL; i++)
		ctl_say("  %-8s %s", export_format_at(i)->name,
		    export_format_at(i)->summary);
	return CTL_USAGE;
}

static int
take_list(const struct ctl *ctl, struct export_wish *wish)
{
	wish->list = wish->format->has_lists ? EXPORT_ALL_LISTS : SUBLIST_MAIN;
	if (ctl->list == NULL || export_list_parse(ctl->list, &wish->list))
		return CTL_OK;
	ctl_say("there is no list %s; they are", ctl->list);
	for (unsigned i = 0; i < SUBLIST_COUNT; i++)
		ctl_say("  %-9s %s", export_list_name(i), sublists[i].contains);
	return CTL_USAGE;
}

int
verb_export(struct ctl *ctl, int count, char *words[])
{
	const char *path = count > 1 ? words[1] : NULL;
	struct export_wish wish = { .stop = &stop };
	struct zone_version written;
	int status = take_format(words[0], &wish);

	if (status == CTL_OK)
		status = take_list(ctl, &wish);
	if (status == CTL_OK && ctl->watch && path == NULL) {
		ctl_say("--watch needs a FILE");
		status = CTL_USAGE;
	}
	if (status == CTL_OK)
		status = ctl_open(ctl, STORE_READ);
	if (status != CTL_OK)
		return status;
	catch_signals();
	status = write_and_tell(ctl, &wish, path, &written);
	if (status == CTL_OK && ctl->watch)
		keep_fresh(ctl, &wish, path, &written);
	return status;
}
