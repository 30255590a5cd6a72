#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

/*
 * What the kernel alone costs: receives DNS queries on a port of 127.0.0.1 and
 * sends them back with the response bit and NXDOMAIN set.
 *
 *	dns_null PORT
 */
#define BATCH 64
#define SIZE 1500

static uint8_t octets[BATCH][SIZE];
static struct sockaddr_in clients[BATCH];
static struct iovec pieces[BATCH];
static struct mmsghdr messages[BATCH];

static int
open_socket(const char *port)
{
	struct sockaddr_in own = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), buffer = 4 << 20;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
	if (bind(fd, (struct sockaddr *)&own, sizeof(own)) != 0) {
		perror("dns_null");
		exit(EXIT_FAILURE);
	}
	return fd;
}

static void
prepare(void)
{
	for (unsigned i = 0; i < BATCH; i++) {
		pieces[i] = (struct iovec){ octets[i], SIZE };
		messages[i].msg_hdr = (struct msghdr){ .msg_name = &clients[i],
			.msg_namelen = sizeof(clients[i]),
			.msg_iov = &pieces[i],
			.msg_iovlen = 1 };
	}
}

int
main(int argc, char *argv[])
{
	int fd;

	if (argc != 2)
		return EXIT_FAILURE;
	fd = open_socket(argv[1]);
	for (;;) {
		int count, sent = 0;

		prepare();
		count = recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);
		for (int i = 0; i < count; i++) {
			octets[i][2] |= 0x80;
			octets[i][3] = 3;
			pieces[i].iov_len = messages[i].msg_len;
		}
		while (sent < count) {
			int n = sendmmsg(
			    fd, messages + sent, (unsigned)(count - sent), 0);

			sent += n > 0 ? n : 1;
		}
	}
}
