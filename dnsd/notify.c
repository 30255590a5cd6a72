#include "dnsd/notify.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/ipaddr.h"
#include "common/log.h"
#include "dnsd/query.h"
#include "dnsd/tsig.h"
#include "dnsd/zone.h"

/* Unanswered after 1, 2, 4 ... seconds it is sent again, two minutes in all. */
#define FIRST_WAIT_MS 1000
#define TRIES 7

/*
 * And so long after an answer once more, then after twice that, and so on for
 * five minutes, unless there was news by then. NSD answers a notice that comes
 * while it reloads, and may forget it; and who could not fetch the zone tries
 * again only after the SOA's retry, NSD then after twice that.
 */
#define REMIND_MS 10000
#define REMINDERS 5

#define MESSAGE_MAX 1536 /* question, SOA and signature with longest names */
#define FAMILIES 2

/* What is on with one secondary. */
struct state {
	bool wanted;   /* the zone has changed since the last was sent */
	bool awaiting; /* the answer to that */
	unsigned tries;
	unsigned reminders; /* of that version, what is wanted among them */
	uint16_t id;
	struct tsig tsig;
	int64_t due_ms;	 /* when wanted or awaiting */
	int64_t sent_ms; /* the first for that change; 0 never */
};

struct notify {
	pthread_t thread;
	bool runs;
	atomic_bool stop;
	int wake;

	pthread_mutex_t lock;
	struct rules *next; /* to be in force; NULL: no others */

	/* The thread's own. */
	struct rules *rules;
	struct store_txn *txn;
	struct zone zone;
	struct zone_version told;
	int fds[FAMILIES]; /* IPv4, IPv6; -1 none */
	struct state states[NOTIFY_TARGETS_MAX];
};

/* --- messages ------------------------------------------------------------- */

static size_t
make_message(const struct notify *notify, const struct tsig_key *key,
    struct state *state, uint8_t octets[MESSAGE_MAX])
{
	const struct zone *zone = &notify->zone;
	size_t len = DNS_HEADER_LEN + zone->settings.origin_len;

	memset(octets, 0, DNS_HEADER_LEN);
	dns_store_u16(octets, state->id);
	dns_store_u16(
	    octets + 2, DNS_OPCODE_NOTIFY << DNS_OPCODE_SHIFT | DNS_FLAG_AA);
	dns_store_u16(octets + 4, 1);
	dns_store_u16(octets + 6, 1);
	memcpy(octets + DNS_HEADER_LEN, zone->settings.origin,
	    zone->settings.origin_len);
	dns_store_u16(octets + len, DNS_TYPE_SOA);
	dns_store_u16(octets + len + 2, DNS_CLASS_IN);
	len += 4;
	zone_template_write(&zone->soa, DNS_HEADER_LEN, octets + len);
	len += zone->soa.len;
	if (key == NULL)
		return len;
	tsig_begin(&state->tsig, key, state->id);
	return tsig_sign(&state->tsig, octets, len, (uint64_t)clock_seconds());
}

static void
send_message(struct notify *notify, const struct notify_target *target,
    struct state *state)
{
	int fd = notify->fds[target->sa.ss_family == AF_INET6];
	uint8_t octets[MESSAGE_MAX];
	size_t len;

	if (getrandom(&state->id, sizeof(state->id), 0) < 0)
		return;
	len = make_message(notify, target->key, state, octets);
	/* What is lost on the way out is as if lost on the way. */
	if (len > 0 && fd >= 0 &&
	    sendto(fd, octets, len, MSG_DONTWAIT,
		(const struct sockaddr *)&target->sa, target->len) < 0)
		log_debug("notify_unsent reason=\"%s\"", error_text(-errno));
}

static bool
is_from(const struct notify_target *target, const struct sockaddr_storage *peer)
{
	struct ipaddr a, b;

	return ipaddr_from_sockaddr((const void *)&target->sa, &a) == 0 &&
	       ipaddr_from_sockaddr((const void *)peer, &b) == 0 &&
	       ipaddr_equal(&a, &b) &&
	       /* sin6_port lies in the same place. */
	       ((const struct sockaddr_in *)&target->sa)->sin_port ==
		   ((const struct sockaddr_in *)peer)->sin_port;
}

static void
end_notice(struct state *state, int64_t now_ms)
{
	state->awaiting = false;
	/* There is news already, or this was the last. */
	if (state->wanted || state->reminders == REMINDERS)
		return;
	state->wanted = true;
	state->tries = 0;
	state->due_ms = now_ms + (REMIND_MS << state->reminders++);
}

/* Any answer ends it (RFC 1996 section 3.6), as long as it is theirs. */
static void
take_answer(struct notify *notify, const struct sockaddr_storage *peer,
    const uint8_t *octets, size_t len)
{
	const struct notify_targets *targets = &notify->rules->notify;
	struct query query;

	if (query_parse_answer(octets, len, &query) == QUERY_DROP ||
	    query.opcode != DNS_OPCODE_NOTIFY)
		return;
	for (size_t i = 0; i < targets->count; i++) {
		const struct notify_target *target = &targets->items[i];
		struct state *state = &notify->states[i];

		if (!state->awaiting || state->id != query.id ||
		    !is_from(target, peer))
			continue;
		if (target->key != NULL &&
		    tsig_check_answer(&state->tsig, octets, &query,
			(uint64_t)clock_seconds()) != 0)
			continue;
		end_notice(state, clock_monotonic_ms());
		return;
	}
}

static void
receive(struct notify *notify, int fd)
{
	struct sockaddr_storage peer;
	uint8_t octets[4096];

	for (;;) {
		socklen_t peer_len = sizeof(peer);
		ssize_t n = recvfrom(fd, octets, sizeof(octets), MSG_DONTWAIT,
		    (struct sockaddr *)&peer, &peer_len);

		if (n < 0)
			return;
		take_answer(notify, &peer, octets, (size_t)n);
	}
}

/* --- when ----------------------------------------------------------------- */

static void
want(struct notify *notify, size_t i, int64_t now_ms)
{
	struct state *state = &notify->states[i];
	int64_t earliest =
	    state->sent_ms == 0
		? 0
		: state->sent_ms +
		      notify->rules->notify_seconds * INT64_C(1000);

	state->wanted = true;
	state->reminders = 0;
	state->tries = 0;
	state->due_ms = earliest > now_ms ? earliest : now_ms;
}

/* Has the zone changed? */
static void
look(struct notify *notify, int64_t now_ms)
{
	const struct zone_version *version = &notify->zone.version;
	bool is_new;

	if (store_renew(notify->txn) != 0)
		return;
	zone_refresh(&notify->zone, notify->txn);
	store_reset(notify->txn);
	is_new = version->lineage != notify->told.lineage ||
		 version->serial != notify->told.serial;
	if (!notify->zone.ready || !is_new)
		return;
	notify->told = *version;
	for (size_t i = 0; i < notify->rules->notify.count; i++) {
		/* What is wanted already will tell of this, too. */
		if (!notify->states[i].wanted ||
		    notify->states[i].reminders > 0)
			want(notify, i, now_ms);
	}
}

static void
give_up(const struct notify_target *target, struct state *state)
{
	static struct log_gate gate = LOG_GATE(10);
	char text[IPADDR_TEXT_MAX] = "";
	struct ipaddr address;

	state->awaiting = false;
	if (ipaddr_from_sockaddr((const void *)&target->sa, &address) == 0 &&
	    log_gate_open(&gate, "notify_unanswered"))
		log_warning("notify_unanswered address=%s tries=%d",
		    ipaddr_format(&address, text), TRIES);
}

/* Sends what is due; milliseconds until the next is, -1 for none. */
static int
send_due(struct notify *notify, int64_t now_ms)
{
	const struct notify_targets *targets = &notify->rules->notify;
	int64_t next = -1;

	for (size_t i = 0; i < targets->count; i++) {
		struct state *state = &notify->states[i];

		if ((state->wanted || state->awaiting) &&
		    state->due_ms <= now_ms) {
			if (state->tries == TRIES) {
				give_up(&targets->items[i], state);
				continue;
			}
			if (state->wanted)
				state->sent_ms = now_ms;
			state->wanted = false;
			state->awaiting = true;
			state->due_ms =
			    now_ms + (FIRST_WAIT_MS << state->tries++);
			send_message(notify, &targets->items[i], state);
		}
		if ((state->wanted || state->awaiting) &&
		    (next < 0 || state->due_ms - now_ms < next))
			next = state->due_ms - now_ms;
	}
	return (int)next;
}

/* --- the thread ----------------------------------------------------------- */

/* Whoever is told under other rules is told anew. */
static void
take_rules(struct notify *notify)
{
	struct rules *next;

	pthread_mutex_lock(&notify->lock);
	next = notify->next;
	notify->next = NULL;
	pthread_mutex_unlock(&notify->lock);
	if (next == NULL)
		return;
	rules_release(notify->rules);
	notify->rules = next;
	memset(notify->states, 0, sizeof(notify->states));
	memset(&notify->told, 0, sizeof(notify->told));
}

static void *
run(void *context)
{
	struct notify *notify = context;
	eventfd_t value;

	while (!atomic_load(&notify->stop)) {
		struct pollfd fds[] = { { notify->wake, POLLIN, 0 },
			{ notify->fds[0], POLLIN, 0 },
			{ notify->fds[1], POLLIN, 0 } };
		int64_t now_ms = clock_monotonic_ms();

		take_rules(notify);
		if (notify->rules->notify.count > 0)
			look(notify, now_ms);
		poll(fds, 1 + FAMILIES, send_due(notify, now_ms));
		eventfd_read(notify->wake, &value);
		for (int i = 0; i < FAMILIES; i++) {
			if (fds[1 + i].revents != 0)
				receive(notify, notify->fds[i]);
		}
	}
	return NULL;
}

static int
open_all(struct notify *notify, struct store *store)
{
	int error;

	notify->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (notify->wake < 0)
		return -errno;
	/* A host may be without one of the families. */
	notify->fds[0] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	notify->fds[1] = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	error = store_begin_read(store, &notify->txn);
	if (error == 0)
		store_reset(notify->txn);
	return error;
}

int
notify_start(struct store *store, struct rules *rules, struct notify **out)
{
	struct notify *notify = calloc(1, sizeof(*notify));
	int error = -ENOMEM;

	if (notify != NULL) {
		pthread_mutex_init(&notify->lock, NULL);
		notify->wake = notify->fds[0] = notify->fds[1] = -1;
		zone_init(&notify->zone);
		notify->rules = rules_hold(rules);
		error = open_all(notify, store);
	}
	if (error == 0)
		error = -pthread_create(&notify->thread, NULL, run, notify);
	if (error != 0) {
		log_error("start_failed reason=\"%s\"", error_text(error));
		notify_stop(notify);
		return error;
	}
	notify->runs = true;
	*out = notify;
	return 0;
}

void
notify_stop(struct notify *notify)
{
	if (notify == NULL)
		return;
	atomic_store(&notify->stop, true);
	if (notify->runs) {
		eventfd_write(notify->wake, 1);
		pthread_join(notify->thread, NULL);
	}
	store_abort(notify->txn);
	for (int i = 0; i < FAMILIES; i++) {
		if (notify->fds[i] >= 0)
			close(notify->fds[i]);
	}
	if (notify->wake >= 0)
		close(notify->wake);
	rules_release(notify->next);
	rules_release(notify->rules);
	pthread_mutex_destroy(&notify->lock);
	free(notify);
}

void
notify_set_rules(struct notify *notify, struct rules *rules)
{
	pthread_mutex_lock(&notify->lock);
	rules_release(notify->next);
	notify->next = rules_hold(rules);
	pthread_mutex_unlock(&notify->lock);
	eventfd_write(notify->wake, 1);
}

int
notify_fd(const struct notify *notify)
{
	return notify->wake;
}
