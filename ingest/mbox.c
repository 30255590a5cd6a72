#include "ingest/mbox.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "common/error.h"
#include "common/strbuf.h"

/* What is longer is a line in pieces, which can begin nothing but a message. */
#define PIECE_MAX 8192

/* --- lines ---------------------------------------------------------------- */

/* Up to and with the line's end, or as much as fits; 0 at the file's end. */
static size_t
read_piece(struct mbox *mbox, char *piece)
{
	size_t len = 0;
	int c = 0;

	while (len < PIECE_MAX && c != '\n' &&
	       (c = getc_unlocked(mbox->file)) != EOF)
		piece[len++] = (char)c;
	mbox->offset += (off_t)len;
	return len;
}

static bool
is_from(const char *piece, size_t len)
{
	return len >= 5 && memcmp(piece, "From ", 5) == 0;
}

static bool
is_empty(const char *piece, size_t len)
{
	return (len == 1 && piece[0] == '\n') ||
	       (len == 2 && memcmp(piece, "\r\n", 2) == 0);
}

static size_t
quoting(const char *piece, size_t len)
{
	size_t marks = 0;

	while (marks < len && piece[marks] == '>')
		marks++;
	return marks > 0 && is_from(piece + marks, len - marks) ? 1 : 0;
}

/* --- the From line -------------------------------------------------------- */

static void
keep_from(struct mbox *mbox, const char *piece, size_t len)
{
	if (len >= sizeof(mbox->from))
		len = sizeof(mbox->from) - 1;
	memcpy(mbox->from, piece, len);
	mbox->from[len] = '\0';
	mbox->begun = true;
}

/* "From sender Tue Jan 13 08:15:20 2026", of which all but "From " may lack. */
static void
read_from(struct mbox *mbox)
{
	const char *sender = mbox->from + 5;
	size_t len = strcspn(sender, " \r\n");
	const char *date = sender + len + strspn(sender + len, " ");
	struct tm tm = { .tm_mday = 0 };

	if (len > ENVELOPE_PATH_MAX)
		len = 0;
	memcpy(mbox->sender, sender, len);
	mbox->sender[len] = '\0';
	mbox->at = 0;
	if (strptime(date, "%a %b %d %H:%M:%S %Y", &tm) != NULL)
		mbox->at = timegm(&tm);
	mbox->begun = false;
}

/* --- messages ------------------------------------------------------------- */

int
mbox_begin(struct mbox *mbox, FILE *file, off_t offset, size_t message_max)
{
	char piece[PIECE_MAX];
	size_t len;

	memset(mbox, 0, sizeof(*mbox));
	mbox->file = file;
	mbox->message_max = message_max;
	mbox->end = mbox->offset = offset;
	if (fseeko(file, offset, SEEK_SET) != 0)
		return -errno;
	len = read_piece(mbox, piece);
	if (len == 0)
		return ferror(file) ? -EIO : 0;
	if (!is_from(piece, len))
		return ERROR_FORMAT;
	keep_from(mbox, piece, len);
	return 0;
}

static void
add(const struct mbox *mbox, struct strbuf *text, const char *piece, size_t len)
{
	size_t room = mbox->message_max - text->len;

	strbuf_add(text, piece, len < room ? len : room);
}

/* Up to the next From line, which is kept, or the file's end. */
static void
read_body(struct mbox *mbox, struct strbuf *text)
{
	bool line_start = true, after_empty = false, empty;
	char piece[PIECE_MAX];
	size_t len, skipped;

	mbox->end = mbox->offset;
	while ((len = read_piece(mbox, piece)) > 0) {
		if (line_start && after_empty && is_from(piece, len)) {
			keep_from(mbox, piece, len);
			break;
		}
		empty = line_start && is_empty(piece, len);
		/* The last one before a From line is not the message's. */
		if (after_empty && line_start)
			add(mbox, text, "\n", 1);
		if (line_start)
			after_empty = empty;
		skipped = line_start ? quoting(piece, len) : 0;
		if (!empty)
			add(mbox, text, piece + skipped, len - skipped);
		line_start = piece[len - 1] == '\n';
		mbox->end = mbox->offset;
	}
}

int
mbox_next(struct mbox *mbox, char **octets, size_t *len)
{
	struct strbuf text;
	int error;

	if (!mbox->begun)
		return ferror(mbox->file) ? -EIO : 0;
	read_from(mbox);
	strbuf_init(&text, mbox->message_max);
	read_body(mbox, &text);
	error = ferror(mbox->file) ? -EIO : text.error;
	*len = text.len;
	*octets = error == 0 ? strbuf_take(&text) : NULL;
	if (error == 0 && *octets == NULL)
		error = -ENOMEM;
	strbuf_deinit(&text);
	return error == 0 ? 1 : error;
}
