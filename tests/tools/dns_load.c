#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

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
#define QUESTIONS                                                              \
	(1u << 18) /* made before; more than a server's caches hold            \
		    */
#define SOCKETS 4
/*
 * Questions of one length that the kernel takes as one and parts itself
 * (UDP_SEGMENT): asking must cost less than answering, or the server is idle.
 */
#define GROUP 8
#define BATCH 64
#define LOST_NS 1000000000
#define WARM_NS 500000000
#define TEXT_PERCENT 5
#define IDS 65536
#define STREAM_SIZE (1 << 16)

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

static struct question questions[QUESTIONS];
static uint32_t next_question;

/* A question under way, by its id. */
struct asked {
	uint64_t due_ns; /* 0: none */
	uint32_t question;
};

struct channel {
	int fd;
	uint16_t first, next; /* ids under way lie between */
	unsigned under_way;
	struct asked asked[IDS];
	uint8_t in[STREAM_SIZE]; /* of a stream, what is no message yet */
	size_t in_len;
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

static void
insist(bool holds, const char *doing)
{
	if (holds)
		return;
	fprintf(stderr, "dns_load: %s: %s\n", doing, strerror(errno));
	exit(EXIT_FAILURE);
}

static uint64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* --- channels ------------------------------------------------------------- */

static void
open_channel(struct channel *channel)
{
	const struct sockaddr_in server = { .sin_family = AF_INET,
		.sin_port = htons(target->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int type = options.connections > 0 ? SOCK_STREAM : SOCK_DGRAM;
	int buffer = 4 << 20, on = 1;

	channel->fd = socket(AF_INET, type, 0);
	insist(channel->fd >= 0, "socket");
	setsockopt(channel->fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
	insist(connect(channel->fd, (const struct sockaddr *)&server,
		   sizeof(server)) == 0,
	    "connect");
	if (type == SOCK_STREAM)
		setsockopt(
		    channel->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	fcntl(channel->fd, F_SETFL, O_NONBLOCK);
	channel->first = channel->next = (uint16_t)now_ns();
}

static void
open_target(struct target *opened)
{
	target = opened;
	target->channels = calloc(channel_count, sizeof(*target->channels));
	insist(target->channels != NULL, "memory");
	for (unsigned i = 0; i < channel_count; i++)
		open_channel(&target->channels[i]);
}

static void
lose(struct channel *channel, struct asked *asked)
{
	if (target->result.counting && asked->due_ns >= target->result.since_ns)
		target->result.lost++;
	asked->due_ns = 0;
	channel->under_way--;
}

/*
 * The next question, with an id. Where that is still somebody else's, all ids
 * were given in less time than an answer may take.
 */
static struct question *
take_question(struct channel *channel, uint64_t due_ns)
{
	struct question *question = &questions[next_question];
	uint16_t id = channel->next++;

	if (channel->asked[id].due_ns != 0)
		lose(channel, &channel->asked[id]);
	if (channel->next == channel->first)
		channel->first++;
	question->octets[0] = (uint8_t)(id >> 8);
	question->octets[1] = (uint8_t)id;
	channel->asked[id] = (struct asked){ due_ns, next_question };
	channel->under_way++;
	next_question = (next_question + 1) % QUESTIONS;
	target->result.sent += target->result.counting;
	return question;
}

/* A full buffer loses what was to be sent, as a network would. */
static void
send_group(struct channel *channel, const uint64_t due_ns[GROUP])
{
	union {
		struct cmsghdr header;
		char octets[CMSG_SPACE(sizeof(uint16_t))];
	} control = { .header = { .cmsg_len = CMSG_LEN(sizeof(uint16_t)),
			  .cmsg_level = SOL_UDP,
			  .cmsg_type = UDP_SEGMENT } };
	struct iovec pieces[GROUP];
	struct msghdr message = { .msg_iov = pieces,
		.msg_iovlen = GROUP,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };

	for (unsigned i = 0; i < GROUP; i++) {
		struct question *question = take_question(channel, due_ns[i]);
		uint16_t len = question->len;

		pieces[i] = (struct iovec){ question->octets, len };
		memcpy(CMSG_DATA(&control.header), &len, sizeof(len));
	}
	sendmsg(channel->fd, &message, 0);
}

static void
send_one(struct channel *channel, uint64_t due_ns)
{
	struct question *question = take_question(channel, due_ns);

	send(channel->fd, question->octets, question->len, 0);
}

/* On a stream everything that may go goes in one piece. */
static void
send_stream(struct channel *channel, unsigned count, uint64_t due_ns)
{
	uint8_t octets[STREAM_SIZE];
	size_t len = 0;

	while (count-- > 0 && len + UINT8_MAX + 2 < sizeof(octets)) {
		struct question *question = take_question(channel, due_ns);

		octets[len++] = 0;
		octets[len++] = question->len;
		memcpy(octets + len, question->octets, question->len);
		len += question->len;
	}
	/* The window is far smaller than the socket's buffer. */
	insist(send(channel->fd, octets, len, MSG_NOSIGNAL) == (ssize_t)len,
	    "send");
}

/* --- answers -------------------------------------------------------------- */

/*
 * While the list is imported an address may not be on it yet; but once it has
 * been answered it is, for whoever asks then.
 */
static const char *
importing_objection(
    uint32_t number, const uint8_t *answer, size_t len, uint64_t due_ns)
{
	static uint64_t listed_ns[QUESTIONS]; /* 0: never */
	struct question before = questions[number];

	if (question_objection(&questions[number], answer, len) == NULL) {
		if (listed_ns[number] == 0)
			listed_ns[number] = now_ns();
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
	const struct question *question = &questions[number];
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
take_answer(
    struct channel *channel, const uint8_t *answer, size_t len, uint64_t at_ns)
{
	uint16_t id = len < 2 ? 0 : (uint16_t)(answer[0] << 8 | answer[1]);
	struct asked *asked = &channel->asked[id];
	uint64_t due_ns = asked->due_ns;

	/* Not asked, or given up. */
	if (len < 12 || due_ns == 0)
		return;
	asked->due_ns = 0;
	channel->under_way--;
	if (!target->result.counting || due_ns < target->result.since_ns)
		return;
	judge(asked->question, answer, len, due_ns);
	histogram_add(
	    &target->result.latency, at_ns > due_ns ? at_ns - due_ns : 0);
}

static void
receive_datagrams(struct channel *channel)
{
	static uint8_t octets[BATCH][2048];
	static struct mmsghdr messages[BATCH];
	static struct iovec pieces[BATCH];
	int count;

	do {
		uint64_t at_ns;

		for (unsigned i = 0; i < BATCH; i++) {
			pieces[i] =
			    (struct iovec){ octets[i], sizeof(octets[i]) };
			messages[i].msg_hdr.msg_iov = &pieces[i];
			messages[i].msg_hdr.msg_iovlen = 1;
		}
		count =
		    recvmmsg(channel->fd, messages, BATCH, MSG_DONTWAIT, NULL);
		at_ns = now_ns();
		for (int i = 0; i < count; i++)
			take_answer(
			    channel, octets[i], messages[i].msg_len, at_ns);
	} while (count == BATCH);
}

static void
receive_stream(struct channel *channel)
{
	ssize_t got = recv(channel->fd, channel->in + channel->in_len,
	    sizeof(channel->in) - channel->in_len, MSG_DONTWAIT);
	uint64_t at_ns = now_ns();
	size_t at = 0;

	insist(got > 0 || (got < 0 && errno == EAGAIN), "receive");
	if (got < 0)
		return;
	channel->in_len += (size_t)got;
	while (channel->in_len - at >= 2) {
		const uint8_t *from = channel->in + at;
		size_t len = (size_t)from[0] << 8 | from[1];

		if (channel->in_len - at < 2 + len)
			break;
		take_answer(channel, from + 2, len, at_ns);
		at += 2 + len;
	}
	channel->in_len -= at;
	memmove(channel->in, channel->in + at, channel->in_len);
}

/* Ids are given in order, so the oldest question is the first. */
static void
give_up(struct channel *channel, uint64_t at_ns)
{
	for (; channel->first != channel->next; channel->first++) {
		struct asked *asked = &channel->asked[channel->first];

		if (asked->due_ns == 0)
			continue;
		if (at_ns < asked->due_ns + LOST_NS)
			return;
		lose(channel, asked);
	}
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
	uint64_t due_ns[GROUP];

	if (options.connections > 0) {
		if (channel->under_way < window)
			send_stream(
			    channel, window - channel->under_way, at_ns);
		return;
	}
	for (unsigned i = 0; i < GROUP; i++)
		due_ns[i] = at_ns;
	while (channel->under_way + GROUP <= window)
		send_group(channel, due_ns);
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
		send_one(&target->channels[count % channel_count], due_ns);
	}
}

static void
serve_channels(uint64_t began_ns, bool asks)
{
	uint64_t at_ns = now_ns();

	for (unsigned i = 0; i < channel_count; i++) {
		if (options.connections > 0)
			receive_stream(&target->channels[i]);
		else
			receive_datagrams(&target->channels[i]);
		give_up(&target->channels[i], at_ns);
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
	uint64_t began_ns = now_ns(), answered = target->result.answered;
	uint64_t settle_ns = target->slice_count == 0 ? WARM_NS : SETTLE_NS;
	struct cpu_time before, after;
	double seconds;

	while (now_ns() < began_ns + settle_ns)
		serve_channels(began_ns, true);
	cpu_time_read(target->pids, &before);
	target->result.counting = true;
	target->result.since_ns = now_ns();
	while (!interrupted && now_ns() < target->result.since_ns + span_ns)
		serve_channels(began_ns, true);
	cpu_time_read(target->pids, &after);
	seconds = (double)(now_ns() - target->result.since_ns) / 1e9;
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
		.group = GROUP };
	signal(SIGINT, interrupt);
	if (options.connections > 0)
		channel_count = options.connections;
	question_mix(&mix, questions, QUESTIONS);
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
