#include <errno.h>
#include <stdio.h>

#include "ctl/bulk.h"
#include "ctl/import_line.h"
#include "ctl/verb.h"
#include "db/record.h"

/*
 * Everything is read, sorted and joined before the database is touched; then
 * short transactions write it in address order.
 */
#define LINE_OCTETS_MAX 4096
#define SHOWN_MAX 10

/* The first few things that were left out, with why. */
struct shown {
	json_t *list;
	uint64_t count;
};

struct import {
	struct ctl *ctl;
	struct rangeset listed[2], excluded[2]; /* IPv4, IPv6 networks */
	uint64_t kinds[IMPORT_KIND_COUNT];
	uint64_t lines, total;
	struct rangeset_place places[2];
	struct shown wrong, refused;
	struct bulk bulk;
};

static void
show(struct shown *shown, json_t *what)
{
	if (shown->count++ < SHOWN_MAX)
		json_array_append_new(shown->list, what);
	else
		json_decref(what);
}

/* --- reading -------------------------------------------------------------- */

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

/* --- writing -------------------------------------------------------------- */

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

static int
write_step(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *units, size_t count, int64_t deadline_ms,
    void *context)
{
	struct import *import = context;
	const struct ctl *ctl = import->ctl;
	const struct record_import step = { .reason = ctl->reason,
		.until = ctl->until,
		.refused = refused,
		.context = import };

	return record_import(
	    txn, rules, &step, units, count, deadline_ms, ctl->now);
}

/* IPv4 first, then IPv6. */
static size_t
fill(void *context, struct ipaddr *units, size_t room)
{
	struct import *import = context;
	size_t count = 0;

	for (int ipv6 = 0; ipv6 < 2; ipv6++) {
		uint64_t number;

		while (count < room && rangeset_next(&import->listed[ipv6],
					   &import->places[ipv6], &number))
			units[count++] = unit_of(ipv6, number);
	}
	return count;
}

/* --- the answer ----------------------------------------------------------- */

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
		{ "listed", import->bulk.done - import->refused.count },
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

/* How the writing ended, with what `error`. */
static int
tell_end(const struct import *import, int error)
{
	unsigned long long done = import->bulk.done, total = import->total;

	if (error != 0)
		return ctl_fail(
		    error, "stopped after %llu of %llu addresses", done, total);
	if (!import->bulk.interrupted)
		return CTL_OK;
	ctl_say("interrupted after %llu of %llu addresses, which stay", done,
	    total);
	return CTL_REFUSED;
}

static int
run(struct import *import)
{
	struct ctl *ctl = import->ctl;
	int status;

	if (ctl->until > ctl->now + RECORD_MANUAL_MAX_SECONDS) {
		ctl_say("--until is more than a year ahead");
		return CTL_REFUSED;
	}
	if (!ctl->confirmed) {
		ctl_say("nothing was changed; with --confirm %llu addresses "
			"are listed",
		    (unsigned long long)import->total);
		return finish(import, CTL_REFUSED);
	}
	status = ctl_open(ctl, STORE_WRITE);
	if (status != CTL_OK)
		return status;
	import->bulk = (struct bulk){ .doing = "importing",
		.total = import->total,
		.context = import,
		.fill = fill,
		.step = write_step };
	return finish(import, tell_end(import, bulk_run(ctl, &import->bulk)));
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
