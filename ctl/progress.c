#include "ctl/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "ctl/terminal.h"

#define STEP_MS 200
/* Work that is done before anybody wonders needs no bar. */
#define QUIET_MS 500

#define BAR_MOST 40
#define BAR_LEAST 10

/* Seconds that are left at the pace so far: "12 s left", "3 min left". */
static void
format_left(const struct progress *progress, uint64_t done, int64_t elapsed_ms,
    char text[32])
{
	double left;

	text[0] = '\0';
	if (done == 0 || done >= progress->total || elapsed_ms < QUIET_MS)
		return;
	left = (double)elapsed_ms / 1000 *
	       ((double)progress->total / (double)done - 1);
	if (left < 90)
		snprintf(text, 32, ", %.0f s left", left);
	else
		snprintf(text, 32, ", %.0f min left", left / 60);
}

char *
progress_line(const struct progress *progress, uint64_t done,
    int64_t elapsed_ms, unsigned columns, char line[PROGRESS_LINE_MAX])
{
	char of[TERMINAL_NUMBER_MAX], so_far[TERMINAL_NUMBER_MAX], left[32];
	char bar[TERMINAL_BAR_MAX], numbers[128];
	int used, cells;

	terminal_number(done, so_far);
	if (progress->total == 0) {
		snprintf(
		    line, PROGRESS_LINE_MAX, "%s  %s", progress->doing, so_far);
		return line;
	}
	if (done > progress->total)
		done = progress->total;
	format_left(progress, done, elapsed_ms, left);
	used = snprintf(numbers, sizeof(numbers), "%3.0f %%  %s of %s%s",
	    100.0 * (double)done / (double)progress->total, so_far,
	    terminal_number(progress->total, of), left);
	/* The last column stays free, or some terminals begin a new line. */
	cells = (int)columns - 1 - used - (int)strlen(progress->doing) - 6;
	if (cells > BAR_MOST)
		cells = BAR_MOST;
	if (cells < BAR_LEAST)
		snprintf(line, PROGRESS_LINE_MAX, "%s  %s", progress->doing,
		    numbers);
	else
		snprintf(line, PROGRESS_LINE_MAX, "%s  [%s]  %s",
		    progress->doing,
		    terminal_bar(
			done, progress->total, (unsigned)cells, true, bar),
		    numbers);
	return line;
}

void
progress_begin(struct progress *progress, const char *doing, uint64_t total)
{
	*progress = (struct progress){ .doing = doing, .total = total };
	progress->terminal = isatty(STDERR_FILENO);
	progress->began_ms = clock_monotonic_ms();
	progress->next_ms = progress->began_ms + QUIET_MS;
}

void
progress_show(struct progress *progress, uint64_t done)
{
	char line[PROGRESS_LINE_MAX];
	int64_t now;

	if (!progress->terminal)
		return;
	now = clock_monotonic_ms();
	if (now < progress->next_ms)
		return;
	progress->next_ms = now + STEP_MS;
	progress->drawn = true;
	/* \033[K: to the end of the line (ECMA-48, EL). */
	fprintf(stderr, "\r%s\033[K",
	    progress_line(progress, done, now - progress->began_ms,
		terminal_columns(STDERR_FILENO), line));
}

void
progress_end(struct progress *progress)
{
	if (progress->drawn)
		fputs("\r\033[K", stderr);
	progress->drawn = progress->terminal = false;
}
