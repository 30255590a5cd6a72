#include "ingest/names.h"

#include <errno.h>
#include <event2/dns.h>
#include <event2/event.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"

/* Waiting, under way and answered together; a forged run brings thousands. */
#define QUESTIONS_MAX 256
/*
 * Asked for lately, answered or not: a dead zone is not asked at each bounce.
 */
#define RECENT_MAX 4096 /* a power of two */
#define RECENT_SECONDS 3600

#define TIMEOUT_SECONDS "5" /* per try; evdns tries three times */

struct question {
	struct names *names;
	struct names_answer answer;
	char name[NAMES_NAME_MAX + 1]; /* not confirmed yet */
	struct question *next;
};

struct queue {
	struct question *first, **last;
};

struct names {
	pthread_t thread;
	pthread_mutex_t lock; /* guards both queues */
	struct queue asked, answered;
	int event_fd; /* something was asked, or it is over */

	/* The asking thread's own. */
	unsigned count;
	struct recent {
		struct ipaddr address;
		int64_t at_ms;
	} recent[RECENT_MAX];

	/* The resolving thread's own. */
	struct event_base *base;
	struct evdns_base *dns;
	struct event *wake;
	bool over;
};

/* --- queues --------------------------------------------------------------- */

static void
queue_init(struct queue *queue)
{
	queue->first = NULL;
	queue->last = &queue->first;
}

static void
put(struct names *names, struct queue *queue, struct question *question)
{
	question->next = NULL;
	pthread_mutex_lock(&names->lock);
	*queue->last = question;
	queue->last = &question->next;
	pthread_mutex_unlock(&names->lock);
}

static struct question *
take(struct names *names, struct queue *queue)
{
	struct question *question;

	pthread_mutex_lock(&names->lock);
	question = queue->first;
	if (question != NULL)
		queue->first = question->next;
	if (queue->first == NULL)
		queue->last = &queue->first;
	pthread_mutex_unlock(&names->lock);
	return question;
}

static void
free_all(struct names *names, struct queue *queue)
{
	struct question *question;

	while ((question = take(names, queue)) != NULL)
		free(question);
}

/* --- resolving ------------------------------------------------------------ */

static void
conclude(struct question *question, bool confirmed)
{
	if (confirmed)
		strcpy(question->answer.name, question->name);
	put(question->names, &question->names->answered, question);
}

static bool
is_among(const struct ipaddr *address, int type, int count, const void *list)
{
	bool ipv4 = type == DNS_IPv4_A;

	if (ipv4 != ipaddr_is_ipv4(address))
		return false;
	for (int i = 0; i < count; i++) {
		const char *octets =
		    (const char *)list + (size_t)i * (ipv4 ? 4 : 16);
		const uint8_t *own = address->octets + (ipv4 ? 12 : 0);

		if (memcmp(octets, own, ipv4 ? 4 : 16) == 0)
			return true;
	}
	return false;
}

/* The resolver could not say: that is no answer, and asked again later. */
static bool
is_unknown(int result)
{
	return result != DNS_ERR_NONE && result != DNS_ERR_NOTEXIST &&
	       result != DNS_ERR_NODATA;
}

/* Of evdns_close as well: what was under way then ends here. */
static void
drop(struct question *question)
{
	question->answer.address = (struct ipaddr){ { 0 } };
	put(question->names, &question->names->answered, question);
}

static void
on_addresses(
    int result, char type, int count, int ttl, void *addresses, void *context)
{
	struct question *question = context;

	(void)ttl;
	if (is_unknown(result))
		drop(question);
	else
		conclude(question, result == DNS_ERR_NONE &&
				       is_among(&question->answer.address, type,
					   count, addresses));
}

static void
ask_back(struct question *question)
{
	struct evdns_base *dns = question->names->dns;
	const struct evdns_request *request;

	if (ipaddr_is_ipv4(&question->answer.address))
		request = evdns_base_resolve_ipv4(dns, question->name,
		    DNS_QUERY_NO_SEARCH, on_addresses, question);
	else
		request = evdns_base_resolve_ipv6(dns, question->name,
		    DNS_QUERY_NO_SEARCH, on_addresses, question);
	if (request == NULL)
		drop(question);
}

static void
on_name(int result, char type, int count, int ttl, void *names, void *context)
{
	struct question *question = context;
	const char *name;

	(void)ttl;
	if (is_unknown(result)) {
		drop(question);
		return;
	}
	name = result == DNS_ERR_NONE && type == DNS_PTR && count > 0
		   ? *(char **)names
		   : "";
	if (*name == '\0' || strlen(name) > NAMES_NAME_MAX) {
		conclude(question, false);
		return;
	}
	strcpy(question->name, name);
	ask_back(question);
}

static void
ask_name(struct question *question)
{
	struct evdns_base *dns = question->names->dns;
	const uint8_t *octets = question->answer.address.octets;
	const struct evdns_request *request;
	struct in6_addr in6;
	struct in_addr in;

	if (ipaddr_is_ipv4(&question->answer.address)) {
		memcpy(&in, octets + 12, sizeof(in));
		request = evdns_base_resolve_reverse(
		    dns, &in, DNS_QUERY_NO_SEARCH, on_name, question);
	} else {
		memcpy(&in6, octets, sizeof(in6));
		request = evdns_base_resolve_reverse_ipv6(
		    dns, &in6, DNS_QUERY_NO_SEARCH, on_name, question);
	}
	if (request == NULL)
		drop(question);
}

static void
on_wake(int fd, short what, void *context)
{
	struct names *names = context;
	struct question *question;
	uint64_t news;

	(void)what;
	if (read(fd, &news, sizeof(news)) < 0)
		return;
	while ((question = take(names, &names->asked)) != NULL)
		ask_name(question);
	pthread_mutex_lock(&names->lock);
	if (names->over)
		event_base_loopbreak(names->base);
	pthread_mutex_unlock(&names->lock);
}

static void *
resolve(void *context)
{
	struct names *names = context;

	event_base_dispatch(names->base);
	return NULL;
}

/* --- asking --------------------------------------------------------------- */

static void
wake(const struct names *names)
{
	/* It cannot fail but by a counter full of news already. */
	(void)eventfd_write(names->event_fd, 1);
}

/* One place for each address, and whoever comes later takes it. */
static bool
is_recent(struct names *names, const struct ipaddr *address)
{
	uint32_t hash = 2166136261u; /* FNV-1a; nothing hangs on it */
	int64_t now_ms = clock_monotonic_ms();
	struct recent *recent;

	for (int i = 0; i < 16; i++)
		hash = (hash ^ address->octets[i]) * 16777619u;
	recent = &names->recent[hash % RECENT_MAX];
	if (ipaddr_equal(&recent->address, address) && recent->at_ms != 0 &&
	    now_ms - recent->at_ms < RECENT_SECONDS * 1000)
		return true;
	*recent = (struct recent){ *address, now_ms };
	return false;
}

void
names_ask(struct names *names, const struct ipaddr *address)
{
	struct question *question;

	if (names->count == QUESTIONS_MAX || is_recent(names, address))
		return;
	question = calloc(1, sizeof(*question));
	if (question == NULL)
		return;
	names->count++;
	question->names = names;
	question->answer.address = *address;
	put(names, &names->asked, question);
	wake(names);
}

static bool
is_dropped(const struct names_answer *answer)
{
	static const struct ipaddr none;

	return ipaddr_equal(&answer->address, &none);
}

bool
names_take(struct names *names, struct names_answer *answer)
{
	struct question *question;

	while ((question = take(names, &names->answered)) != NULL) {
		*answer = question->answer;
		free(question);
		names->count--;
		if (!is_dropped(answer))
			return true;
	}
	return false;
}

/* --- start and end -------------------------------------------------------- */

static int
set_resolver(struct evdns_base *dns, const char *resolver)
{
	const char *const options[][2] = { { "timeout:", TIMEOUT_SECONDS },
		{ "randomize-case:", "1" }, { "max-inflight:", "64" } };

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		evdns_base_set_option(dns, options[i][0], options[i][1]);
	/* Without that file, or a server in it, it asks this machine. */
	if (strcmp(resolver, "system") == 0) {
		evdns_base_resolv_conf_parse(
		    dns, DNS_OPTION_NAMESERVERS, "/etc/resolv.conf");
		return 0;
	}
	return evdns_base_nameserver_ip_add(dns, resolver) == 0 ? 0
								: ERROR_FORMAT;
}

static int
start(struct names *names, const char *resolver)
{
	int code;

	names->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (names->event_fd < 0)
		return -errno;
	names->base = event_base_new();
	if (names->base != NULL)
		names->dns = evdns_base_new(names->base, 0);
	if (names->dns == NULL)
		return -ENOMEM;
	code = set_resolver(names->dns, resolver);
	if (code != 0)
		return code;
	names->wake = event_new(
	    names->base, names->event_fd, EV_READ | EV_PERSIST, on_wake, names);
	if (names->wake == NULL || event_add(names->wake, NULL) != 0)
		return -ENOMEM;
	return -pthread_create(&names->thread, NULL, resolve, names);
}

static void
dispose(struct names *names)
{
	if (names->wake != NULL)
		event_free(names->wake);
	/* Ends what is under way, with an error: so before the queues. */
	if (names->dns != NULL)
		evdns_base_free(names->dns, 1);
	if (names->base != NULL) {
		event_base_loop(names->base, EVLOOP_NONBLOCK);
		event_base_free(names->base);
	}
	free_all(names, &names->asked);
	free_all(names, &names->answered);
	if (names->event_fd >= 0)
		close(names->event_fd);
	pthread_mutex_destroy(&names->lock);
	free(names);
}

int
names_open(const char *resolver, struct names **opened)
{
	struct names *names = calloc(1, sizeof(*names));
	char shown[LOG_TEXT_MAX];
	int code;

	if (names == NULL)
		return -ENOMEM;
	pthread_mutex_init(&names->lock, NULL);
	queue_init(&names->asked);
	queue_init(&names->answered);
	code = start(names, resolver);
	if (code != 0) {
		log_error("resolver_refused name=ingest.resolver value=%s "
			  "reason=\"%s\" remedy=\"write an address, system or "
			  "none\"",
		    log_escape(resolver, shown), error_text(code));
		dispose(names);
		return code;
	}
	*opened = names;
	return 0;
}

void
names_close(struct names *names)
{
	if (names == NULL)
		return;
	pthread_mutex_lock(&names->lock);
	names->over = true;
	pthread_mutex_unlock(&names->lock);
	wake(names);
	pthread_join(names->thread, NULL);
	dispose(names);
}
