#include "dnsd/server.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/error.h"
#include "common/listen.h"
#include "common/listen_passed.h"
#include "common/log.h"
#include "common/privilege.h"
#include "dnsd/tcp.h"
#include "dnsd/transfers.h"
#include "dnsd/udp.h"
#include "dnsd/udp_run.h"
#include "dnsd/worker.h"

#define WORKERS_MAX 64

/* Descriptors that are not connections: sockets, the database, the log. */
#define OTHER_FILES 256

/* A thread that answers, over UDP or over TCP. */
struct server_thread {
	struct worker worker;
	struct server *server;
	pthread_t id;
	bool has_worker, runs;
	int wake;
	int *fds; /* one for each address */
	struct udp_run *udp;
	struct tcp *tcp;
};

struct server {
	struct worker_shared shared;
	atomic_bool stop;
	unsigned address_count;
	unsigned connections;
	struct server_thread *threads; /* UDP workers, then TCP */
	unsigned thread_count;
	struct transfers *transfers; /* with TCP alone */
};

/* --- sockets -------------------------------------------------------------- */

static unsigned
wanted_workers(long wanted)
{
	cpu_set_t cpus;
	int count = 1;

	if (wanted > 0)
		return wanted < WORKERS_MAX ? (unsigned)wanted : WORKERS_MAX;
	if (sched_getaffinity(0, sizeof(cpus), &cpus) == 0)
		count = CPU_COUNT(&cpus);
	return count < WORKERS_MAX ? (unsigned)count : WORKERS_MAX;
}

/* No socket that was passed in may be without one. */
static unsigned
worker_count(const struct settings *settings)
{
	unsigned count = wanted_workers(settings->dnsd.workers);

	for (size_t i = 0; i < settings->dnsd.listen.count; i++) {
		unsigned passed = listen_passed_count(
		    settings->dnsd.listen.items[i], LISTEN_DATAGRAM);

		if (passed > count)
			count = passed < WORKERS_MAX ? passed : WORKERS_MAX;
	}
	return count;
}

/*
 * The first socket is bound without SO_REUSEPORT, so that an address that
 * another process serves is one in use. It also finds the port where any would
 * do: `text` says what became of it.
 */
static int
probe(const char *wanted, char text[LISTEN_TEXT_MAX])
{
	int fd;

	if (listen_passed_count(wanted, LISTEN_DATAGRAM) > 0) {
		snprintf(text, LISTEN_TEXT_MAX, "%s", wanted);
		return 0;
	}
	fd = listen_open(wanted, LISTEN_DATAGRAM);
	if (fd < 0)
		return fd;
	listen_format(fd, text);
	close(fd);
	return 0;
}

static int
open_udp(const char *text, int *fd)
{
	int error;

	*fd = listen_open(text, LISTEN_DATAGRAM | LISTEN_REUSEPORT);
	if (*fd < 0)
		return *fd;
	error = udp_prepare(*fd);
	if (error != 0)
		log_error("listen_failed address=%s reason=\"%s\"", text,
		    error_text(error));
	return error;
}

static int
open_address(struct server *server, unsigned number, const char *wanted)
{
	unsigned workers = server->thread_count - 1;
	char text[LISTEN_TEXT_MAX];
	int error = probe(wanted, text);

	for (unsigned i = 0; error == 0 && i < workers; i++)
		error = open_udp(text, &server->threads[i].fds[number]);
	if (error != 0)
		return error;
	if (server->connections > 0) {
		int *fd = &server->threads[workers].fds[number];

		*fd = listen_open(text, LISTEN_STREAM);
		if (*fd < 0)
			return *fd;
	}
	log_notice("listening address=%s workers=%u tcp_connections=%u", text,
	    workers, server->connections);
	return 0;
}

static int
init_thread(struct server *server, struct server_thread *thread)
{
	thread->server = server;
	thread->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (thread->wake < 0)
		return -errno;
	thread->fds = calloc(server->address_count, sizeof(*thread->fds));
	if (thread->fds == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < server->address_count; i++)
		thread->fds[i] = -1;
	return 0;
}

/* As many connections as there are descriptors for. */
static unsigned
bound_connections(long wanted)
{
	unsigned long files = privilege_raise_files();

	if (wanted <= 0 || files >= (unsigned long)wanted + OTHER_FILES)
		return (unsigned)(wanted > 0 ? wanted : 0);
	files = files > 2 * OTHER_FILES ? files - OTHER_FILES : files / 2;
	log_warning("connections_lowered wanted=%ld granted=%lu "
		    "reason=\"limit of open files\"",
	    wanted, files);
	return (unsigned)files;
}

static int
open_all(struct server *server, const struct settings *settings)
{
	int error = 0;

	for (unsigned i = 0; error == 0 && i < server->thread_count; i++)
		error = init_thread(server, &server->threads[i]);
	for (unsigned i = 0; error == 0 && i < server->address_count; i++)
		error = open_address(server, i, settings->dnsd.listen.items[i]);
	return error;
}

static int
make_threads(struct server *server, unsigned count)
{
	size_t size = count * sizeof(*server->threads);

	if (posix_memalign((void **)&server->threads,
		_Alignof(struct server_thread), size) != 0)
		return -ENOMEM;
	memset(server->threads, 0, size);
	for (unsigned i = 0; i < count; i++)
		server->threads[i].wake = -1;
	server->thread_count = count;
	return 0;
}

int
server_open(const struct settings *settings, struct server **server)
{
	struct server *fresh = calloc(1, sizeof(*fresh));
	int error;

	if (fresh == NULL)
		return -ENOMEM;
	fresh->address_count = (unsigned)settings->dnsd.listen.count;
	fresh->connections = bound_connections(settings->dnsd.tcp_connections);
	error = worker_shared_init(&fresh->shared);
	if (error == 0)
		error = make_threads(fresh, worker_count(settings) + 1);
	if (error == 0)
		error = open_all(fresh, settings);
	if (error != 0) {
		server_close(fresh);
		return error;
	}
	*server = fresh;
	return 0;
}

/* --- threads -------------------------------------------------------------- */

static void *
run_udp(void *context)
{
	struct server_thread *thread = context;

	udp_run(thread->udp, thread->wake, &thread->server->stop);
	return NULL;
}

static void *
run_tcp(void *context)
{
	struct server_thread *thread = context;

	tcp_run(thread->tcp, thread->wake, &thread->server->stop);
	return NULL;
}

static int
start_thread(struct server_thread *thread, bool tcp, struct store *store,
    struct index *index)
{
	struct server *server = thread->server;
	int error = worker_init(&thread->worker, store, &server->shared);

	if (error != 0)
		return error;
	thread->has_worker = true;
	lookup_use_index(&thread->worker.lookup, index);
	error = tcp ? tcp_new(thread->fds, server->address_count,
			  server->connections, &thread->worker,
			  server->transfers, &thread->tcp)
		    : udp_run_new(thread->fds, server->address_count,
			  &thread->worker, &thread->udp);
	if (error != 0)
		return error;
	error =
	    -pthread_create(&thread->id, NULL, tcp ? run_tcp : run_udp, thread);
	thread->runs = error == 0;
	return error;
}

int
server_start(struct server *server, struct store *store, struct index *index,
    struct rules *rules)
{
	unsigned workers = server->thread_count - 1;
	int error = 0;

	worker_set_rules(&server->shared, rules);
	for (unsigned i = 0; error == 0 && i < workers; i++)
		error = start_thread(&server->threads[i], false, store, index);
	if (error == 0 && server->connections > 0)
		error = transfers_start(store, &server->transfers);
	if (error == 0 && server->connections > 0)
		error =
		    start_thread(&server->threads[workers], true, store, index);
	if (error != 0)
		log_error("start_failed reason=\"%s\"", error_text(error));
	return error;
}

static void
wake_all(struct server *server)
{
	for (unsigned i = 0; i < server->thread_count; i++) {
		if (server->threads[i].runs)
			eventfd_write(server->threads[i].wake, 1);
	}
}

void
server_set_rules(struct server *server, struct rules *rules)
{
	worker_set_rules(&server->shared, rules);
	wake_all(server);
}

void
server_count(const struct server *server, struct counters *sum)
{
	memset(sum, 0, sizeof(*sum));
	for (unsigned i = 0; i < server->thread_count; i++)
		counters_sum(sum, &server->threads[i].worker.counters);
}

static void
close_thread(struct server_thread *thread, unsigned address_count)
{
	tcp_free(thread->tcp);
	udp_run_free(thread->udp);
	if (thread->has_worker)
		worker_deinit(&thread->worker);
	for (unsigned i = 0; thread->fds != NULL && i < address_count; i++) {
		if (thread->fds[i] >= 0)
			close(thread->fds[i]);
	}
	free(thread->fds);
	if (thread->wake >= 0)
		close(thread->wake);
}

void
server_close(struct server *server)
{
	if (server == NULL)
		return;
	atomic_store(&server->stop, true);
	wake_all(server);
	for (unsigned i = 0; i < server->thread_count; i++) {
		if (server->threads[i].runs)
			pthread_join(server->threads[i].id, NULL);
	}
	/* Its sockets are the TCP thread's. */
	transfers_stop(server->transfers);
	for (unsigned i = 0; i < server->thread_count; i++)
		close_thread(&server->threads[i], server->address_count);
	worker_shared_deinit(&server->shared);
	free(server->threads);
	free(server);
}
