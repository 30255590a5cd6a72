#include "dnsd/udp.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"

#define BATCH 128	 /* more saves no more calls worth counting */
#define GROUP 16	 /* as much memory as can be waited for at once */
#define ROUNDS 8	 /* batches of one socket before the others' turn */
#define QUERY_SIZE 1400	 /* dnsd.udp_size, which we announce, is no more */
#define ANSWER_SIZE 1400 /* the most that dnsd.udp_size may say */

/* A second's worth of a busy resolver's questions. */
#define RECEIVE_BUFFER (4 << 20)

union control {
	struct cmsghdr header; /* aligns */
	char ipv4[CMSG_SPACE(sizeof(struct in_pktinfo))];
	char ipv6[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

struct udp_batch {
	struct mmsghdr in[BATCH], out[BATCH];
	struct iovec in_octets[BATCH], out_octets[BATCH];
	struct sockaddr_storage clients[BATCH];
	union control controls[BATCH];
	struct worker_query read[GROUP];
	uint8_t queries[BATCH][QUERY_SIZE];
	/* One behind the other: little memory is touched for them. */
	uint8_t answers[BATCH * ANSWER_SIZE];
	size_t answers_len;
};

int
udp_batch_new(struct udp_batch **batch)
{
	struct udp_batch *fresh = calloc(1, sizeof(*fresh));

	if (fresh == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < BATCH; i++) {
		struct msghdr *in = &fresh->in[i].msg_hdr;
		struct msghdr *out = &fresh->out[i].msg_hdr;

		fresh->in_octets[i].iov_base = fresh->queries[i];
		fresh->in_octets[i].iov_len = QUERY_SIZE;
		in->msg_name = &fresh->clients[i];
		in->msg_iov = &fresh->in_octets[i];
		in->msg_control = &fresh->controls[i];
		in->msg_iovlen = out->msg_iovlen = 1;
		out->msg_iov = &fresh->out_octets[i];
	}
	*batch = fresh;
	return 0;
}

void
udp_batch_free(struct udp_batch *batch)
{
	free(batch);
}

/* --- the socket ----------------------------------------------------------- */

static bool
is_unspecified(const struct sockaddr_storage *own)
{
	const struct sockaddr_in *in = (const void *)own;
	const struct sockaddr_in6 *in6 = (const void *)own;

	return own->ss_family == AF_INET
		   ? in->sin_addr.s_addr == htonl(INADDR_ANY)
		   : memcmp(&in6->sin6_addr, &in6addr_any,
			 sizeof(in6addr_any)) == 0;
}

static int
set(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value)) == 0
		   ? 0
		   : -errno;
}

/*
 * Answers leave whole or not at all, and without path MTU discovery: a
 * "fragmentation needed" that anybody can forge changes nothing (RFC 9715
 * sections 3.1 and 7.1). 1232 octets fit through every path that is one.
 */
int
udp_prepare(int fd)
{
	struct sockaddr_storage own = { 0 };
	socklen_t len = sizeof(own);
	int error;

	if (getsockname(fd, (struct sockaddr *)&own, &len) != 0)
		return -errno;
	set(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER);
	if (own.ss_family == AF_INET)
		error = set(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE);
	else
		error = set(
		    fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE);
	if (error != 0 || !is_unspecified(&own))
		return error;
	return own.ss_family == AF_INET
		   ? set(fd, IPPROTO_IP, IP_PKTINFO, 1)
		   : set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
}

/*
 * What the kernel said of where a query arrived goes back with the answer as
 * where it is to leave; by which interface is the routes' affair, but for
 * addresses that mean nothing without one.
 */
static void
forget_interface(struct msghdr *message)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(message);

	if (header == NULL)
		return;
	if (header->cmsg_level == IPPROTO_IP &&
	    header->cmsg_type == IP_PKTINFO) {
		struct in_pktinfo *info = (void *)CMSG_DATA(header);

		info->ipi_ifindex = 0;
	} else if (header->cmsg_level == IPPROTO_IPV6 &&
		   header->cmsg_type == IPV6_PKTINFO) {
		struct in6_pktinfo *info = (void *)CMSG_DATA(header);

		if (!IN6_IS_ADDR_LINKLOCAL(&info->ipi6_addr))
			info->ipi6_ifindex = 0;
	}
}

/* --- a batch -------------------------------------------------------------- */

static int
receive(struct udp_batch *batch, int fd)
{
	static struct log_gate gate = LOG_GATE(5);
	int count;

	for (unsigned i = 0; i < BATCH; i++) {
		struct msghdr *message = &batch->in[i].msg_hdr;

		message->msg_namelen = sizeof(batch->clients[i]);
		message->msg_controllen = sizeof(batch->controls[i]);
	}
	count = recvmmsg(fd, batch->in, BATCH, MSG_DONTWAIT, NULL);
	if (count < 0 && errno != EAGAIN && errno != EINTR &&
	    log_gate_open(&gate, "receive_failed"))
		log_warning("receive_failed reason=\"%s\"", error_text(-errno));
	return count;
}

/* A port that no answer can go to is forged. */
static bool
has_port(const struct sockaddr_storage *client)
{
	/* sin6_port lies in the same place. */
	return ((const struct sockaddr_in *)client)->sin_port != 0;
}

/*
 * What is sent to many comes to every socket there is: as many answers, from
 * as many hosts, would go to whoever is named as the sender. Of IPv4's
 * addresses for many the kernel says by which of ours to answer instead; of
 * those on an IPv6 socket it lets nothing leave.
 */
static bool
is_to_many(struct msghdr *message)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(message);
	const struct in_pktinfo *info;

	if (header == NULL || header->cmsg_level != IPPROTO_IP ||
	    header->cmsg_type != IP_PKTINFO)
		return false;
	info = (const void *)CMSG_DATA(header);
	return info->ipi_addr.s_addr != info->ipi_spec_dst.s_addr;
}

/* The answer that lies behind the others, `len` octets, joins them. */
static void
add_answer(struct udp_batch *batch, unsigned from, unsigned to, size_t len)
{
	struct msghdr *in = &batch->in[from].msg_hdr;
	struct msghdr *out = &batch->out[to].msg_hdr;

	forget_interface(in);
	out->msg_name = in->msg_name;
	out->msg_namelen = in->msg_namelen;
	out->msg_control = in->msg_controllen > 0 ? in->msg_control : NULL;
	out->msg_controllen = in->msg_controllen;
	batch->out_octets[to].iov_base = batch->answers + batch->answers_len;
	batch->out_octets[to].iov_len = len;
	batch->answers_len += len;
}

static size_t
answer_one(struct udp_batch *batch, unsigned i, struct worker *worker,
    const struct worker_query *query, uint8_t *octets)
{
	const struct sockaddr *from = (const void *)&batch->clients[i];
	struct ipaddr client;

	if (!has_port(&batch->clients[i]) ||
	    is_to_many(&batch->in[i].msg_hdr) ||
	    ipaddr_from_sockaddr(from, &client) != 0) {
		counter_add(&worker->counters.queries[COUNTERS_UDP], 1);
		counter_add(&worker->counters.dropped, 1);
		return 0;
	}
	return worker_answer(
	    worker, &client, false, query, octets, ANSWER_SIZE);
}

static void
read_one(struct udp_batch *batch, unsigned i, struct worker *worker,
    struct worker_query *query)
{
	const struct mmsghdr *in = &batch->in[i];

	worker_read(worker, batch->queries[i], in->msg_len, query);
	if ((in->msg_hdr.msg_flags & MSG_TRUNC) != 0)
		query->outcome = query_was_cut(&query->query, query->outcome);
}

/* The queries from `first` on; returns how many answers there are then. */
static unsigned
answer_group(struct udp_batch *batch, unsigned first, unsigned count,
    struct worker *worker, unsigned answers)
{
	struct worker_query *queries = batch->read;

	for (unsigned i = 0; i < count; i++)
		read_one(batch, first + i, worker, &queries[i]);
	for (unsigned i = 0; i < count; i++)
		worker_fetch(&queries[i]);
	for (unsigned i = 0; i < count; i++) {
		size_t len = answer_one(batch, first + i, worker, &queries[i],
		    batch->answers + batch->answers_len);

		if (len > 0)
			add_answer(batch, first + i, answers++, len);
	}
	return answers;
}

static unsigned
answer_all(struct udp_batch *batch, unsigned count, struct worker *worker)
{
	unsigned answers = 0;

	batch->answers_len = 0;
	worker_begin(worker);
	for (unsigned first = 0; first < count; first += GROUP) {
		unsigned left = count - first;

		answers = answer_group(
		    batch, first, left < GROUP ? left : GROUP, worker, answers);
	}
	worker_end(worker);
	return answers;
}

/*
 * An answer that cannot leave (no route back, a full buffer) is lost, as
 * datagrams are; the rest go on behind it.
 */
static void
send_all(
    struct udp_batch *batch, unsigned count, int fd, struct counters *counters)
{
	unsigned sent = 0;

	while (sent < count) {
		int n =
		    sendmmsg(fd, batch->out + sent, count - sent, MSG_DONTWAIT);

		if (n > 0) {
			sent += (unsigned)n;
		} else if (errno != EINTR) {
			counter_add(&counters->unsent, 1);
			sent++;
		}
	}
}

unsigned
udp_serve(struct udp_batch *batch, int fd, struct worker *worker)
{
	unsigned found = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		int count = receive(batch, fd);
		int64_t began_us;
		unsigned answers;

		if (count <= 0)
			break;
		began_us = clock_monotonic_us();
		answers = answer_all(batch, (unsigned)count, worker);
		send_all(batch, answers, fd, &worker->counters);
		counters_add_time(&worker->counters, answers,
		    clock_monotonic_us() - began_us);
		found += (unsigned)count;
		if (count < BATCH)
			break;
	}
	return found;
}
