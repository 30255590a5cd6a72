#include "ingest/deliver.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "ingest/batch.h"
#include "ingest/handover.h"

static const struct option long_options[] = {
	{ "deliver", no_argument, NULL, 'd' },
	{ "client", required_argument, NULL, 'C' },
	{ "helo", required_argument, NULL, 'H' },
	{ "sender", required_argument, NULL, 's' },
	{ NULL, 0, NULL, 0 },
};

struct delivery {
	const char *config_path;
	struct ipaddr client;
	struct handover hints;
};

static int
usage(void)
{
	fputs("usage: bsbl-ingest --deliver [-c FILE] [--client ADDRESS] "
	      "[--helo NAME]\n"
	      "                   [--sender PATH] [RECIPIENT...]\n",
	    stderr);
	return EX_TEMPFAIL;
}

/* A client that Postfix does not know is "unknown"; its own mail has none. */
static int
take_client(struct delivery *delivery, const char *text)
{
	if (ipaddr_parse(text, &delivery->client) == 0)
		delivery->hints.client = &delivery->client;
	else if (*text != '\0' && strcmp(text, "unknown") != 0)
		return ERROR_FORMAT;
	return 0;
}

/* 0, or what to exit with. */
static int
read_options(int argc, char *argv[], struct delivery *delivery)
{
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, "c:", long_options, NULL)) !=
	       -1) {
		switch (option) {
		case 'd':
			break;
		case 'c':
			delivery->config_path = optarg;
			break;
		case 'C':
			if (take_client(delivery, optarg) != 0)
				return usage();
			break;
		case 'H':
			delivery->hints.helo = optarg;
			break;
		case 's':
			delivery->hints.sender = optarg;
			break;
		default:
			return usage();
		}
	}
	delivery->hints.recipients = (const char *const *)&argv[optind];
	delivery->hints.recipient_count = (unsigned)(argc - optind);
	return 0;
}

/* What is longer is read to its end, and forgotten: it would come again. */
static int
read_input(size_t most, char **octets, size_t *len)
{
	char rest[4096];
	ssize_t n = 1;

	*octets = malloc(most);
	*len = 0;
	if (*octets == NULL)
		return -ENOMEM;
	while (n > 0) {
		size_t room = most - *len;

		n = room > 0 ? read(STDIN_FILENO, *octets + *len, room)
			     : read(STDIN_FILENO, rest, sizeof(rest));
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0 && room > 0)
			*len += (size_t)n;
	}
	if (n == 0)
		return 0;
	n = -errno;
	free(*octets);
	return (int)n;
}

/* For nobody of ours, or of nobody: kept nowhere, and never sent back. */
static int
discard(const char *why)
{
	log_warning("discarded reason=\"%s\"", why);
	return 0;
}

static int
deliver(struct batch *batch, const struct delivery *delivery)
{
	struct recorder_job *job;
	char *octets;
	size_t len;
	int code = read_input(
	    (size_t)batch->settings.ingest.message_bytes, &octets, &len);

	if (code != 0)
		return code;
	code =
	    handover_job(batch->mailboxes, &delivery->hints, octets, len, &job);
	if (code == ERROR_NOT_FOUND)
		return discard("no recipient is a trap that counts");
	if (code == 0)
		code = batch_submit(batch, job);
	if (code == ERROR_NOT_FOUND)
		return discard("neither --client nor a Received line tells "
			       "the client's address");
	return code != 0 ? code : batch_drain(batch);
}

int
deliver_main(int argc, char *argv[])
{
	struct delivery delivery = { .hints = { .client = NULL } };
	struct batch batch;
	int code = read_options(argc, argv, &delivery);

	if (code != 0)
		return code;
	code = batch_open(&batch, delivery.config_path);
	if (code == 0)
		code = deliver(&batch, &delivery);
	if (code != 0)
		fprintf(stderr, "bsbl-ingest: %s\n", error_text(code));
	batch_close(&batch);
	return code == 0 ? EXIT_SUCCESS : EX_TEMPFAIL;
}
