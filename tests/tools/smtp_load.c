#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/*
 * Sends messages to a mail server on 127.0.0.1 as fast as it takes them, and
 * prints one line of JSON:
 *
 *	smtp_load -p PORT -f MESSAGE -t RECIPIENT [-c N] [-n N] [-r]
 *
 *	-c N   over so many connections at a time (20)
 *	-n N   so many messages in all (1000)
 *	-r     connections are used again; else each brings one message
 *
 * Each connection comes from an address of its own in 198.18.0.0/15, which the
 * caller has made local ("ip route add local 198.18.0.0/15 dev lo"), and each
 * message is another: "########" in it becomes its number, which begins where
 * the clock is, in microseconds, so that no run repeats another. Nothing is
 * pipelined, as most servers' clients do not.
 */
#define SOURCE 0xc6120000u /* 198.18.0.0 */
#define SOURCE_BITS 0x1ffffu
#define MARK "########"
#define MARK_LEN 8
#define MARKS_MAX 32
#define MESSAGE_MAX (1 << 20)
#define CONNECTIONS_MAX 10000

enum step { GREETING, HELLO, SENDER, RECIPIENT, DATA, CONTENT, GOODBYE };

struct connection {
	int fd;
	enum step step;
	size_t len; /* of the reply so far */
	char reply[1024];
};

static struct {
	uint16_t port;
	const char *recipient;
	unsigned connections, messages;
	bool again;
} options = { .connections = 20, .messages = 1000 };

static char message[MESSAGE_MAX];
static size_t message_len, marks[MARKS_MAX], mark_count;
static unsigned promised, begun, ended, refused, under_way;
static unsigned first_number;
static int loop;

static void
die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static void
read_message(const char *path)
{
	FILE *file = fopen(path, "r");

	if (file == NULL)
		die(path);
	message_len = fread(message, 1, sizeof(message) - 4, file);
	fclose(file);
	memcpy(message + message_len, ".\r\n", 4);
	for (char *at = message; (at = strstr(at, MARK)) != NULL;
	     at += MARK_LEN) {
		if (mark_count == MARKS_MAX)
			break;
		marks[mark_count++] = (size_t)(at - message);
	}
	message_len += 3;
}

static void
say(struct connection *connection, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t sent = send(connection->fd, text, len, MSG_NOSIGNAL);

		if (sent < 0)
			die("send");
		text += sent;
		len -= (size_t)sent;
	}
}

static void
say_message(struct connection *connection)
{
	char number[MARK_LEN + 1];

	snprintf(number, sizeof(number), "%08x", first_number + begun++);
	for (size_t i = 0; i < mark_count; i++)
		memcpy(message + marks[i], number, MARK_LEN);
	say(connection, message, message_len);
}

/* A blocking socket: what is said is small beside the kernel's buffers. */
static void
begin(struct connection *connection)
{
	const struct sockaddr_in own = { .sin_family = AF_INET,
		.sin_addr.s_addr =
		    htonl(SOURCE + (1 + promised++ * 257) % SOURCE_BITS) };
	const struct sockaddr_in server = { .sin_family = AF_INET,
		.sin_port = htons(options.port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event event = { .events = EPOLLIN,
		.data.ptr = connection };

	connection->step = GREETING;
	connection->len = 0;
	connection->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (connection->fd < 0 ||
	    bind(connection->fd, (const struct sockaddr *)&own, sizeof(own)) !=
		0 ||
	    connect(connection->fd, (const struct sockaddr *)&server,
		sizeof(server)) != 0 ||
	    epoll_ctl(loop, EPOLL_CTL_ADD, connection->fd, &event) != 0)
		die("connect");
	under_way++;
}

/* The next connection, when there is something left to send. */
static void
end(struct connection *connection)
{
	close(connection->fd);
	under_way--;
	if (!options.again && promised < options.messages)
		begin(connection);
}

static enum step
after_content(void)
{
	ended++;
	if (!options.again || promised == options.messages)
		return GOODBYE;
	promised++;
	return SENDER;
}

static void
say_next(struct connection *connection)
{
	char line[512] = "QUIT\r\n";

	switch (connection->step) {
	case HELLO:
		strcpy(line, "EHLO load.example\r\n");
		break;
	case SENDER:
		strcpy(line, "MAIL FROM:<>\r\n");
		break;
	case RECIPIENT:
		snprintf(
		    line, sizeof(line), "RCPT TO:<%s>\r\n", options.recipient);
		break;
	case DATA:
		strcpy(line, "DATA\r\n");
		break;
	case CONTENT:
		say_message(connection);
		return;
	default:
		break;
	}
	say(connection, line, strlen(line));
}

/* A whole reply is there. */
static void
go_on(struct connection *connection)
{
	char first = connection->reply[0];

	connection->len = 0;
	if (connection->step == GOODBYE) {
		end(connection);
		return;
	}
	if (first != '2' && first != '3') {
		refused++;
		connection->step = GOODBYE;
	} else if (connection->step == CONTENT)
		connection->step = after_content();
	else
		connection->step++;
	say_next(connection);
}

/* "250 " at the start of the last line, and its end. */
static bool
is_whole(const struct connection *connection)
{
	const char *reply = connection->reply;
	const char *last;

	if (connection->len < 5 || reply[connection->len - 1] != '\n')
		return false;
	last = memrchr(reply, '\n', connection->len - 1);
	last = last == NULL ? reply : last + 1;
	return last[3] == ' ';
}

static void
hear(struct connection *connection)
{
	ssize_t more = recv(connection->fd, connection->reply + connection->len,
	    sizeof(connection->reply) - connection->len, 0);

	if (more <= 0) {
		if (connection->step != GOODBYE)
			refused++;
		end(connection);
		return;
	}
	connection->len += (size_t)more;
	if (is_whole(connection))
		go_on(connection);
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void
read_options(int argc, char *argv[])
{
	int option;

	while ((option = getopt(argc, argv, "p:f:t:c:n:r")) != -1) {
		switch (option) {
		case 'p':
			options.port = (uint16_t)atoi(optarg);
			break;
		case 'f':
			read_message(optarg);
			break;
		case 't':
			options.recipient = optarg;
			break;
		case 'c':
			options.connections = (unsigned)atoi(optarg);
			break;
		case 'n':
			options.messages = (unsigned)atoi(optarg);
			break;
		case 'r':
			options.again = true;
			break;
		default:
			exit(EXIT_FAILURE);
		}
	}
	if (options.port == 0 || options.recipient == NULL ||
	    message_len == 0 || options.connections > CONNECTIONS_MAX)
		exit(EXIT_FAILURE);
	if (options.connections > options.messages)
		options.connections = options.messages;
}

int
main(int argc, char *argv[])
{
	static struct connection connections[CONNECTIONS_MAX];
	struct epoll_event events[64];
	double began;

	read_options(argc, argv);
	loop = epoll_create1(0);
	began = seconds();
	first_number = (unsigned)(uint64_t)(began * 1e6);
	for (unsigned i = 0; i < options.connections; i++)
		begin(&connections[i]);
	while (under_way > 0) {
		int count = epoll_wait(loop, events, 64, -1);

		for (int i = 0; i < count; i++)
			hear(events[i].data.ptr);
	}
	printf("{\"messages\": %u, \"refused\": %u, \"seconds\": %.6f}\n",
	    ended, refused, seconds() - began);
	return refused > 0;
}
