#include "ingest/explain.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/ipaddr.h"
#include "ingest/bounds.h"
#include "ingest/classify.h"
#include "ingest/culprit.h"
#include "ingest/diagnosis.h"
#include "ingest/message.h"

/* More than the classifier looks at need not be read. */
#define FILE_MAX (BOUNDS_OCTETS_MAX + 1024)

/* On a command line; more are a matter of the settings. */
#define RELAYS_MAX 32

struct explain {
	bool json;
	const char *sender;
	const char *recipient;
	struct ipaddr client;
	bool client_known;
	struct ipprefix relays[RELAYS_MAX];
	size_t relay_count;
};

static const struct option long_options[] = {
	{ "explain", no_argument, NULL, 'x' },
	{ "json", no_argument, NULL, 'j' },
	{ "sender", required_argument, NULL, 's' },
	{ "client", required_argument, NULL, 'c' },
	{ "recipient", required_argument, NULL, 'r' },
	{ "relay", required_argument, NULL, 'R' },
	{ NULL, 0, NULL, 0 },
};

static int
usage(void)
{
	fputs("usage: bsbl-ingest --explain [--json] [--sender S] "
	      "[--client ADDR]\n"
	      "                   [--recipient R] [--relay ADDR[/N]]... "
	      "FILE...\n",
	    stderr);
	return 2;
}

static int
read_file(const char *path, uint8_t *octets, size_t *len)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");

	if (file == NULL)
		return -errno;
	errno = 0;
	*len = fread(octets, 1, FILE_MAX, file);
	if (ferror(file)) {
		int error = errno != 0 ? -errno : -EIO;

		if (file != stdin)
			fclose(file);
		return error;
	}
	if (file != stdin)
		fclose(file);
	return 0;
}

/* --- what the file itself says of its envelope ---------------------------- */

static void
guess_sender(struct message *message, struct envelope *envelope)
{
	const char *value = message_field(message, "Return-Path");

	if (value == NULL)
		return;
	message_address(value, envelope->sender);
	envelope->sender_known = true;
}

/* Lists write "responder for garden@..." there, and programs what they are. */
static bool
is_description(const char *name, const char *value)
{
	return value != NULL && strcmp(name, "To") != 0 &&
	       strchr(value, ' ') != NULL;
}

static void
guess_recipient(struct message *message, struct envelope_recipient *recipient)
{
	static const char *const names[] = { "X-Original-To", "Delivered-To",
		"Envelope-To", "To" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = message_field(message, names[i]);

		if (!is_description(names[i], value) &&
		    message_address(value, recipient->path) > 0)
			return;
	}
}

/* Where no line answers, the client that was given stays, if one was. */
static void
settle_client(struct explain *explain, const uint8_t *octets, size_t len,
    struct envelope *envelope)
{
	const struct prefixes relays = { explain->relays,
		explain->relay_count };

	if (relays.count > 0)
		culprit_settle(envelope, (const char *)octets, len, &relays);
}

static void
fill_envelope(struct explain *explain, const uint8_t *octets, size_t len,
    struct envelope *envelope, struct envelope_recipient *recipient)
{
	struct message *message;

	memset(envelope, 0, sizeof(*envelope));
	memset(recipient, 0, sizeof(*recipient));
	envelope->recipients = recipient;
	envelope->recipient_count = 1;
	recipient->trap = 1;
	envelope->client = explain->client;
	envelope->client_known = explain->client_known;
	message = message_read(octets, len);
	if (message == NULL)
		return;
	if (explain->sender != NULL) {
		message_address(explain->sender, envelope->sender);
		envelope->sender_known = true;
	} else {
		guess_sender(message, envelope);
	}
	if (explain->recipient != NULL)
		message_address(explain->recipient, recipient->path);
	else
		guess_recipient(message, recipient);
	message_free(message);
	settle_client(explain, octets, len, envelope);
}

/* --- output --------------------------------------------------------------- */

static void
print_quoted(const char *name, const char *text)
{
	printf(",\"%s\":\"", name);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			printf("\\%c", *text);
		else if ((unsigned char)*text < ' ')
			printf("\\u%04x", (unsigned)(unsigned char)*text);
		else
			putchar(*text);
	}
	putchar('"');
}

static void
print_client(const struct envelope *envelope)
{
	char address[IPADDR_TEXT_MAX];

	if (envelope->client_known)
		print_quoted(
		    "address", ipaddr_format(&envelope->client, address));
	if (envelope->helo[0] != '\0')
		print_quoted("helo", envelope->helo);
}

static void
print_json(const char *path, const struct envelope *envelope,
    const struct classification *result)
{
	const struct evidence *evidence = &result->evidence;
	const struct cause *cause = cause_find(evidence->cause);

	printf("{\"kind\":\"%s\"", backscatter_name(evidence->kind));
	print_quoted("path", path);
	print_client(envelope);
	printf(",\"grade\":\"%c\"", proof_grade_letter(evidence->grade));
	printf(",\"signs\":[");
	for (unsigned i = 0; i < result->signs.count; i++)
		printf("%s\"%s\"", i > 0 ? "," : "", result->signs.names[i]);
	putchar(']');
	if (result->veto != NULL)
		print_quoted("veto", result->veto);
	for (size_t i = 0; i < evidence_flag_name_count; i++) {
		if ((evidence->flags & evidence_flag_names[i].flag) != 0)
			printf(",\"%s\":true", evidence_flag_names[i].name);
	}
	print_quoted("cause", evidence->cause);
	if (cause != NULL) {
		print_quoted("cause_text", cause->what);
		print_quoted("repair", cause->repair);
	}
	print_quoted("reporting_mta", evidence->reporting_mta);
	print_quoted("software", evidence->software);
	print_quoted("queue_id", evidence->queue_id);
	print_quoted("status", evidence->status);
	print_quoted("diagnostic", evidence->diagnostic);
	printf(",\"campaign\":\"%016llx\",\"original\":\"%016llx\"",
	    (unsigned long long)evidence->campaign,
	    (unsigned long long)evidence->original);
	printf(",\"original_at\":%lld}\n", (long long)evidence->original_at);
}

static void
print_line(const char *path, const struct classification *result)
{
	char signs[SIGNS_MAX * 40];

	printf("%s\t%s\t%c\t%s\n", path,
	    backscatter_name(result->evidence.kind),
	    proof_grade_letter(result->evidence.grade),
	    signs_format(&result->signs, signs, sizeof(signs)));
}

static int
explain_file(struct explain *explain, const char *path, uint8_t *octets)
{
	/* No database, no secret: campaigns are comparable nevertheless. */
	static const uint8_t key[META_KEY_LEN];
	struct envelope_recipient recipient;
	struct envelope envelope;
	struct classification result;
	size_t len = 0;
	int error = read_file(path, octets, &len);

	if (error != 0) {
		fprintf(
		    stderr, "bsbl-ingest: %s: %s\n", path, strerror(-error));
		return 1;
	}
	fill_envelope(explain, octets, len, &envelope, &recipient);
	classify_message(&envelope, 0, octets, len, key, &result);
	if (explain->json)
		print_json(path, &envelope, &result);
	else
		print_line(path, &result);
	return 0;
}

static bool
add_relay(struct explain *explain, const char *text)
{
	return explain->relay_count < RELAYS_MAX &&
	       ipprefix_parse(text, &explain->relays[explain->relay_count++]) ==
		   0;
}

/* Where the paths begin, or 0. */
static int
read_options(struct explain *explain, int argc, char *argv[])
{
	int option;

	optind = 1;
	while (
	    (option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		switch (option) {
		case 'x':
			break;
		case 'j':
			explain->json = true;
			break;
		case 's':
			explain->sender = optarg;
			break;
		case 'r':
			explain->recipient = optarg;
			break;
		case 'c':
			explain->client_known =
			    ipaddr_parse(optarg, &explain->client) == 0;
			if (!explain->client_known)
				return 0;
			break;
		case 'R':
			if (!add_relay(explain, optarg))
				return 0;
			break;
		default:
			return 0;
		}
	}
	return optind < argc ? optind : 0;
}

int
explain_main(int argc, char *argv[])
{
	struct explain explain = { 0 };
	int first = read_options(&explain, argc, argv), status = 0;
	uint8_t *octets;

	if (first == 0)
		return usage();
	octets = malloc(FILE_MAX);
	if (octets == NULL)
		return 1;
	classify_init();
	for (int i = first; i < argc; i++)
		status |= explain_file(&explain, argv[i], octets);
	free(octets);
	return status;
}
