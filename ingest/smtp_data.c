#include "ingest/smtp_data.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Most bounces fit; doubled from there. */
#define FIRST_SIZE 8192

/*
 * A message of LARGE octets leaves so many to others: GLib, which reads it,
 * ends the program where it gets none for a word.
 */
#define LARGE (1 << 20)
#define LEFT (32 << 20)

enum data_state {
	LINE_START, /* after CR LF, that of the DATA command included */
	LINE_DOT,   /* a dot there, not yet taken */
	LINE_DOT_CR,
	LINE_MIDDLE,
	LINE_CR
};

void
smtp_data_begin(
    struct smtp_data *data, size_t max_len, smtp_memory *memory, void *context)
{
	*data = (struct smtp_data){
		.state = LINE_START,
		.max_len = max_len,
		.memory = memory,
		.context = context,
	};
}

void
smtp_data_drop(struct smtp_data *data)
{
	free(data->octets);
	if (data->size > 0)
		data->memory(data->context, -(long long)data->size);
	data->octets = NULL;
	data->len = data->size = 0;
}

static void
fail(struct smtp_data *data, enum smtp_data_failure failure)
{
	smtp_data_drop(data);
	data->failure = failure;
}

void
smtp_data_discard(struct smtp_data *data)
{
	fail(data, SMTP_DATA_UNWANTED);
}

static bool
leaves_enough(size_t size)
{
	void *left;

	if (size < LARGE)
		return true;
	left = mmap(NULL, LEFT, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return left != MAP_FAILED && munmap(left, LEFT) == 0;
}

static bool
grow(struct smtp_data *data, size_t len)
{
	size_t size = data->size > 0 ? data->size : FIRST_SIZE;
	char *octets;

	while (size < len)
		size *= 2;
	if (!data->memory(data->context, (long long)(size - data->size)))
		return false;
	octets = realloc(data->octets, size);
	if (octets == NULL) {
		data->memory(data->context, -(long long)(size - data->size));
		return false;
	}
	data->octets = octets;
	data->size = size;
	return leaves_enough(size); /* else all of it goes */
}

static void
append(struct smtp_data *data, const char *octets, size_t len)
{
	if (data->failure != SMTP_DATA_WHOLE)
		return;
	if (len > data->max_len - data->len)
		fail(data, SMTP_DATA_TOO_BIG);
	else if (data->len + len > data->size && !grow(data, data->len + len))
		fail(data, SMTP_DATA_NO_MEMORY);
	else {
		memcpy(data->octets + data->len, octets, len);
		data->len += len;
	}
}

/* All of `octets` up to a CR and with it; returns how many. */
static size_t
take_run(struct smtp_data *data, const char *octets, size_t len)
{
	const char *cr = memchr(octets, '\r', len);

	if (cr != NULL) {
		len = (size_t)(cr - octets) + 1;
		data->state = LINE_CR;
	}
	append(data, octets, len);
	return len;
}

/*
 * One octet where it may matter. Returns whether it was taken; if not, it is
 * looked at again in the new state.
 */
static bool
take_octet(struct smtp_data *data, char c, bool *ended)
{
	switch ((enum data_state)data->state) {
	case LINE_START:
		data->state = c == '.' ? LINE_DOT : LINE_MIDDLE;
		return c == '.';
	case LINE_DOT:
		data->state = c == '\r' ? LINE_DOT_CR : LINE_MIDDLE;
		return c == '\r';
	case LINE_DOT_CR:
		*ended = c == '\n';
		if (!*ended) {
			append(data, "\r", 1);
			data->state = LINE_CR;
		}
		return *ended;
	case LINE_CR:
		data->state = c == '\n' ? LINE_START : LINE_MIDDLE;
		if (c == '\n')
			append(data, "\n", 1);
		return c == '\n';
	case LINE_MIDDLE:
		break;
	}
	return false;
}

size_t
smtp_data_feed(
    struct smtp_data *data, const char *octets, size_t len, bool *ended)
{
	size_t taken = 0;

	*ended = false;
	while (taken < len && !*ended) {
		if (data->state == LINE_MIDDLE)
			taken += take_run(data, octets + taken, len - taken);
		else if (take_octet(data, octets[taken], ended))
			taken++;
	}
	return taken;
}

void
smtp_data_feed_chunk(struct smtp_data *data, const char *octets, size_t len)
{
	append(data, octets, len);
}

char *
smtp_data_take(struct smtp_data *data, size_t *len)
{
	char *octets = data->octets;

	*len = data->len;
	if (data->size > 0)
		data->memory(data->context, -(long long)data->size);
	data->octets = NULL;
	data->len = data->size = 0;
	return octets;
}
