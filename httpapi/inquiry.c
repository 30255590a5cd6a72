#include "httpapi/inquiry.h"

#include <ares.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/listen.h"

/* For the first try, doubled for the second one. */
#define TRY_MS 1500
#define TRIES 2

/* A name with more addresses than this is no mail server's. */
#define ADDRESSES_MAX 32

#define REVERSE_NAME_MAX (32 * 2 + sizeof("ip6.arpa"))

/* One name of the address, and what it takes to ask for it. */
struct candidate {
	struct inquiry *inquiry;
	char name[PROVER_NAME_MAX + 1];
};

/*
 * One job. Its channel is its alone: with other sockets than all others, and
 * when it is destroyed nothing is under way any more.
 */
struct inquiry {
	struct prover_job *job;
	ares_channel channel;
	int64_t deadline_ms;
	struct candidate candidates[PROVER_NAMES_MAX];
	unsigned candidate_count;
	unsigned asked; /* under way */
	bool proved;
	bool other;  /* a record of ours that is not the one */
	bool silent; /* something could not be said */
};

/* --- what DNS says -------------------------------------------------------- */

/* The library takes the question for an answer (QR, RFC 1035 section 4.1.1). */
static bool
is_answer(const unsigned char *octets)
{
	return octets == NULL || (octets[2] & 0x80) != 0;
}

/* The answer came; false where there is nothing in it. */
static bool
came(struct inquiry *inquiry, int status, const unsigned char *answer)
{
	inquiry->asked--;
	if ((status != ARES_SUCCESS && status != ARES_ENODATA &&
		status != ARES_ENOTFOUND) ||
	    !is_answer(answer))
		inquiry->silent = true;
	return status == ARES_SUCCESS;
}

/*
 * It could be read; false where there is nothing in it that was asked for. Not
 * asked of host names: one that nobody can have is to the library a fault.
 */
static bool
was_read(struct inquiry *inquiry, int status)
{
	if (status != ARES_SUCCESS && status != ARES_ENODATA)
		inquiry->silent = true;
	return status == ARES_SUCCESS;
}

static void
ask(struct inquiry *inquiry, const char *name, int type, ares_callback callback,
    void *context)
{
	inquiry->asked++;
	ares_query(inquiry->channel, name, 1 /* IN */, type, callback, context);
}

/* Its character strings in one (RFC 7208 section 3.3), as far as ours goes. */
static void
judge_text(struct inquiry *inquiry, const char *text)
{
	const struct proof *proof = inquiry->job->proof;

	for (int i = 0; i < PROOF_DAYS; i++) {
		if (strcasecmp(text, proof->texts[i]) == 0)
			inquiry->proved = true;
	}
	if (strncasecmp(text, PROOF_PREFIX, sizeof(PROOF_PREFIX) - 1) == 0)
		inquiry->other = true;
}

static void
judge_texts(struct inquiry *inquiry, const struct ares_txt_ext *part)
{
	while (part != NULL) {
		/* One octet more than ours has tells that it is longer. */
		char text[PROOF_TEXT_MAX + 2] = "";
		size_t used = 0;

		do {
			size_t len = part->length;

			if (len > sizeof(text) - 1 - used)
				len = sizeof(text) - 1 - used;
			memcpy(text + used, part->txt, len);
			used += len;
			part = part->next;
		} while (part != NULL && !part->record_start);
		judge_text(inquiry, text);
	}
}

static void
on_texts(
    void *context, int status, int timeouts, unsigned char *answer, int len)
{
	struct inquiry *inquiry = context;
	struct ares_txt_ext *texts = NULL;

	(void)timeouts;
	if (!came(inquiry, status, answer))
		return;
	if (was_read(inquiry, ares_parse_txt_reply_ext(answer, len, &texts)))
		judge_texts(inquiry, texts);
	ares_free_data(texts);
}

/* The name leads back to the address. */
static void
confirm(struct candidate *candidate)
{
	struct inquiry *inquiry = candidate->inquiry;
	struct prover_job *job = inquiry->job;
	char owner[sizeof(PROOF_LABEL) + PROVER_NAME_MAX];

	strcpy(job->names[job->name_count++], candidate->name);
	if (job->proof == NULL)
		return;
	strcpy(stpcpy(owner, PROOF_LABEL), candidate->name);
	ask(inquiry, owner, 16 /* TXT */, on_texts, inquiry);
}

static void
on_ipv4(void *context, int status, int timeouts, unsigned char *answer, int len)
{
	struct candidate *candidate = context;
	const struct ipaddr *address = &candidate->inquiry->job->address;
	struct ares_addrttl found[ADDRESSES_MAX];
	int count = ADDRESSES_MAX;

	(void)timeouts;
	if (!came(candidate->inquiry, status, answer) ||
	    !was_read(candidate->inquiry,
		ares_parse_a_reply(answer, len, NULL, found, &count)))
		return;
	for (int i = 0; i < count; i++) {
		if (memcmp(&found[i].ipaddr, address->octets + 12, 4) == 0) {
			confirm(candidate);
			return;
		}
	}
}

static void
on_ipv6(void *context, int status, int timeouts, unsigned char *answer, int len)
{
	struct candidate *candidate = context;
	const struct ipaddr *address = &candidate->inquiry->job->address;
	struct ares_addr6ttl found[ADDRESSES_MAX];
	int count = ADDRESSES_MAX;

	(void)timeouts;
	if (!came(candidate->inquiry, status, answer) ||
	    !was_read(candidate->inquiry,
		ares_parse_aaaa_reply(answer, len, NULL, found, &count)))
		return;
	for (int i = 0; i < count; i++) {
		if (memcmp(&found[i].ip6addr, address->octets, 16) == 0) {
			confirm(candidate);
			return;
		}
	}
}

static bool
is_host_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= PROVER_NAME_MAX && name[0] != '.' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == len;
}

static void
add_candidate(struct inquiry *inquiry, const char *name)
{
	struct candidate *candidate;

	if (!is_host_name(name) || inquiry->candidate_count == PROVER_NAMES_MAX)
		return;
	candidate = &inquiry->candidates[inquiry->candidate_count++];
	candidate->inquiry = inquiry;
	strcpy(candidate->name, name);
	if (ipaddr_is_ipv4(&inquiry->job->address))
		ask(inquiry, name, 1 /* A */, on_ipv4, candidate);
	else
		ask(inquiry, name, 28 /* AAAA */, on_ipv6, candidate);
}

static void
on_names(
    void *context, int status, int timeouts, unsigned char *answer, int len)
{
	struct inquiry *inquiry = context;
	const uint8_t *octets = inquiry->job->address.octets;
	bool ipv4 = ipaddr_is_ipv4(&inquiry->job->address);
	struct hostent *host;

	(void)timeouts;
	if (!came(inquiry, status, answer) ||
	    ares_parse_ptr_reply(answer, len, octets + (ipv4 ? 12 : 0),
		ipv4 ? 4 : 16, ipv4 ? AF_INET : AF_INET6,
		&host) != ARES_SUCCESS)
		return;
	for (char **name = host->h_aliases; *name != NULL; name++)
		add_candidate(inquiry, *name);
	ares_free_hostent(host);
}

/* --- one job -------------------------------------------------------------- */

static void
reverse_name(const struct ipaddr *address, char name[REVERSE_NAME_MAX])
{
	const uint8_t *octets = address->octets;

	if (ipaddr_is_ipv4(address)) {
		sprintf(name, "%u.%u.%u.%u.in-addr.arpa", octets[15],
		    octets[14], octets[13], octets[12]);
		return;
	}
	for (int i = 15; i >= 0; i--)
		name += sprintf(name, "%x.%x.", octets[i] & 15, octets[i] >> 4);
	strcpy(name, "ip6.arpa");
}

/* No names from this machine's files, and none completed by its domain. */
static int
open_channel(const char *server, ares_channel *channel)
{
	static char lookups[] = "b";
	struct ares_options options = {
		.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES,
		.timeout = TRY_MS,
		.tries = TRIES,
		.lookups = lookups,
	};
	int status = ares_init_options(channel, &options,
	    ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
		ARES_OPT_LOOKUPS);

	if (status != ARES_SUCCESS)
		return status == ARES_ENOMEM ? -ENOMEM : -EIO;
	if (server == NULL ||
	    ares_set_servers_ports_csv(*channel, server) == ARES_SUCCESS)
		return 0;
	ares_destroy(*channel);
	return ERROR_FORMAT;
}

static enum prover_outcome
outcome_of(const struct inquiry *inquiry)
{
	const struct prover_job *job = inquiry->job;

	if (inquiry->proved || (job->proof == NULL && job->name_count > 0))
		return PROVER_FOUND;
	if (inquiry->silent)
		return PROVER_SILENT;
	if (job->name_count == 0)
		return PROVER_NO_NAME;
	return inquiry->other ? PROVER_OTHER_RECORD : PROVER_NO_RECORD;
}

int
inquiry_begin(struct prover_job *job, const char *server, struct inquiry **out)
{
	struct inquiry *inquiry = calloc(1, sizeof(*inquiry));
	char name[REVERSE_NAME_MAX];
	int code = -ENOMEM;

	job->outcome = PROVER_SILENT;
	job->name_count = 0;
	if (inquiry != NULL)
		code = open_channel(server, &inquiry->channel);
	if (code != 0) {
		free(inquiry);
		return code;
	}
	inquiry->job = job;
	inquiry->deadline_ms = clock_monotonic_ms() + job->patience_ms;
	reverse_name(&job->address, name);
	ask(inquiry, name, 12 /* PTR */, on_names, inquiry);
	*out = inquiry;
	return 0;
}

bool
inquiry_is_over(const struct inquiry *inquiry)
{
	return inquiry->proved || inquiry->asked == 0 ||
	       clock_monotonic_ms() >= inquiry->deadline_ms;
}

struct prover_job *
inquiry_end(struct inquiry *inquiry)
{
	struct prover_job *job = inquiry->job;

	/* What is under way ends as not said. */
	ares_destroy(inquiry->channel);
	job->outcome = outcome_of(inquiry);
	free(inquiry);
	return job;
}

/* --- its sockets ---------------------------------------------------------- */

_Static_assert(INQUIRY_SOCKETS_MAX == ARES_GETSOCK_MAXNUM,
    "the library has as many of a channel");

nfds_t
inquiry_sockets(const struct inquiry *inquiry, struct pollfd *polled)
{
	ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
	unsigned wanted = (unsigned)ares_getsock(
	    inquiry->channel, sockets, ARES_GETSOCK_MAXNUM);
	nfds_t count = 0;

	for (int i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
		short events = 0;

		/* The library's macros shift into the sign. */
		if ((wanted >> i & 1) != 0)
			events |= POLLIN;
		if ((wanted >> (i + ARES_GETSOCK_MAXNUM) & 1) != 0)
			events |= POLLOUT;
		if (events != 0)
			polled[count++] = (struct pollfd){ .fd = sockets[i],
				.events = events };
	}
	return count;
}

void
inquiry_process(
    struct inquiry *inquiry, const struct pollfd *polled, nfds_t count)
{
	for (nfds_t i = 0; i < count; i++) {
		short came_in = polled[i].revents;
		ares_socket_t fd = polled[i].fd;

		if (came_in != 0)
			ares_process_fd(inquiry->channel,
			    came_in & ~POLLOUT ? fd : ARES_SOCKET_BAD,
			    came_in & POLLOUT ? fd : ARES_SOCKET_BAD);
	}
	ares_process_fd(inquiry->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

/* --- the library ---------------------------------------------------------- */

/* The library passes by what it does not understand. */
static bool
is_server(const char *text)
{
	struct listen_address address;
	struct ipaddr host;

	return ipaddr_parse(text, &host) == 0 ||
	       (strpbrk(text, "/*") == NULL &&
		   listen_parse(text, &address) == 0);
}

int
inquiry_start(const char *server)
{
	ares_channel channel;
	int code;

	if (server != NULL && !is_server(server))
		return ERROR_FORMAT;
	if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS)
		return -ENOMEM;
	code = open_channel(server, &channel);
	if (code == 0)
		ares_destroy(channel);
	return code;
}

void
inquiry_stop(void)
{
	ares_library_cleanup();
}
