#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/error.h"
#include "ctl/import_line.h"
#include "ctl/verb.h"
#include "db/record.h"

/*
 * Everything is read, sorted and joined before the database is touched; then
 * short transactions write it in address order.
 */
#define LINE_OCTETS_MAX 4096
#define SHOWN_MAX 10
/*
 * Others wait while we hold the write lock: at most 50 ms. The rest of it is
 * for the commit, which has the disk to wait for.
 */
#define STEP_MS 20
/* The lock goes to whoever asks first: between two steps that is not us. */
#define PAUSE_US 1000
/* Units handed to a step: more than one has time for. */
#define BATCH_MAX 8192
#define PROGRESS_MS 200

/* The first few things that were left out, with why. */
struct shown {
	json_t *list;
	uint64_t count;
};

struct import {
	struct ctl *ctl;
	struct rangeset listed[2], excluded[2]; /* IPv4, IPv6 networks */
	uint64_t kinds[IMPORT_KIND_COUNT];
	uint64_t lines, total, done;
	struct shown wrong, refused;
	int64_t next_progress_ms;
	bool progress;
};

static void
show(struct shown *shown, json_t *what)
{
	if (shown->count++ < SHOWN_MAX)
		json_array_append_new(shown->list, what);
	else
		json_decref(what);
}

/* --- reading ------------------------------------------------------------- */

static int
take_line(struct import *import, const char *text, size_t len)
{
	struct import_line line;
	struct rangeset *sets = import->listed;

	import->lines++;
	import_line_parse(text, len, &line);
	import->kinds[line.kind]++;
	switch (line.kind) {
	case IMPORT_WRONG:
		show(&import->wrong,
		    json_pack("{s:I, s:s}", "line", (json_int_t)import->lines,
			"reason", line.wrong));
		return 0;
	case IMPORT_EXCLUSION:
		sets = import->excluded;
		break;
	case IMPORT_ENTRY:
		break;
	default:
		return 0;
	}
	return rangeset_add(
	    &sets[line.ipv6], line.range.first, line.range.last);
}

static void
take_long_line(struct import *import)
{
	import->lines++;
	import->kinds[IMPORT_WRONG]++;
	show(&import->wrong,
	    json_pack("{s:I, s:s}", "line", (json_int_t)import->lines, "reason",
		"is longer than 4096 octets"));
}

static int
read_lines(struct import *import, FILE *file)
{
	static char line[LINE_OCTETS_MAX];
	size_t len = 0;
	int c, error = 0;

	/* By octet, since fgets() would lose a NUL. */
	while (error == 0 && (c = getc_unlocked(file)) != EOF) {
		if (c != '\n') {
			if (len < sizeof(line))
				line[len] = (char)c;
			len++;
			continue;
		}
		if (len > sizeof(line))
			take_long_line(import);
		else
			error = take_line(import, line, len);
		len = 0;
	}
	if (error == 0 && ferror(file))
		return -EIO;
	if (error == 0 && len > sizeof(line))
		take_long_line(import);
	else if (error == 0 && len > 0)
		error = take_line(import, line, len);
	return error;
}

static int
read_input(struct import *import, const char *path)
{
	FILE *file = path != NULL ? fopen(path, "r") : stdin;
	int error = file != NULL ? read_lines(import, file) : -errno;

	if (path != NULL && file != NULL)
		fclose(file);
	for (int i = 0; i < 2 && error == 0; i++) {
		rangeset_normalise(&import->listed[i]);
		rangeset_normalise(&import->excluded[i]);
		error =
		    rangeset_subtract(&import->listed[i], &import->excluded[i]);
		import->total += rangeset_total(&import->listed[i]);
	}
	return error;
}

/* --- writing ------------------------------------------------------------- */

static volatile sig_atomic_t interrupted;

static void
interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

/* Between steps, not in one: what is committed stays, and is told. */
static void
catch_signals(void)
{
	struct sigaction action = { .sa_handler = interrupt };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

static void
refused(const struct ipaddr *unit, const char *why, void *context)
{
	char text[IPPREFIX_TEXT_MAX];
	struct import *import = context;

	show(&import->refused,
	    json_pack("{s:s, s:s}", "address", listing_unit_format(unit, text),
		"reason", why));
}

static struct ipaddr
unit_of(bool ipv6, uint64_t number)
{
	struct ipaddr unit = { { 0 } };

	if (!ipv6)
		return ipaddr_from_ipv4((uint32_t)number);
	for (int i = 7; i >= 0; i--) {
		unit.octets[i] = (uint8_t)number;
		number >>= 8;
	}
	return unit;
}

static void
show_progress(struct import *import, bool last)
{
	int64_t now = clock_monotonic_ms();

	if (!import->progress || (!last && now < import->next_progress_ms))
		return;
	import->next_progress_ms = now + PROGRESS_MS;
	fprintf(stderr, "\r%llu of %llu%s", (unsigned long long)import->done,
	    (unsigned long long)import->total, last ? "\n" : "");
}

/* Returns how many of the units it dealt with, or a negative code. */
static int
write_step(struct import *import, const struct recorder_rules *rules,
    const struct ipaddr *units, size_t count)
{
	struct ctl *ctl = import->ctl;
	const struct record_import step = { .reason = ctl->reason,
		.until = ctl->until,
		.refused = refused,
		.context = import };
	struct store_txn *txn;
	int taken, error = ctl_begin_write(ctl, &txn);

	if (error != 0)
		return error;
	taken = record_import(txn, rules, &step, units, count,
	    clock_monotonic_ms() + STEP_MS, ctl->now);
	error = ctl_end_write(txn, taken < 0 ? taken : 0);
	record_log_decisions(rules, error == 0);
	return error != 0 ? error : taken;
}

static size_t
fill(const struct rangeset *set, bool ipv6, struct rangeset_place *place,
    struct ipaddr *units, size_t count)
{
	uint64_t number;

	while (count < BATCH_MAX && rangeset_next(set, place, &number))
		units[count++] = unit_of(ipv6, number);
	return count;
}

static int
write_set(struct import *import, const struct recorder_rules *rules, bool ipv6)
{
	static struct ipaddr units[BATCH_MAX];
	const struct rangeset *set = &import->listed[ipv6];
	struct rangeset_place place = { 0, 0 };
	size_t count = 0;

	while (!interrupted) {
		int taken;

		count = fill(set, ipv6, &place, units, count);
		if (count == 0)
			return 0;
		taken = write_step(import, rules, units, count);
		if (taken < 0)
			return taken;
		count -= (size_t)taken;
		memmove(units, units + taken, count * sizeof(*units));
		import->done += (uint64_t)taken;
		show_progress(import, false);
		usleep(PAUSE_US);
	}
	return 0;
}

static int
write_all(struct import *import)
{
	struct ctl *ctl = import->ctl;
	struct recorder_rules rules;
	int error = recorder_rules_init(&rules, &ctl->settings, ctl->who);

	if (error != 0)
		return error;
	catch_signals();
	import->progress = isatty(STDERR_FILENO);
	error = write_set(import, &rules, false);
	if (error == 0)
		error = write_set(import, &rules, true);
	show_progress(import, true);
	recorder_rules_deinit(&rules);
	return error;
}

/* --- the answer ---------------------------------------------------------- */

static json_t *
answer_of(const struct import *import)
{
	const struct {
		const char *name;
		uint64_t value;
	} numbers[] = {
		{ "lines", import->lines },
		{ "blank_or_comment", import->kinds[IMPORT_BLANK] },
		{ "directives", import->kinds[IMPORT_DIRECTIVE] },
		{ "default_lines", import->kinds[IMPORT_DEFAULT] },
		{ "entries", import->kinds[IMPORT_ENTRY] },
		{ "exclusions", import->kinds[IMPORT_EXCLUSION] },
		{ "wrong", import->wrong.count },
		{ "addresses", import->total },
		{ "refused", import->refused.count },
		{ "listed", import->done - import->refused.count },
	};
	json_t *answer = json_object();

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		json_object_set_new(answer, numbers[i].name,
		    json_integer((json_int_t)numbers[i].value));
	json_object_set(answer, "wrong_lines", import->wrong.list);
	json_object_set(answer, "refused_addresses", import->refused.list);
	return answer;
}

static void
print_left_out(const struct import *import)
{
	json_t *item;
	size_t i;

	json_array_foreach(import->wrong.list, i, item)
	    ctl_say("line %" JSON_INTEGER_FORMAT " %s",
		json_integer_value(json_object_get(item, "line")),
		json_string_value(json_object_get(item, "reason")));
	if (import->wrong.count > i)
		ctl_say("... and %llu more wrong lines",
		    (unsigned long long)(import->wrong.count - i));
	json_array_foreach(import->refused.list, i, item) ctl_say("%s: %s",
	    json_string_value(json_object_get(item, "address")),
	    json_string_value(json_object_get(item, "reason")));
	if (import->refused.count > i)
		ctl_say("... and %llu more that cannot be listed",
		    (unsigned long long)(import->refused.count - i));
}

static void
print_answer(const json_t *answer)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)answer, name, value)
	{
		if (json_is_integer(value))
			printf("%-18s %" JSON_INTEGER_FORMAT "\n", name,
			    json_integer_value(value));
	}
}

static int
finish(struct import *import, int status)
{
	json_t *answer = answer_of(import);

	if (!import->ctl->json) {
		print_left_out(import);
		print_answer(answer);
	}
	if (ctl_finish(import->ctl, answer) != CTL_OK)
		return CTL_DATABASE;
	if (status == CTL_OK && import->wrong.count + import->refused.count > 0)
		return CTL_NOT_FOUND;
	return status;
}

static int
run(struct import *import)
{
	struct ctl *ctl = import->ctl;
	int error, status;

	if (ctl->until > ctl->now + RECORD_MANUAL_MAX_SECONDS) {
		ctl_say("--until is more than a year ahead");
		return CTL_REFUSED;
	}
	if (!ctl->confirm) {
		ctl_say("nothing was changed; with --confirm %llu addresses "
			"are listed",
		    (unsigned long long)import->total);
		return finish(import, CTL_REFUSED);
	}
	status = ctl_open(ctl, STORE_WRITE);
	if (status != CTL_OK)
		return status;
	error = write_all(import);
	if (error != 0)
		status = ctl_fail(error, "stopped after %llu of %llu addresses",
		    (unsigned long long)import->done,
		    (unsigned long long)import->total);
	else if (interrupted) {
		ctl_say("interrupted after %llu of %llu addresses, which stay",
		    (unsigned long long)import->done,
		    (unsigned long long)import->total);
		status = CTL_REFUSED;
	}
	return finish(import, status);
}

int
verb_import(struct ctl *ctl, int count, char *words[])
{
	const char *path = count > 0 ? words[0] : NULL;
	struct import import = { .ctl = ctl,
		.wrong.list = json_array(),
		.refused.list = json_array() };
	int error = read_input(&import, path);
	int status;

	if (error != 0)
		status = ctl_fail(
		    error, "%s", path != NULL ? path : "standard input");
	else
		status = run(&import);
	for (int i = 0; i < 2; i++) {
		rangeset_deinit(&import.listed[i]);
		rangeset_deinit(&import.excluded[i]);
	}
	json_decref(import.wrong.list);
	json_decref(import.refused.list);
	return status;
}
