#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/channel.h"
#include "tests/support/cpu.h"
#include "tests/support/histogram.h"
#include "tests/support/question_mix.h"

/*
 * Asks a name server on 127.0.0.1 about the list for measuring, checks every
 * answer, and prints one line of JSON:
 *
 *	dns_load -n ENTRIES [-s SECONDS] ... -p PORT [-P PID,...] [-x]
 *
 * Two servers (-p ... -p ...) are asked in turns, A B B A, a tenth of a second
 * each, so that a busy machine slows both alike; a line for each, whose
 * "slices" are the CPU time a query took and the part of a core it had.
 *
 *	-m PERCENT   of the names are listed (10)
 *	-6           IPv6
 *	-e           with an OPT record
 *	-w N         so many questions are under way (192); or
 *	-r RATE      so many a second, evenly; latency counts from the moment a
 *	             question was due, whether or not it could be sent then
 *	-t N         over N TCP connections
 *	-u           the list is being imported: what is on it may also be
 *	             answered as if it were not
 *
 * and of the server named last:
 *
 *	-P PIDS      its processes, whose CPU time is measured
 *	-x           its answers are not looked into (it has none)
 *
 * What is not answered in a second is lost. SIGINT ends it early, with its
 * line.
 */
#define QUESTIONS (1u << 18) /* more than a server's caches hold */
#define SOCKETS 4
#define WARM_NS 500000000
#define TEXT_PERCENT 5

#define SLICE_NS 100000000
#define SETTLE_NS 10000000 /* for one that has been asked before */
#define SLICES_MAX 1024
#define TARGETS_MAX 2

struct options {
	uint32_t entries;
	unsigned listed_percent, window, connections;
	double seconds, rate;
	bool ipv6, edns, importing;
};

static struct options options = {
	.listed_percent = 10, .window = 192, .seconds = 2
};

static unsigned channel_count = SOCKETS;

struct result {
	uint64_t sent, answered, lost, wrong, listed;
	const char *objection; /* the last one */
	struct histogram latency;
	bool counting;
	uint64_t since_ns;

	double seconds;
	struct cpu_time cpu;
};

struct slice {
	double cpu_us, share; /* a query's; of a core */
};

static struct target {
	uint16_t port;
	const char *pids;
	bool unchecked;
	struct channel *channels;
	struct result result;
	struct slice slices[SLICES_MAX];
	unsigned slice_count;
} targets[TARGETS_MAX], *target; /* the one that is asked now */
static unsigned target_count;

/* --- what becomes of a question ------------------------------------------- */

static struct question list[QUESTIONS];

/* Is a question counted that was due then? */
static bool
counts(uint64_t due_ns)
{
	return target->result.counting && due_ns >= target->result.since_ns;
}

static void
note_sent(void)
{
	target->result.sent += target->result.counting;
}

static void
note_lost(uint64_t due_ns)
{
	target->result.lost += counts(due_ns);
}

/*
 * While the list is imported an address may not be on it yet; but once it has
 * been answered it is, for whoever asks then.
 */
static const char *
importing_objection(
    uint32_t number, const uint8_t *answer, size_t len, uint64_t due_ns)
{
	static uint64_t listed_ns[QUESTIONS]; /* 0: never */
	struct question before = list[number];

	if (question_objection(&list[number], answer, len) == NULL) {
		if (listed_ns[number] == 0)
			listed_ns[number] = channel_now_ns();
		return NULL;
	}
	if (listed_ns[number] != 0 && due_ns > listed_ns[number])
		return "listed before, and no more";
	before.listed = false;
	return question_objection(&before, answer, len);
}

static void
judge(uint32_t number, const uint8_t *answer, size_t len, uint64_t due_ns)
{
	const struct question *question = &list[number];
	const char *objection = NULL;

	if (options.importing && question->listed)
		objection = importing_objection(number, answer, len, due_ns);
	else if (!target->unchecked)
		objection = question_objection(question, answer, len);
	target->result.answered++;
	target->result.listed += question->listed;
	if (objection != NULL) {
		target->result.wrong++;
		target->result.objection = objection;
	}
}

static void
note_answered(uint32_t number, const uint8_t *answer, size_t len,
    uint64_t due_ns, uint64_t at_ns)
{
	if (!counts(due_ns))
		return;
	judge(number, answer, len, due_ns);
	histogram_add(
	    &target->result.latency, at_ns > due_ns ? at_ns - due_ns : 0);
}

static volatile sig_atomic_t interrupted;

static void
interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

/* --- the run -------------------------------------------------------------- */

/* As many as the window lets. */
static void
fill_window(struct channel *channel, uint64_t at_ns)
{
	unsigned window = options.window / channel_count;

	if (options.connections > 0) {
		if (channel->under_way < window)
			channel_send_stream(
			    channel, window - channel->under_way, at_ns);
		return;
	}
	while (channel->under_way + CHANNEL_GROUP <= window)
		channel_send_group(channel, at_ns);
}

/* What is due by now, one by one, as strangers would ask. */
static void
keep_rate(uint64_t began_ns, uint64_t at_ns)
{
	static uint64_t count;
	double step_ns = 1e9 / options.rate;

	for (;; count++) {
		uint64_t due_ns =
		    began_ns + (uint64_t)((double)count * step_ns);

		if (due_ns > at_ns)
			return;
		channel_send_one(
		    &target->channels[count % channel_count], due_ns);
	}
}

static void
serve_channels(uint64_t began_ns, bool asks)
{
	uint64_t at_ns = channel_now_ns();

	for (unsigned i = 0; i < channel_count; i++) {
		channel_receive(&target->channels[i]);
		if (asks && options.rate == 0)
			fill_window(&target->channels[i], at_ns);
	}
	if (asks && options.rate > 0)
		keep_rate(began_ns, at_ns);
}

static unsigned
under_way(void)
{
	unsigned count = 0;

	for (unsigned i = 0; i < channel_count; i++)
		count += target->channels[i].under_way;
	return count;
}

static void
print_slices(void)
{
	for (unsigned i = 0; i < target->slice_count; i++)
		printf("%s[%.4f, %.3f]", i > 0 ? ", " : "",
		    target->slices[i].cpu_us, target->slices[i].share);
}

static void
print_result(void)
{
	const struct result *result = &target->result;
	double answered = result->answered > 0 ? (double)result->answered : 1;

	printf("{\"qps\": %.0f, \"sent\": %" PRIu64 ", \"answered\": %" PRIu64
	       ", \"lost\": %" PRIu64 ", \"wrong\": %" PRIu64
	       ", \"objection\": \"%s\", \"listed\": %" PRIu64,
	    (double)result->answered / result->seconds, result->sent,
	    result->answered, result->lost, result->wrong,
	    result->objection != NULL ? result->objection : "", result->listed);
	printf(", \"cpu_us\": %.4f, \"user_us\": %.4f, \"share\": %.3f",
	    result->cpu.total / answered * 1e6,
	    result->cpu.user / answered * 1e6,
	    result->cpu.total / result->seconds);
	for (unsigned i = 0; i < 4; i++) {
		static const double parts[] = { 0.5, 0.9, 0.99, 0.999 };

		printf(", \"p%g_us\": %.1f", parts[i] * 100,
		    histogram_part(&result->latency, parts[i]) / 1e3);
	}
	printf(", \"slices\": [");
	print_slices();
	printf("]}\n");
}

static void
note_slice(double seconds, const struct cpu_time *before,
    const struct cpu_time *after, uint64_t answered)
{
	struct result *result = &target->result;
	double used = after->total - before->total;

	result->seconds += seconds;
	result->cpu.total += used;
	result->cpu.user += after->user - before->user;
	if (target->slice_count < SLICES_MAX && answered > 0)
		target->slices[target->slice_count++] =
		    (struct slice){ used / (double)answered * 1e6,
			    used / seconds };
}

/* Asks the target for so long, then until all is answered or lost. */
static void
run_slice(uint64_t span_ns)
{
	uint64_t began_ns = channel_now_ns(),
		 answered = target->result.answered;
	uint64_t settle_ns = target->slice_count == 0 ? WARM_NS : SETTLE_NS;
	struct cpu_time before, after;
	double seconds;

	while (channel_now_ns() < began_ns + settle_ns)
		serve_channels(began_ns, true);
	cpu_time_read(target->pids, &before);
	target->result.counting = true;
	target->result.since_ns = channel_now_ns();
	while (!interrupted &&
	       channel_now_ns() < target->result.since_ns + span_ns)
		serve_channels(began_ns, true);
	cpu_time_read(target->pids, &after);
	seconds = (double)(channel_now_ns() - target->result.since_ns) / 1e9;
	while (under_way() > 0)
		serve_channels(began_ns, false);
	target->result.counting = false;
	note_slice(
	    seconds, &before, &after, target->result.answered - answered);
}

static void
run(void)
{
	uint64_t span_ns = (uint64_t)(options.seconds * 1e9);
	uint64_t rounds = span_ns / SLICE_NS;

	if (target_count == 1) {
		target = targets;
		run_slice(span_ns);
		return;
	}
	for (uint64_t i = 0; i < 2 * rounds && !interrupted; i++) {
		target = &targets[i % 4 == 1 || i % 4 == 2];
		run_slice(SLICE_NS);
	}
}

/* --- the command line ----------------------------------------------------- */

static void
open_target(struct target *opened)
{
	static struct channel_questions questions = { .list = list,
		.count = QUESTIONS,
		.sent = note_sent,
		.lost = note_lost,
		.answered = note_answered };

	target = opened;
	target->channels = calloc(channel_count, sizeof(*target->channels));
	if (target->channels == NULL) {
		fprintf(stderr, "dns_load: no memory\n");
		exit(EXIT_FAILURE);
	}
	for (unsigned i = 0; i < channel_count; i++)
		channel_open(&target->channels[i], target->port,
		    options.connections > 0, &questions);
}

static void
usage(void)
{
	fprintf(stderr, "usage: dns_load -n ENTRIES -p PORT ...\n");
	exit(EXIT_FAILURE);
}

static void
add_target(uint16_t port)
{
	if (port == 0 || target_count == TARGETS_MAX)
		usage();
	target = &targets[target_count++];
	target->port = port;
}

static void
read_options(int argc, char *argv[])
{
	int option;

	while ((option = getopt(argc, argv, "p:n:s:m:w:r:t:P:6eux")) != -1) {
		double number = optarg != NULL ? strtod(optarg, NULL) : 0;

		switch (option) {
		case 'p':
			add_target((uint16_t)number);
			break;
		case 'n':
			options.entries = (uint32_t)number;
			break;
		case 's':
			options.seconds = number;
			break;
		case 'm':
			options.listed_percent = (unsigned)number;
			break;
		case 'w':
			options.window = (unsigned)number;
			break;
		case 'r':
			options.rate = number;
			break;
		case 't':
			options.connections = (unsigned)number;
			break;
		case 'P':
			if (target == NULL)
				usage();
			target->pids = optarg;
			break;
		case '6':
			options.ipv6 = true;
			break;
		case 'e':
			options.edns = true;
			break;
		case 'u':
			options.importing = true;
			break;
		case 'x':
			if (target == NULL)
				usage();
			target->unchecked = true;
			break;
		default:
			exit(EXIT_FAILURE);
		}
	}
	if (target_count == 0 || options.entries == 0 ||
	    (target_count > 1 && options.rate > 0))
		usage();
}

int
main(int argc, char *argv[])
{
	struct question_mix mix;
	bool wrong = false;

	read_options(argc, argv);
	mix = (struct question_mix){ .ipv6 = options.ipv6,
		.edns = options.edns,
		.entries = options.entries,
		.listed_percent = options.listed_percent,
		.text_percent = TEXT_PERCENT,
		.group = CHANNEL_GROUP };
	signal(SIGINT, interrupt);
	if (options.connections > 0)
		channel_count = options.connections;
	question_mix(&mix, list, QUESTIONS);
	for (unsigned i = 0; i < target_count; i++)
		open_target(&targets[i]);
	run();
	for (unsigned i = 0; i < target_count; i++) {
		target = &targets[i];
		print_result();
		wrong |= target->result.wrong > 0;
	}
	return wrong ? 2 : EXIT_SUCCESS;
}
