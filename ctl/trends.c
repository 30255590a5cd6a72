#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "ctl/terminal.h"
#include "ctl/verb.h"
#include "db/told.h"
#include "db/trend_day.h"

/* Up to so long a time is shown by the hour. */
#define BY_HOUR_SECONDS (3 * TREND_DAY)
#define USUAL_SECONDS (30 * TREND_DAY)
/* Rows; longer times are shown in steps of several days. */
#define ROWS_MAX 72
#define TOPS_SHOWN 8

/* Day, bar, and five columns of numbers; see print_row. */
#define NUMBER_COLUMNS 55
#define BAR_LEAST 12
#define BAR_MOST 60

struct span {
	int64_t from, step;
	size_t rows;
};

struct row {
	uint64_t evidence[BACKSCATTER_KIND_COUNT];
	uint64_t listed, off;
	uint64_t seen;	    /* all backscatter */
	uint64_t borne_out; /* what the public is told of */
	bool uncounted;	    /* that is not known */
};

/* --- which time ----------------------------------------------------------- */

/* Whole steps, the last of them the one that is running. */
static struct span
span_of(const struct ctl *ctl)
{
	int64_t to = ctl->to != 0 ? ctl->to : ctl->now + 1;
	int64_t from = ctl->from != 0 ? ctl->from : to - USUAL_SECONDS;
	struct span span = { .step = TREND_DAY };

	if (to - from <= BY_HOUR_SECONDS)
		span.step = TREND_HOUR;
	while ((to - from) / span.step > ROWS_MAX)
		span.step += TREND_DAY;
	to += span.step - 1 - (to - 1) % span.step;
	span.rows = (size_t)((to - from + span.step - 1) / span.step);
	span.from = to - (int64_t)span.rows * span.step;
	return span;
}

/* --- reading -------------------------------------------------------------- */

static int
read_kind(struct store_txn *txn, const struct span *span,
    enum backscatter_kind kind, struct row *rows)
{
	uint64_t sums[TREND_WHAT_COUNT][ROWS_MAX + 2];
	int code = 0;

	for (int what = 0; code == 0 && what < TREND_WHAT_COUNT; what++)
		code = trend_series(txn, (enum trend_what)what, kind,
		    span->from, span->step, sums[what], span->rows);
	for (size_t i = 0; code == 0 && i < span->rows; i++) {
		rows[i].evidence[kind] = sums[TREND_EVIDENCE][i];
		rows[i].listed += sums[TREND_LISTED][i];
		rows[i].off += sums[TREND_EXPIRED][i] + sums[TREND_DELISTED][i];
		if (kind != BACKSCATTER_NONE)
			rows[i].seen += sums[TREND_EVIDENCE][i];
	}
	return code;
}

/* 1 when the day was not counted, 0, or a code. */
static int
add_day(struct store_txn *txn, int64_t number, struct row *row)
{
	struct trend_day day;
	int code = trend_day_get(txn, (uint32_t)number, &day);

	if (code != 0)
		return code == ERROR_NOT_FOUND ? 1 : code;
	for (int kind = 0; kind < BACKSCATTER_KIND_COUNT; kind++)
		row->borne_out += day.seen[kind];
	return 0;
}

/* Of whole days alone. */
static int
read_borne_out(struct store_txn *txn, const struct span *span, struct row *rows)
{
	int64_t days = span->step / TREND_DAY;
	int code = 0;

	for (size_t i = 0; code >= 0 && i < span->rows; i++) {
		int64_t first = span->from / TREND_DAY + (int64_t)i * days;

		code = days == 0;
		for (int64_t day = 0; code == 0 && day < days; day++)
			code = add_day(txn, first + day, &rows[i]);
		rows[i].uncounted = code > 0;
	}
	return code < 0 ? code : 0;
}

static json_t *
row_json(const struct row *row, int64_t at)
{
	json_t *evidence = json_object();

	for (int kind = 0; kind < BACKSCATTER_KIND_COUNT; kind++)
		json_object_set_new(evidence,
		    backscatter_name((enum backscatter_kind)kind),
		    json_integer((json_int_t)row->evidence[kind]));
	return json_pack("{s:o, s:I, s:o, s:o, s:I, s:I}", "at", told_time(at),
	    "backscatter", (json_int_t)row->seen, "borne_out",
	    row->uncounted ? json_null()
			   : json_integer((json_int_t)row->borne_out),
	    "evidence", evidence, "listed", (json_int_t)row->listed, "off",
	    (json_int_t)row->off);
}

static int
read_tops(struct store_txn *txn, const struct span *span, json_t *tops)
{
	int64_t to = span->from + (int64_t)span->rows * span->step;
	int code = 0;

	for (int by = 0; code == 0 && by < TREND_BY_COUNT; by++) {
		static struct trend_tops found;
		json_t *list = json_array();

		code =
		    trend_top(txn, (enum trend_by)by, span->from, to, &found);
		for (unsigned i = 0; code == 0 && i < found.count; i++)
			json_array_append_new(
			    list, json_pack("{s:o, s:I, s:I}", "name",
				      told_text(found.list[i].name), "count",
				      (json_int_t)found.list[i].count, "over",
				      (json_int_t)found.list[i].over));
		json_object_set_new(
		    tops, trend_by_name((enum trend_by)by), list);
	}
	return code;
}

struct trends {
	struct span span;
	struct row rows[ROWS_MAX + 2];
	json_t *tops;
};

static int
read_trends(struct ctl *ctl, struct store_txn *txn, void *context)
{
	struct trends *trends = context;
	int code = 0;

	(void)ctl;
	for (int kind = 0; code == 0 && kind < BACKSCATTER_KIND_COUNT; kind++)
		code = read_kind(txn, &trends->span,
		    (enum backscatter_kind)kind, trends->rows);
	if (code == 0)
		code = read_borne_out(txn, &trends->span, trends->rows);
	return code != 0 ? code : read_tops(txn, &trends->span, trends->tops);
}

/* --- drawing -------------------------------------------------------------- */

static unsigned
bar_cells(void)
{
	unsigned columns = terminal_columns(STDOUT_FILENO);
	unsigned cells =
	    columns > NUMBER_COLUMNS ? columns - NUMBER_COLUMNS : 0;

	return cells < BAR_LEAST  ? BAR_LEAST
	       : cells > BAR_MOST ? BAR_MOST
				  : cells;
}

static uint64_t
other_kinds(const struct row *row)
{
	return row->seen - row->evidence[BACKSCATTER_DSN] -
	       row->evidence[BACKSCATTER_AUTOREPLY];
}

/* A nothing is a point: the eye finds what is there. */
static void
print_count(uint64_t count)
{
	char text[TERMINAL_NUMBER_MAX];

	printf(" %7s", count > 0 ? terminal_number(count, text) : ".");
}

static void
print_row(
    const struct row *row, const char *when, uint64_t most, unsigned cells)
{
	char bar[TERMINAL_BAR_MAX];

	printf(
	    "%-5s %s", when, terminal_bar(row->seen, most, cells, true, bar));
	print_count(row->seen);
	print_count(row->evidence[BACKSCATTER_DSN]);
	print_count(row->evidence[BACKSCATTER_AUTOREPLY]);
	print_count(other_kinds(row));
	print_count(row->listed);
	print_count(row->off);
	putchar('\n');
}

static void
print_rows(const struct span *span, const struct row *rows)
{
	unsigned cells = bar_cells();
	uint64_t most = 0;
	char date[CLOCK_TEXT_MAX], end[CLOCK_TEXT_MAX];

	for (size_t i = 0; i < span->rows; i++)
		most = rows[i].seen > most ? rows[i].seen : most;
	clock_format_date(span->from, date);
	clock_format_date(
	    span->from + (int64_t)span->rows * span->step - 1, end);
	printf("Backscatter from %s to %s (UTC)\n\n", date, end);
	printf("%-5s %*s %7s %7s %7s %7s %7s %7s\n",
	    span->step == TREND_HOUR ? "hour" : "day", (int)cells, "", "seen",
	    "dsn", "auto", "other", "listed", "off");
	for (size_t i = 0; i < span->rows; i++) {
		char text[CLOCK_TEXT_MAX], when[8];

		/* "2026-01-31T12:00:00Z": the hour, or month and day. */
		clock_format(span->from + (int64_t)i * span->step, text);
		snprintf(when, sizeof(when), "%.5s",
		    text + (span->step == TREND_HOUR ? 11 : 5));
		print_row(&rows[i], when, most, cells);
	}
}

static uint64_t
number_of(const json_t *top, const char *name)
{
	return (uint64_t)json_integer_value(json_object_get(top, name));
}

/* The first has the longest bar. */
static void
print_top(const json_t *list, unsigned cells)
{
	uint64_t most = 0;
	json_t *top;
	size_t i;

	json_array_foreach(list, i, top)
	{
		char bar[TERMINAL_BAR_MAX], text[TERMINAL_NUMBER_MAX];
		const char *name =
		    json_string_value(json_object_get(top, "name"));
		uint64_t over = number_of(top, "over");
		uint64_t count = number_of(top, "count") - over;
		char escaped[LOG_TEXT_MAX];

		if (i == TOPS_SHOWN)
			break;
		most = count > most ? count : most;
		printf("  %-36s %s %s%s\n", log_escape(name, escaped),
		    terminal_bar(count, most, cells, true, bar),
		    over > 0 ? "at least " : "", terminal_number(count, text));
	}
}

static void
print_tops(const json_t *tops)
{
	unsigned cells = bar_cells() / 2;
	const char *title;
	json_t *list;

	json_object_foreach((json_t *)tops, title, list)
	{
		if (json_array_size(list) > 0)
			printf("\n%c%s\n", title[0] - 'a' + 'A', title + 1);
		print_top(list, cells);
	}
}

/* --- the verb ------------------------------------------------------------- */

static json_t *
answer_of(const struct trends *trends)
{
	const struct span *span = &trends->span;
	json_t *series = json_array();

	for (size_t i = 0; i < span->rows; i++)
		json_array_append_new(
		    series, row_json(&trends->rows[i],
				span->from + (int64_t)i * span->step));
	return json_pack("{s:o, s:I, s:o, s:O}", "from", told_time(span->from),
	    "step_seconds", (json_int_t)span->step, "series", series, "tops",
	    trends->tops);
}

int
verb_trends(struct ctl *ctl, int count, char *words[])
{
	static struct trends trends;
	int error, status = ctl_open(ctl, STORE_READ);

	(void)count;
	(void)words;
	if (status != CTL_OK)
		return status;
	trends.span = span_of(ctl);
	trends.tops = json_object();
	error = ctl_look(ctl, read_trends, &trends);
	if (error != 0)
		status = ctl_fail(error, "cannot read the trends");
	if (error == 0 && !ctl->json) {
		print_rows(&trends.span, trends.rows);
		print_tops(trends.tops);
	}
	if (error == 0)
		status = ctl_finish(ctl, answer_of(&trends));
	json_decref(trends.tops);
	return status;
}
