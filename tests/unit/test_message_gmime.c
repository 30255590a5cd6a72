#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gmime/gmime.h>

#include "common/strbuf.h"
#include "ingest/message.h"

/*
 * GMime's own parser is the oracle: the fields and parts that it finds in a
 * message, broken or not, are those that ingest/message_parts.c must find.
 */

/* --- messages: lines that matter, at random ------------------------------- */

#define TYPE "Content-Type: "

static const char *const lines[] = {
	"",
	"",
	"",
	"text",
	"X: y",
	" folded",
	"no field",
	": no name",
	"From someone",
	"--b",
	"--b",
	"--b",
	"--c",
	"--c",
	"--b--",
	"--c--",
	"--b \t",
	"--bb",
	"--b-- ",
	"--b--c",
	"--",
	"----",
	"- --b",
	TYPE "multipart/mixed; boundary=b",
	TYPE "multipart/mixed; boundary=c",
	TYPE "multipart/report; boundary=\"b\"",
	TYPE "multipart/digest; boundary=c",
	TYPE "multipart/mixed; boundary=b--",
	TYPE "multipart/mixed; boundary=\"\"",
	TYPE "multipart/mixed",
	TYPE "message/rfc822",
	TYPE "message/rfc822",
	TYPE "message/delivery-status",
	TYPE "message/partial",
	TYPE "text/html",
	"Content-Transfer-Encoding: base64",
	"Content-Transfer-Encoding: 8bit",
};
#define LINE_COUNT (sizeof(lines) / sizeof(lines[0]))
#define LINES_MAX 24

static unsigned
pick(unsigned count)
{
	return (unsigned)random() % count;
}

static void
make_message(struct strbuf *text)
{
	unsigned count = 1 + pick(LINES_MAX);
	const char *end = pick(2) == 0 ? "\n" : "\r\n";

	strbuf_printf(text, "A: b%s", end);
	if (pick(4) > 0)
		strbuf_printf(text, TYPE "multipart/mixed; boundary=b%s", end);
	for (unsigned i = 0; i < count; i++) {
		bool ends = i + 1 < count || pick(8) > 0;

		strbuf_printf(
		    text, "%s%s", lines[pick(LINE_COUNT)], ends ? end : "");
	}
}

/* --- as GMime finds them -------------------------------------------------- */

static void
write_part(struct strbuf *text, int parent, bool quoted, const char *type,
    const char *content, size_t len)
{
	strbuf_printf(text, "%d%s %s[", parent, quoted ? "q" : "", type);
	for (size_t i = 0; i < len; i++) {
		if (content[i] != '\r') /* GMime drops some */
			strbuf_printf(text, "%c", content[i]);
	}
	strbuf_puts(text, "]\n");
}

static void
write_field(struct strbuf *text, const char *name)
{
	if (name[0] != '\0') /* GMime counts fields without a name */
		strbuf_printf(text, "  %s\n", name);
}

struct view {
	struct strbuf text;
	int parts;
};

/* Where a part stands. */
struct place {
	int parent;
	unsigned depth;
	bool quoted;
};

static void view_object(
    struct view *view, GMimeObject *object, const struct place *place);

static void
view_headers(struct view *view, GMimeObject *object)
{
	GMimeHeaderList *headers = g_mime_object_get_header_list(object);
	int count = g_mime_header_list_get_count(headers);

	for (int i = 0; i < count; i++)
		write_field(&view->text,
		    g_mime_header_get_name(
			g_mime_header_list_get_header_at(headers, i)));
}

/* The fields Content-* are the outermost part's. */
static void
view_message(
    struct view *view, GMimeMessage *message, const struct place *place)
{
	GMimeObject *body = g_mime_message_get_mime_part(message);

	view_headers(view, GMIME_OBJECT(message));
	if (body == NULL)
		return;
	view_headers(view, body);
	view_object(view, body, place);
}

/* Before its transfer encoding is undone. */
static GByteArray *
content_of(GMimePart *part)
{
	GMimeStream *memory = g_mime_stream_mem_new();
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GByteArray *octets;

	if (content != NULL)
		g_mime_stream_write_to_stream(
		    g_mime_data_wrapper_get_stream(content), memory);
	octets = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(memory), FALSE);
	g_object_unref(memory);
	return octets;
}

static void
view_leaf(struct view *view, GMimePart *part, const struct place *place,
    const char *type)
{
	GByteArray *octets = content_of(part);

	write_part(&view->text, place->parent, place->quoted, type,
	    (const char *)octets->data, octets->len);
	g_byte_array_free(octets, TRUE);
}

/* One without parts is what stands in it. */
static void
view_multipart(struct view *view, GMimeMultipart *multipart,
    const struct place *place, const char *type)
{
	const struct place inside = { view->parts - 1, place->depth + 1,
		place->quoted };
	const char *text = g_mime_multipart_get_prologue(multipart);
	int count = g_mime_multipart_get_count(multipart);

	if (count > 0 || text == NULL)
		text = "";
	write_part(&view->text, place->parent, place->quoted, type, text,
	    strlen(text));
	for (int i = 0; i < count; i++)
		view_object(
		    view, g_mime_multipart_get_part(multipart, i), &inside);
}

static void
view_message_part(struct view *view, GMimeMessagePart *part,
    const struct place *place, const char *type)
{
	const struct place inside = { view->parts - 1, place->depth + 1, true };
	GMimeMessage *message = g_mime_message_part_get_message(part);

	write_part(&view->text, place->parent, place->quoted, type, "", 0);
	if (message != NULL)
		view_message(view, message, &inside);
}

static void
view_object(struct view *view, GMimeObject *object, const struct place *place)
{
	char *type;

	if (place->depth > MESSAGE_DEPTH_MAX ||
	    view->parts == MESSAGE_PARTS_MAX)
		return;
	view->parts++;
	type = g_mime_content_type_get_mime_type(
	    g_mime_object_get_content_type(object));
	if (GMIME_IS_MULTIPART(object))
		view_multipart(view, GMIME_MULTIPART(object), place, type);
	else if (GMIME_IS_MESSAGE_PART(object))
		view_message_part(
		    view, GMIME_MESSAGE_PART(object), place, type);
	else
		view_leaf(view, GMIME_PART(object), place, type);
	g_free(type);
}

static char *
view_of_gmime(const char *octets, size_t len)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(octets, len);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
	const struct place outermost = { .parent = -1 };
	struct view view = { .parts = 0 };

	strbuf_init(&view.text, 1 << 20);
	if (message != NULL) {
		view_message(&view, message, &outermost);
		g_object_unref(message);
	}
	g_object_unref(parser);
	g_object_unref(stream);
	return strbuf_take(&view.text);
}

/* --- as message_parts.c does ---------------------------------------------- */

static void
view_fields(struct strbuf *text, const struct message_fields *fields)
{
	for (unsigned i = 0; i < fields->count; i++)
		write_field(text, fields->list[i].name);
}

static char *
view_of_ours(const char *octets, size_t len)
{
	struct message *message = message_read((const uint8_t *)octets, len);
	const struct message_part *parts;
	unsigned count;
	struct strbuf text;

	strbuf_init(&text, 1 << 20);
	view_fields(&text, message_fields(message));
	parts = message_parts(message, &count);
	for (unsigned i = 0; i < count; i++) {
		const struct message_part *part = &parts[i];

		write_part(&text, part->parent, part->quoted, part->type,
		    part->content.octets,
		    part->content.octets == NULL ? 0 : part->content.len);
		view_fields(&text, &part->inner);
	}
	message_free(message);
	return strbuf_take(&text);
}

static void
finds_the_parts_that_gmime_finds(void **state)
{
	(void)state;
	srandom(2045);
	for (int i = 0; i < 6000; i++) {
		struct strbuf text;
		char *ours, *theirs;

		strbuf_init(&text, 1 << 20);
		make_message(&text);
		theirs = view_of_gmime(text.text, text.len);
		ours = view_of_ours(text.text, text.len);
		if (strcmp(ours, theirs) != 0)
			fail_msg("%s\n--- ours\n%s--- GMime's\n%s", text.text,
			    ours, theirs);
		free(ours);
		free(theirs);
		strbuf_deinit(&text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_parts_that_gmime_finds),
	};

	message_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
