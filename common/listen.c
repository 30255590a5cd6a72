#include "common/listen.h"

#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/error.h"
#include "common/ipaddr.h"
#include "common/listen_passed.h"
#include "common/log.h"

/*
 * Connections that wait for accept(); the kernel cuts it to its somaxconn. A
 * trap server sees a whole run of forged mail come back at once.
 */
#define BACKLOG 4096

/* --- text and address ----------------------------------------------------- */

static int
parse_path(const char *text, struct listen_address *address)
{
	struct sockaddr_un *un = (void *)&address->sa;
	size_t len = strlen(text);

	if (len >= sizeof(un->sun_path))
		return ERROR_FORMAT;
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, text, len + 1);
	address->len =
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + 1);
	return 0;
}

/* Port 0 lets the kernel choose. */
static int
parse_port(const char *text, in_port_t *port)
{
	size_t len = strspn(text, "0123456789");
	unsigned long value = strtoul(text, NULL, 10);

	if (len == 0 || len > 5 || text[len] != '\0' || value > UINT16_MAX)
		return ERROR_FORMAT;
	*port = htons((uint16_t)value);
	return 0;
}

/* IPv6 stands in brackets, "*" is the unspecified address of both families. */
static int
parse_host(const char *text, size_t len, struct ipaddr *host)
{
	bool colons = memchr(text, ':', len) != NULL;
	bool bracketed = len >= 2 && text[0] == '[' && text[len - 1] == ']';

	if (len == 1 && text[0] == '*') {
		*host = (struct ipaddr){ { 0 } };
		return 0;
	}
	if (colons != bracketed)
		return ERROR_FORMAT;
	return bracketed ? ipaddr_parse_n(text + 1, len - 2, host)
			 : ipaddr_parse_n(text, len, host);
}

static void
set_address(
    const struct ipaddr *host, in_port_t port, struct listen_address *address)
{
	struct sockaddr_in *in = (void *)&address->sa;
	struct sockaddr_in6 *in6 = (void *)&address->sa;

	if (ipaddr_is_ipv4(host)) {
		in->sin_family = AF_INET;
		in->sin_addr.s_addr = htonl(ipaddr_to_ipv4(host));
		in->sin_port = port;
		address->len = sizeof(*in);
	} else {
		in6->sin6_family = AF_INET6;
		memcpy(&in6->sin6_addr, host->octets, sizeof(host->octets));
		in6->sin6_port = port;
		address->len = sizeof(*in6);
	}
}

int
listen_parse(const char *text, struct listen_address *address)
{
	const char *colon = strrchr(text, ':');
	struct listen_address parsed = { .len = 0 };
	struct ipaddr host;
	in_port_t port;

	if (text[0] == '/') {
		if (parse_path(text, &parsed) != 0)
			return ERROR_FORMAT;
	} else {
		if (colon == NULL || parse_port(colon + 1, &port) != 0 ||
		    parse_host(text, (size_t)(colon - text), &host) != 0)
			return ERROR_FORMAT;
		set_address(&host, port, &parsed);
	}
	*address = parsed;
	return 0;
}

static bool
takes_both(int fd)
{
	socklen_t len = sizeof(int);
	int only = 1;

	getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, &len);
	return only == 0;
}

char *
listen_format(int fd, char text[LISTEN_TEXT_MAX])
{
	struct listen_address own = { .len = sizeof(own.sa) };
	struct sockaddr *sa = (void *)&own.sa;
	/* Both have the port in the same place. */
	const struct sockaddr_in *in = (void *)&own.sa;
	const struct sockaddr_un *un = (void *)&own.sa;
	char host[IPADDR_TEXT_MAX];
	struct ipaddr address;

	text[0] = '\0';
	if (getsockname(fd, sa, &own.len) != 0)
		return text;
	if (sa->sa_family == AF_UNIX)
		snprintf(text, LISTEN_TEXT_MAX, "%s", un->sun_path);
	else if (ipaddr_from_sockaddr(sa, &address) != 0)
		return text;
	else if (sa->sa_family == AF_INET6 && takes_both(fd))
		snprintf(text, LISTEN_TEXT_MAX, "*:%u", ntohs(in->sin_port));
	else
		snprintf(text, LISTEN_TEXT_MAX,
		    sa->sa_family == AF_INET6 ? "[%s]:%u" : "%s:%u",
		    ipaddr_format(&address, host), ntohs(in->sin_port));
	return text;
}

/* --- sockets -------------------------------------------------------------- */

/*
 * A socket file outlives whoever bound it. It is stale when nobody answers;
 * anything else at that path is not ours to remove.
 */
static void
remove_stale(const struct listen_address *address, int type)
{
	const struct sockaddr_un *un = (const void *)&address->sa;
	struct stat st;
	int fd;

	if (lstat(un->sun_path, &st) != 0 || !S_ISSOCK(st.st_mode))
		return;
	fd = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	if (connect(fd, (const void *)&address->sa, address->len) != 0 &&
	    errno == ECONNREFUSED)
		unlink(un->sun_path);
	close(fd);
}

static int
set_option(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value)) == 0
		   ? 0
		   : -errno;
}

static int
set_options(int fd, int family, bool both, unsigned options)
{
	int error = 0;

	/* A restart must not wait for the connections of the last run. */
	if (family != AF_UNIX && (options & LISTEN_DATAGRAM) == 0)
		error = set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (error == 0 && (options & LISTEN_REUSEPORT) != 0)
		error = set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	/* Else "*:25" and "192.0.2.1:25" would depend on a sysctl. */
	if (error == 0 && family == AF_INET6)
		error = set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, !both);
	return error;
}

static int
open_bound(const struct listen_address *address, bool both, unsigned options)
{
	int type = options & LISTEN_DATAGRAM ? SOCK_DGRAM : SOCK_STREAM;
	int family = address->sa.ss_family;
	int error;
	int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (family == AF_UNIX)
		remove_stale(address, type);
	error = set_options(fd, family, both, options);
	if (error == 0 &&
	    bind(fd, (const void *)&address->sa, address->len) != 0)
		error = -errno;
	if (error == 0 && type == SOCK_STREAM && listen(fd, BACKLOG) != 0)
		error = -errno;
	if (error != 0) {
		close(fd);
		return error;
	}
	return fd;
}

static const char *
reason_of(int error, const struct listen_address *address)
{
	switch (error) {
	case -EADDRINUSE:
		return "address in use";
	case -EADDRNOTAVAIL:
		return "this host has no such address";
	case -EACCES:
		if (address->sa.ss_family != AF_UNIX)
			return "needs the right to bind ports below 1024";
		return error_text(error);
	case ERROR_FORMAT:
		return "no address to listen on";
	default:
		return error_text(error);
	}
}

int
listen_open(const char *text, unsigned options)
{
	bool both = text[0] == '*';
	struct listen_address address;
	char shown[LOG_TEXT_MAX];
	int fd = listen_passed_take(text, options);

	if (fd >= 0)
		return fd;
	fd = listen_parse(text, &address);
	if (fd == 0)
		fd = open_bound(&address, both, options);
	if (fd == -EAFNOSUPPORT && both) {
		struct ipaddr any = ipaddr_from_ipv4(INADDR_ANY);
		const struct sockaddr_in6 *in6 = (const void *)&address.sa;
		struct listen_address ipv4 = { .len = 0 };

		/* A kernel without IPv6: both families are one. */
		set_address(&any, in6->sin6_port, &ipv4);
		fd = open_bound(&ipv4, false, options);
	}
	if (fd < 0)
		log_error("listen_failed address=%s reason=\"%s\"",
		    log_escape(text, shown), reason_of(fd, &address));
	return fd;
}
