#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * What a durable mail server costs at least: takes any message for anybody on
 * a port of 127.0.0.1, reads nothing of it, and keeps a record of 200 octets
 * in a file. All messages that one turn of the loop brought are written and
 * synced together; their 250s come after that.
 *
 *	smtp_trap PORT FILE
 */
#define RECORD_LEN 200
#define EVENTS_MAX 512
#define INPUT_SIZE 8192

/* The file is written over from its start: it never grows, so that syncing it
 * does not wait for its length. */
#define FILE_SIZE (128L << 20)

struct connection {
	int fd;
	bool in_message;
	size_t len;
	char input[INPUT_SIZE];
};

static int loop, listener, file;
static off_t file_at;
static char records[EVENTS_MAX * RECORD_LEN];
static struct connection *pending[EVENTS_MAX];
static size_t pending_count;

static void
die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static void
say(struct connection *connection, const char *reply)
{
	/* A client that has gone is found when it is read from. */
	(void)send(connection->fd, reply, strlen(reply), MSG_NOSIGNAL);
}

static void
drop(struct connection *connection)
{
	close(connection->fd);
	free(connection);
}

static void
watch(int fd, void *context)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = context };

	if (epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event) != 0)
		die("epoll_ctl");
}

static void
accept_all(void)
{
	const int on = 1;
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		struct connection *connection = calloc(1, sizeof(*connection));

		if (connection == NULL)
			die("calloc");
		connection->fd = fd;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		watch(fd, connection);
		say(connection, "220 trap ESMTP\r\n");
	}
}

/* One command; false: it was the last. */
static bool
obey(struct connection *connection, const char *line)
{
	static const struct {
		char verb;
		const char *reply;
	} replies[] = {
		{ 'e', "250-trap\r\n250-PIPELINING\r\n250 8BITMIME\r\n" },
		{ 'd', "354 go on\r\n" },
		{ 'q', "221 bye\r\n" },
	};
	const char verb = (char)(line[0] | 0x20);

	connection->in_message = verb == 'd';
	for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
		if (replies[i].verb == verb) {
			say(connection, replies[i].reply);
			return verb != 'q';
		}
	}
	say(connection, "250 ok\r\n");
	return true;
}

/*
 * Takes a command or a part of a message; how many octets, 0 for more to come.
 * Of a message the last octets wait, which might begin its end.
 */
static size_t
take(struct connection *connection, char *octets, size_t len, bool *open)
{
	static const char end[] = "\r\n.\r\n";
	const size_t end_len = sizeof(end) - 1;
	char *found = connection->in_message ? memmem(octets, len, end, end_len)
					     : memchr(octets, '\n', len);

	if (!connection->in_message) {
		if (found != NULL)
			*open = obey(connection, octets);
		return found == NULL ? 0 : (size_t)(found - octets) + 1;
	}
	if (found == NULL)
		return len < end_len ? 0 : len - (end_len - 1);
	connection->in_message = false;
	pending[pending_count++] = connection;
	return (size_t)(found - octets) + end_len;
}

static void
hear(struct connection *connection)
{
	ssize_t more = recv(connection->fd, connection->input + connection->len,
	    INPUT_SIZE - connection->len, 0);
	size_t at = 0, taken;
	bool open = true;

	if (more <= 0) {
		if (more == 0 || errno != EAGAIN)
			drop(connection);
		return;
	}
	connection->len += (size_t)more;
	do {
		taken = take(connection, connection->input + at,
		    connection->len - at, &open);
		at += taken;
	} while (open && taken > 0);
	connection->len -= at;
	memmove(connection->input, connection->input + at, connection->len);
	if (!open)
		drop(connection);
}

static void
commit(void)
{
	const size_t len = pending_count * RECORD_LEN;

	if (pending_count == 0)
		return;
	if (file_at + (off_t)len > FILE_SIZE)
		file_at = 0;
	if (pwrite(file, records, len, file_at) != (ssize_t)len ||
	    fdatasync(file) != 0)
		die("write");
	file_at += (off_t)len;
	for (size_t i = 0; i < pending_count; i++)
		say(pending[i], "250 kept\r\n");
	pending_count = 0;
}

static void
open_file(const char *path)
{
	static char zeros[1 << 20];

	file = open(path, O_CREAT | O_RDWR | O_TRUNC, 0600);
	if (file < 0)
		die(path);
	for (long at = 0; at < FILE_SIZE; at += (long)sizeof(zeros)) {
		if (write(file, zeros, sizeof(zeros)) != sizeof(zeros))
			die(path);
	}
	fsync(file);
	memset(records, 'r', sizeof(records));
}

static void
open_listener(const char *port)
{
	const struct sockaddr_in own = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int on = 1;

	listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listener, (const struct sockaddr *)&own, sizeof(own)) != 0 ||
	    listen(listener, 1024) != 0)
		die("listen");
}

int
main(int argc, char *argv[])
{
	struct epoll_event events[EVENTS_MAX];

	if (argc != 3)
		return EXIT_FAILURE;
	open_file(argv[2]);
	open_listener(argv[1]);
	loop = epoll_create1(0);
	watch(listener, NULL);
	for (;;) {
		int count = epoll_wait(loop, events, EVENTS_MAX, -1);

		for (int i = 0; i < count; i++) {
			if (events[i].data.ptr == NULL)
				accept_all();
			else
				hear(events[i].data.ptr);
		}
		commit();
	}
}
