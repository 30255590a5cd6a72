#include "db/probe.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/ipaddr.h"
#include "common/listen.h"
#include "common/wire.h"
#include "db/secret.h"

#define HEADER_LEN 12
#define FLAG_QR 0x8000
#define RCODE_MASK 0x000f
#define TYPE_SOA 6
#define CLASS_IN 1

/* A SOA with two names of the greatest length, after the question. */
#define REPLY_MAX 1232

/* A machine so busy that loopback takes longer serves nobody well. */
#define WAIT_MS 2000
/* One that is behind is asked again after this long: dnsd looks each 50 ms. */
#define AGAIN_MS 200

static const char *const state_names[PROBE_STATES] = {
	[PROBE_UNASKED] = "unasked",
	[PROBE_CURRENT] = "current",
	[PROBE_BEHIND] = "behind",
	[PROBE_UNTOLD] = "untold",
	[PROBE_SILENT] = "silent",
};

const char *
probe_state_name(enum probe_state state)
{
	return state_names[state];
}

const char *
probe_rcode_name(unsigned rcode)
{
	static const char *const names[] = { "NOERROR", "FORMERR", "SERVFAIL",
		"NXDOMAIN", "NOTIMP", "REFUSED" };

	return rcode < sizeof(names) / sizeof(names[0]) ? names[rcode]
							: "another error";
}

/* RFC 1982: the numbers wrap. */
static bool
is_older(uint32_t serial, uint32_t than)
{
	return (int32_t)(serial - than) < 0;
}

void
probe_judge(struct probe_answer *answer, uint32_t serial)
{
	if (answer->state == PROBE_CURRENT && is_older(answer->serial, serial))
		answer->state = PROBE_BEHIND;
}

/* --- octets --------------------------------------------------------------- */

size_t
probe_question(uint16_t id, const uint8_t *name, size_t name_len,
    uint8_t question[PROBE_QUESTION_MAX])
{
	struct wire_writer to;

	wire_write(&to, question, PROBE_QUESTION_MAX);
	wire_write_u16(&to, id);
	wire_write_u16(&to, 0);
	wire_write_u16(&to, 1);
	wire_write_u16(&to, 0);
	wire_write_u16(&to, 0);
	wire_write_u16(&to, 0);
	wire_write_octets(&to, name, name_len);
	wire_write_u16(&to, TYPE_SOA);
	wire_write_u16(&to, CLASS_IN);
	return wire_len(&to);
}

/* Past a name, whose end may be a pointer (RFC 1035 section 4.1.4). */
static void
skip_name(struct wire_reader *from)
{
	uint8_t len;

	while ((len = wire_read_u8(from)) != 0) {
		if (len >= 0xc0) {
			wire_read_u8(from);
			return;
		}
		wire_read_octets(from, len);
	}
}

/* The first record of the answer; a zone has one SOA. */
static bool
read_soa(struct wire_reader *from, uint32_t *serial)
{
	uint16_t type;

	skip_name(from);
	type = wire_read_u16(from);
	wire_read_octets(from, 2 + 4 + 2); /* class, TTL, length */
	skip_name(from);
	skip_name(from);
	*serial = wire_read_u32(from);
	return !from->failed && type == TYPE_SOA;
}

bool
probe_read(const uint8_t *question, size_t question_len, const uint8_t *reply,
    size_t reply_len, struct probe_answer *answer)
{
	struct wire_reader from;
	uint16_t flags, answers;

	*answer = (struct probe_answer){ .state = PROBE_UNTOLD };
	wire_read(&from, reply, reply_len);
	if (reply_len < question_len || memcmp(reply, question, 2) != 0 ||
	    memcmp(reply + HEADER_LEN, question + HEADER_LEN,
		question_len - HEADER_LEN) != 0)
		return false;
	wire_read_u16(&from);
	flags = wire_read_u16(&from);
	wire_read_u16(&from);
	answers = wire_read_u16(&from);
	wire_read_octets(&from, question_len - 8);
	answer->rcode = flags & RCODE_MASK;
	if (answer->rcode == 0 && answers > 0 &&
	    read_soa(&from, &answer->serial))
		answer->state = PROBE_CURRENT;
	else
		answer->serial = 0;
	return (flags & FLAG_QR) != 0;
}

/* --- asking --------------------------------------------------------------- */

/* "*" and "[::]" are no addresses to send to: they listen on loopback, too. */
static void
name_host(struct listen_address *address)
{
	struct sockaddr_in *in = (void *)&address->sa;
	struct sockaddr_in6 *in6 = (void *)&address->sa;

	if (address->sa.ss_family == AF_INET &&
	    in->sin_addr.s_addr == htonl(INADDR_ANY))
		in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else if (address->sa.ss_family == AF_INET6 &&
		 IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr))
		in6->sin6_addr = in6addr_loopback;
}

int
probe_open(struct probe *probe, const struct settings *settings)
{
	const struct settings_list *listen = &settings->dnsd.listen;
	struct listen_address address;
	int code;

	*probe = (struct probe){ .fd = -1 };
	if (listen->count == 0 || listen_parse(listen->items[0], &address) != 0)
		return 0;
	/* A wildcard of both families stands there as one of IPv6. */
	if (listen->items[0][0] == '*') {
		struct sockaddr_in6 *in6 = (void *)&address.sa;
		struct sockaddr_in in = { .sin_family = AF_INET,
			.sin_port = in6->sin6_port };

		memcpy(&address.sa, &in, sizeof(in));
		address.len = sizeof(in);
	}
	name_host(&address);
	secret_random(&probe->id, sizeof(probe->id));
	probe->fd = socket(
	    address.sa.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	/* So the kernel takes answers from there alone, and tells of none. */
	if (probe->fd >= 0 && connect(probe->fd, (struct sockaddr *)&address.sa,
				  address.len) == 0)
		return 0;
	code = -errno;
	probe_close(probe);
	return code;
}

void
probe_close(struct probe *probe)
{
	if (probe->fd >= 0)
		close(probe->fd);
	probe->fd = -1;
}

void
probe_ask(struct probe *probe, const uint8_t *name, size_t name_len)
{
	probe->question_len =
	    probe_question(++probe->id, name, name_len, probe->question);
	probe->refused = false;
	if (probe->fd >= 0)
		(void)send(probe->fd, probe->question, probe->question_len, 0);
}

bool
probe_take(struct probe *probe, struct probe_answer *answer)
{
	uint8_t reply[REPLY_MAX];
	ssize_t len;

	if (probe->fd < 0)
		return false;
	/* Late answers to earlier questions are passed by. */
	while ((len = recv(probe->fd, reply, sizeof(reply), 0)) >= 0) {
		if (probe_read(probe->question, probe->question_len, reply,
			(size_t)len, answer))
			return true;
	}
	if (errno == ECONNREFUSED)
		probe->refused = true;
	return false;
}

static bool
wait_for(struct probe *probe, int64_t until_ms)
{
	int64_t left = until_ms - clock_monotonic_ms();
	struct pollfd wait = { .fd = probe->fd, .events = POLLIN };

	return left > 0 && poll(&wait, 1, (int)left) > 0;
}

void
probe_wait(struct probe *probe, const uint8_t *name, size_t name_len,
    uint32_t serial, struct probe_answer *answer)
{
	int64_t until_ms = clock_monotonic_ms() + WAIT_MS;
	struct probe_answer got;

	*answer = (struct probe_answer){ .state = PROBE_UNASKED };
	if (probe->fd < 0)
		return;
	answer->state = PROBE_SILENT;
	while (!probe->refused && clock_monotonic_ms() < until_ms) {
		int64_t again_ms = clock_monotonic_ms() + AGAIN_MS;

		probe_ask(probe, name, name_len);
		while (wait_for(probe, again_ms)) {
			if (!probe_take(probe, &got))
				continue;
			*answer = got;
			probe_judge(answer, serial);
			if (answer->state == PROBE_CURRENT)
				return;
		}
	}
}
