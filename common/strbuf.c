#include "common/strbuf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"

/* Most lines fit without a second allocation. */
#define FIRST_SIZE 128

/* What `text` points at while nothing is allocated (size == 0). */
static char nothing[1];

void
strbuf_init(struct strbuf *buf, size_t max_len)
{
	*buf = (struct strbuf){ .text = nothing, .max_len = max_len };
}

void
strbuf_deinit(struct strbuf *buf)
{
	if (buf->size > 0)
		free(buf->text);
	strbuf_init(buf, buf->max_len);
}

void
strbuf_clear(struct strbuf *buf)
{
	buf->len = 0;
	buf->error = 0;
	if (buf->size > 0)
		buf->text[0] = '\0';
}

/* Makes room for `len` more octets and a NUL. */
static bool
reserve(struct strbuf *buf, size_t len)
{
	size_t size = buf->size > 0 ? buf->size : FIRST_SIZE;
	char *text;

	if (buf->error == 0 && len > buf->max_len - buf->len)
		buf->error = ERROR_LIMIT;
	if (buf->error != 0)
		return false;
	while (size - buf->len <= len)
		size = size <= SIZE_MAX / 2 ? size * 2 : SIZE_MAX;
	if (size == buf->size)
		return true;
	text = realloc(buf->size > 0 ? buf->text : NULL, size);
	if (text == NULL) {
		buf->error = -ENOMEM;
		return false;
	}
	text[buf->len] = '\0';
	buf->text = text;
	buf->size = size;
	return true;
}

void
strbuf_reserve(struct strbuf *buf, size_t len)
{
	size_t most = buf->max_len - buf->len;

	reserve(buf, len < most ? len : most);
}

char *
strbuf_grow(struct strbuf *buf, size_t len)
{
	return reserve(buf, len) ? buf->text + buf->len : NULL;
}

void
strbuf_add(struct strbuf *buf, const void *data, size_t len)
{
	char *to = len > 0 ? strbuf_room(buf, len) : NULL;

	if (to == NULL)
		return;
	memcpy(to, data, len);
	strbuf_wrote(buf, len);
}

void
strbuf_puts(struct strbuf *buf, const char *text)
{
	strbuf_add(buf, text, strlen(text));
}

void
strbuf_putc(struct strbuf *buf, char c)
{
	if (buf->size - buf->len < 2 || buf->len == buf->max_len) {
		strbuf_add(buf, &c, 1);
	} else if (buf->error == 0) {
		buf->text[buf->len++] = c;
		buf->text[buf->len] = '\0';
	}
}

/* Mostly there is room, and once is enough. */
void
strbuf_printf(struct strbuf *buf, const char *format, ...)
{
	size_t room =
	    buf->size > 0 && buf->error == 0 ? buf->size - buf->len : 0;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(
	    room > 0 ? buf->text + buf->len : NULL, room, format, args);
	va_end(args);
	if (len > 0 && (size_t)len < room &&
	    (size_t)len <= buf->max_len - buf->len) {
		buf->len += (size_t)len;
		return;
	}
	if (room > 0)
		buf->text[buf->len] = '\0';
	if (len <= 0 || !reserve(buf, (size_t)len))
		return;
	va_start(args, format);
	vsnprintf(buf->text + buf->len, (size_t)len + 1, format, args);
	va_end(args);
	buf->len += (size_t)len;
}

char *
strbuf_take(struct strbuf *buf)
{
	char *text = NULL;

	if (buf->error == 0 && reserve(buf, 0)) {
		text = buf->text;
		buf->size = 0;
	}
	strbuf_deinit(buf);
	return text;
}
