#include "tests/support/channel.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define BATCH 64
#define LOST_NS 1000000000

static void
insist(bool holds, const char *doing)
{
	if (holds)
		return;
	fprintf(stderr, "channel: %s: %s\n", doing, strerror(errno));
	exit(EXIT_FAILURE);
}

uint64_t
channel_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void
channel_open(struct channel *channel, uint16_t port, bool is_stream,
    struct channel_questions *questions)
{
	const struct sockaddr_in server = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int type = is_stream ? SOCK_STREAM : SOCK_DGRAM;
	int buffer = 4 << 20, on = 1;

	channel->questions = questions;
	channel->is_stream = is_stream;
	channel->fd = socket(AF_INET, type, 0);
	insist(channel->fd >= 0, "socket");
	setsockopt(channel->fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
	insist(connect(channel->fd, (const struct sockaddr *)&server,
		   sizeof(server)) == 0,
	    "connect");
	if (is_stream)
		setsockopt(
		    channel->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	fcntl(channel->fd, F_SETFL, O_NONBLOCK);
	channel->first = channel->next = (uint16_t)channel_now_ns();
}

/* --- asking --------------------------------------------------------------- */

static void
lose(struct channel *channel, struct asked *asked)
{
	channel->questions->lost(asked->due_ns);
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
	struct channel_questions *questions = channel->questions;
	struct question *question = &questions->list[questions->next];
	uint16_t id = channel->next++;

	if (channel->asked[id].due_ns != 0)
		lose(channel, &channel->asked[id]);
	if (channel->next == channel->first)
		channel->first++;
	question->octets[0] = (uint8_t)(id >> 8);
	question->octets[1] = (uint8_t)id;
	channel->asked[id] = (struct asked){ due_ns, questions->next };
	channel->under_way++;
	questions->next = (questions->next + 1) % questions->count;
	questions->sent();
	return question;
}

void
channel_send_group(struct channel *channel, uint64_t due_ns)
{
	union {
		struct cmsghdr header;
		char octets[CMSG_SPACE(sizeof(uint16_t))];
	} control = { .header = { .cmsg_len = CMSG_LEN(sizeof(uint16_t)),
			  .cmsg_level = SOL_UDP,
			  .cmsg_type = UDP_SEGMENT } };
	struct iovec pieces[CHANNEL_GROUP];
	struct msghdr message = { .msg_iov = pieces,
		.msg_iovlen = CHANNEL_GROUP,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };

	for (unsigned i = 0; i < CHANNEL_GROUP; i++) {
		struct question *question = take_question(channel, due_ns);
		uint16_t len = question->len;

		pieces[i] = (struct iovec){ question->octets, len };
		memcpy(CMSG_DATA(&control.header), &len, sizeof(len));
	}
	sendmsg(channel->fd, &message, 0);
}

void
channel_send_one(struct channel *channel, uint64_t due_ns)
{
	struct question *question = take_question(channel, due_ns);

	send(channel->fd, question->octets, question->len, 0);
}

void
channel_send_stream(struct channel *channel, unsigned count, uint64_t due_ns)
{
	uint8_t octets[CHANNEL_STREAM_SIZE];
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
	channel->questions->answered(
	    asked->question, answer, len, due_ns, at_ns);
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
		at_ns = channel_now_ns();
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
	uint64_t at_ns = channel_now_ns();
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

void
channel_receive(struct channel *channel)
{
	if (channel->is_stream)
		receive_stream(channel);
	else
		receive_datagrams(channel);
	give_up(channel, channel_now_ns());
}
