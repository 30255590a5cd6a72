#ifndef COMMON_STRBUF_H
#define COMMON_STRBUF_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A string that grows up to a bound. It remembers the first failure (no
 * memory, bound reached) and is checked once, at the end; what was added
 * before stays readable. `text` is always NUL-terminated ("" when empty).
 */
struct strbuf {
	char *text;
	size_t len;
	size_t size;
	size_t max_len;
	int error; /* 0, -ENOMEM, ERROR_LIMIT */
};

void strbuf_init(struct strbuf *buf, size_t max_len);
void strbuf_deinit(struct strbuf *buf);
void strbuf_clear(struct strbuf *buf); /* empty again, error forgotten */
/* Makes room at once for `len` octets that are likely to come. */
void strbuf_reserve(struct strbuf *buf, size_t len);
/*
 * Where up to `len` more octets may be written, of which strbuf_wrote() then
 * tells how many were; NULL after a failure. Nearly always the room is there:
 * strbuf_grow is for when it is not.
 */
char *strbuf_grow(struct strbuf *buf, size_t len);
static inline char *
strbuf_room(struct strbuf *buf, size_t len)
{
	return buf->error == 0 && len < buf->size - buf->len &&
		       len <= buf->max_len - buf->len
		   ? buf->text + buf->len
		   : strbuf_grow(buf, len);
}
static inline void
strbuf_wrote(struct strbuf *buf, size_t len)
{
	buf->len += len;
	buf->text[buf->len] = '\0';
}
void strbuf_add(struct strbuf *buf, const void *data, size_t len);
void strbuf_puts(struct strbuf *buf, const char *text);
void strbuf_putc(struct strbuf *buf, char c);
void strbuf_printf(struct strbuf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Hands the text over (free() it) and leaves *buf empty. NULL on failure. */
char *strbuf_take(struct strbuf *buf);

#endif
