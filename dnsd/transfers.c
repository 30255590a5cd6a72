#include "dnsd/transfers.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "db/dname.h"

/* What one gets before the others' turn; some five hundred listings. */
#define PIECE (64 << 10)

/* How long transfers that wait for their clients go without a look. */
#define LOOK_MS 500

/* A client that reads nothing for so long has gone. */
#define STALL_MS 30000

/* Ten million names through a line of 10 Mbit/s. */
#define LIFE_MS (60 * 60 * INT64_C(1000))

struct run {
	struct run *next;
	struct transfer transfer;
	struct transfer_request *request; /* until it has begun */
	unsigned place;
	int fd;
	bool begun, complete;
	int64_t began_ms, moved_ms;
	size_t len, at; /* in the piece */
	uint8_t piece[PIECE + 2 + TRANSFER_MESSAGE_MAX];
};

struct transfers {
	pthread_t thread;
	bool runs;
	atomic_bool stop;
	atomic_uint count;
	int wake, given_back;
	struct zonereader reader;

	/* The thread's own. */
	struct run *running;
	struct pollfd *fds;
	unsigned fds_size;

	pthread_mutex_t lock; /* of what follows */
	struct run *added, *ended;
};

/* --- between threads ------------------------------------------------------ */

static void
push(struct transfers *transfers, struct run **list, struct run *run)
{
	pthread_mutex_lock(&transfers->lock);
	run->next = *list;
	*list = run;
	pthread_mutex_unlock(&transfers->lock);
}

static struct run *
pop(struct transfers *transfers, struct run **list)
{
	struct run *run;

	pthread_mutex_lock(&transfers->lock);
	run = *list;
	if (run != NULL)
		*list = run->next;
	pthread_mutex_unlock(&transfers->lock);
	return run;
}

static void
free_run(struct run *run)
{
	if (run->begun)
		transfer_end(&run->transfer);
	else
		transfer_request_free(run->request);
	free(run);
}

int
transfers_add(struct transfers *transfers, struct transfer_request *request,
    int fd, unsigned place)
{
	struct run *run = malloc(sizeof(*run));

	if (run == NULL) {
		transfer_request_free(request);
		return -ENOMEM;
	}
	run->request = request;
	run->fd = fd;
	run->place = place;
	run->begun = run->complete = false;
	run->len = run->at = 0;
	run->began_ms = run->moved_ms = clock_monotonic_ms();
	atomic_fetch_add(&transfers->count, 1);
	push(transfers, &transfers->added, run);
	eventfd_write(transfers->wake, 1);
	return 0;
}

bool
transfers_take(struct transfers *transfers, unsigned *place, bool *ended_well)
{
	struct run *run = pop(transfers, &transfers->ended);
	eventfd_t value;

	if (run == NULL) {
		eventfd_read(transfers->given_back, &value);
		run = pop(transfers, &transfers->ended);
	}
	if (run == NULL)
		return false;
	*place = run->place;
	*ended_well = run->complete;
	free(run);
	return true;
}

int
transfers_fd(const struct transfers *transfers)
{
	return transfers->given_back;
}

unsigned
transfers_count(const struct transfers *transfers)
{
	return atomic_load(&transfers->count);
}

/* --- one of them ---------------------------------------------------------- */

static void
tell(const struct run *run, int error, int64_t now_ms)
{
	static struct log_gate gate = LOG_GATE(200);
	const struct transfer *transfer = &run->transfer;
	const struct tsig_key *key = transfer->request->tsig.key;
	char client[IPADDR_TEXT_MAX], text[DNAME_TEXT_MAX];
	char name[LOG_TEXT_MAX] = "none";

	if (!log_gate_open(&gate, "transfer"))
		return;
	if (key != NULL)
		log_escape(dname_format(key->name, text), name);
	ipaddr_format(&transfer->request->client, client);
	if (error == 0)
		log_info(
		    "transfer_sent client=%s key=%s type=%s serial=%" PRIu32
		    " records=%" PRIu64 " octets=%" PRIu64 " ms=%" PRId64,
		    client, name, transfer->incremental ? "ixfr" : "axfr",
		    transfer->view.version.serial, transfer->records,
		    transfer->octets, now_ms - run->began_ms);
	else
		log_warning("transfer_failed client=%s key=%s reason=\"%s\"",
		    client, name,
		    error == ERROR_NOT_FOUND ? "the zone was made anew"
					     : error_text(error));
}

/* As many messages as the piece has room for. */
static int
make_piece(struct transfers *transfers, struct run *run)
{
	uint64_t now = (uint64_t)clock_seconds();

	run->len = run->at = 0;
	while (run->len < PIECE) {
		uint8_t *to = run->piece + run->len;
		int len = transfer_message(
		    &run->transfer, &transfers->reader, now, to + 2);

		if (len < 0)
			return len;
		run->complete = len == 0;
		if (run->complete)
			return 0;
		dns_store_u16(to, (uint16_t)len);
		run->len += 2 + (size_t)len;
	}
	return 0;
}

static int
begin(struct transfers *transfers, struct run *run)
{
	run->begun = true;
	return transfer_begin(&run->transfer, run->request, &transfers->reader);
}

/* A step of the database: catch up, and make the next piece if wanted. */
static int
step(struct transfers *transfers, struct run *run, int64_t now_ms)
{
	int error = zonereader_begin(&transfers->reader);

	if (error != 0)
		return error;
	if (!run->begun)
		error = begin(transfers, run);
	if (error == 0)
		error =
		    transfer_follow(&run->transfer, &transfers->reader, now_ms);
	if (error == 0 && run->at == run->len && !run->complete)
		error = make_piece(transfers, run);
	zonereader_end(&transfers->reader);
	return error < 0 ? error : 0;
}

static int
write_piece(struct run *run, int64_t now_ms)
{
	ssize_t n = send(run->fd, run->piece + run->at, run->len - run->at,
	    MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	run->at += (size_t)n;
	run->moved_ms = now_ms;
	return 0;
}

/* 1 when all is written. */
static int
serve(struct transfers *transfers, struct run *run, bool writable)
{
	int64_t now_ms = clock_monotonic_ms();
	int error = 0;

	if (!writable || (run->at == run->len && !run->complete))
		error = step(transfers, run, now_ms);
	if (error == 0 && writable && run->at < run->len)
		error = write_piece(run, now_ms);
	if (error != 0)
		return error;
	if (run->complete && run->at == run->len)
		return 1;
	return now_ms - run->moved_ms >= STALL_MS ||
		       now_ms - run->began_ms >= LIFE_MS
		   ? -ETIMEDOUT
		   : 0;
}

/* --- the thread ----------------------------------------------------------- */

static void
end(struct transfers *transfers, struct run **link, int result)
{
	struct run *run = *link;

	*link = run->next;
	run->complete = result > 0;
	if (run->begun) {
		tell(run, result > 0 ? 0 : result, clock_monotonic_ms());
		transfer_end(&run->transfer);
	}
	atomic_fetch_sub(&transfers->count, 1);
	push(transfers, &transfers->ended, run);
	eventfd_write(transfers->given_back, 1);
}

static void
take_added(struct transfers *transfers)
{
	struct run *run;
	eventfd_t value;

	eventfd_read(transfers->wake, &value);
	while ((run = pop(transfers, &transfers->added)) != NULL) {
		run->next = transfers->running;
		transfers->running = run;
	}
}

/* Returns how many descriptors there are; only the first without memory. */
static unsigned
fill_fds(struct transfers *transfers)
{
	unsigned wanted = 1 + transfers_count(transfers), count = 0;

	if (wanted > transfers->fds_size) {
		struct pollfd *fds =
		    realloc(transfers->fds, wanted * sizeof(*transfers->fds));

		if (fds == NULL)
			return 0;
		transfers->fds = fds;
		transfers->fds_size = wanted;
	}
	transfers->fds[count++] = (struct pollfd){ transfers->wake, POLLIN, 0 };
	for (struct run *run = transfers->running; run != NULL; run = run->next)
		transfers->fds[count++] =
		    (struct pollfd){ run->fd, POLLOUT, 0 };
	return count;
}

static void
serve_all(struct transfers *transfers)
{
	struct run **link = &transfers->running;

	for (unsigned i = 1; *link != NULL; i++) {
		bool writable = transfers->fds[i].revents != 0;
		int result = serve(transfers, *link, writable);

		if (result != 0)
			end(transfers, link, result);
		else
			link = &(*link)->next;
	}
}

static void *
run_all(void *context)
{
	struct transfers *transfers = context;

	while (!atomic_load(&transfers->stop)) {
		unsigned count = fill_fds(transfers);

		poll(count > 0 ? transfers->fds : NULL, count,
		    transfers->running != NULL || count == 0 ? LOOK_MS : -1);
		if (count > 0)
			serve_all(transfers);
		take_added(transfers);
	}
	return NULL;
}

int
transfers_start(struct store *store, struct transfers **out)
{
	struct transfers *transfers = calloc(1, sizeof(*transfers));
	int error = -ENOMEM;

	if (transfers == NULL)
		goto fail;
	pthread_mutex_init(&transfers->lock, NULL);
	transfers->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	transfers->given_back = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (transfers->wake < 0 || transfers->given_back < 0)
		error = -errno;
	else
		error = zonereader_init(&transfers->reader, store);
	if (error == 0)
		error = -pthread_create(
		    &transfers->thread, NULL, run_all, transfers);
	if (error == 0) {
		transfers->runs = true;
		*out = transfers;
		return 0;
	}
	transfers_stop(transfers);
fail:
	log_error("start_failed reason=\"%s\"", error_text(error));
	return error;
}

static void
free_all(struct run *run)
{
	while (run != NULL) {
		struct run *next = run->next;

		free_run(run);
		run = next;
	}
}

void
transfers_stop(struct transfers *transfers)
{
	struct run *run;

	if (transfers == NULL)
		return;
	atomic_store(&transfers->stop, true);
	if (transfers->runs) {
		eventfd_write(transfers->wake, 1);
		pthread_join(transfers->thread, NULL);
	}
	free_all(transfers->running);
	free_all(transfers->added);
	while ((run = pop(transfers, &transfers->ended)) != NULL)
		free(run);
	if (transfers->reader.txn != NULL)
		zonereader_deinit(&transfers->reader);
	if (transfers->wake >= 0)
		close(transfers->wake);
	if (transfers->given_back >= 0)
		close(transfers->given_back);
	pthread_mutex_destroy(&transfers->lock);
	free(transfers->fds);
	free(transfers);
}
