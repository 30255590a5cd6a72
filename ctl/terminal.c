#include "ctl/terminal.h"

#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#define COLUMNS_USUAL 80
#define COLUMNS_LEAST 40
#define CELLS_MAX ((TERMINAL_BAR_MAX - 1) / 3)
#define EIGHTHS 8

static enum { NOT_ASKED, NO, YES } utf8 = NOT_ASKED;

static bool
draws_utf8(void)
{
	if (utf8 == NOT_ASKED)
		terminal_set_utf8(setlocale(LC_CTYPE, "") != NULL &&
				  strcmp(nl_langinfo(CODESET), "UTF-8") == 0);
	return utf8 == YES;
}

void
terminal_set_utf8(bool is)
{
	utf8 = is ? YES : NO;
}

unsigned
terminal_columns(int fd)
{
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col < COLUMNS_LEAST)
		return COLUMNS_USUAL;
	return size.ws_col;
}

/* In eighths of a column, rounded up: what there is can be seen. */
static unsigned
eighths_of(uint64_t part, uint64_t whole, unsigned cells)
{
	double share = whole > 0 ? (double)part / (double)whole : 0;
	double length = share * cells * EIGHTHS;
	unsigned eighths = (unsigned)length;

	if (share >= 1)
		return cells * EIGHTHS;
	return (double)eighths < length ? eighths + 1 : eighths;
}

char *
terminal_bar(uint64_t part, uint64_t whole, unsigned cells, bool pad,
    char text[TERMINAL_BAR_MAX])
{
	static const char *const blocks[EIGHTHS + 1] = { "", "\u258f", "\u258e",
		"\u258d", "\u258c", "\u258b", "\u258a", "\u2589", "\u2588" };
	unsigned left;
	char *end = text;

	if (cells > CELLS_MAX)
		cells = CELLS_MAX;
	left = eighths_of(part, whole, cells);
	for (unsigned i = 0; i < cells; i++) {
		unsigned here = left < EIGHTHS ? left : EIGHTHS;

		left -= here;
		if (here == 0 && !pad)
			break;
		if (here == 0)
			end = stpcpy(end, " ");
		else
			end = stpcpy(end, draws_utf8() ? blocks[here] : "#");
	}
	*end = '\0';
	return text;
}

char *
terminal_number(uint64_t number, char text[TERMINAL_NUMBER_MAX])
{
	char plain[TERMINAL_NUMBER_MAX];
	int len = snprintf(plain, sizeof(plain), "%" PRIu64, number);
	char *end = text;

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			*end++ = ',';
		*end++ = plain[i];
	}
	*end = '\0';
	return text;
}
