#include <dirent.h>
#include <errno.h>
#include <semaphore.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "db/trap.h"
#include "httpapi/dispatch.h"
#include "httpapi/quota.h"
#include "httpapi/reader.h"
#include "httpapi/survey.h"
#include "httpapi/undertaking.h"
#include "tests/support/insist.h"
#include "tests/support/scratch.h"

/*
 * The body of any request that takes one, as its handler gets it, before a
 * database of its own: a line "ROUTE TYPE SUBJECT", as in httpapi/routes.c,
 * then the body. Every one of them has an answer; none is that something failed
 * here; what says that it is JSON is; and the database stays readable.
 */

/* A name, a type, and a subject of TARGET_MAX octets. */
#define LINE_OCTETS_MAX 1024

struct fixture {
	char directory[SCRATCH_MAX], path[SCRATCH_MAX + 16];
	struct settings settings;
	struct service service;
	struct exchange exchange;
	sem_t over; /* what a thread does for the exchange */
};

/* --- the database --------------------------------------------------------- */

/* Each input has its own. */
static void
make_directory(struct fixture *f)
{
	insist(scratch_make(f->directory));
	snprintf(f->path, sizeof(f->path), "%s/db", f->directory);
}

static void
remove_directory(struct fixture *f)
{
	DIR *files = opendir(f->path);
	const struct dirent *file;

	insist(files != NULL);
	while ((file = readdir(files)) != NULL)
		unlinkat(dirfd(files), file->d_name, 0);
	closedir(files);
	rmdir(f->path);
	rmdir(f->directory);
}

static void
read_settings(struct fixture *f)
{
	char path[96];
	FILE *file;

	snprintf(path, sizeof(path), "%s/bsbl.conf", f->directory);
	file = fopen(path, "w");
	insist(file != NULL);
	fprintf(file,
	    "database { path = \"%s\" group = \"\" map_bytes = 64MiB\n"
	    "  reserve_percent = 0 reserve_bytes = 0 }\n"
	    "zone { origin = bl.example.test contact = h.example.test\n"
	    "  name_servers = { \"ns.example.test\" }\n"
	    "  portal = \"https://bl.example.test/l/\" }\n",
	    f->path);
	insist(fclose(file) == 0);
	insist(settings_read(path, &f->settings) == 0);
	unlink(path);
}

/* A list with one trap, and nothing on it. */
static void
fill(struct fixture *f)
{
	static struct zone_settings zone;
	struct store_txn *txn;
	struct trap trap;

	insist(zone_settings_from(&f->settings, &zone) == 0);
	insist(store_begin_write(f->service.store, &txn) == 0);
	insist(meta_create(txn, 1700000000) == 0);
	insist(zone_settings_apply(txn, &zone, 1700000000) == 0);
	insist(trap_add(txn, "@trap.example.org", 1700000000, &trap) == 0);
	insist(store_commit(txn) == 0);
}

/* The threads of what is begun and not waited for. */
static void
rest(void *context)
{
	(void)context;
}

static void
begin(struct fixture *f)
{
	struct site *site;

	memset(f, 0, sizeof(*f));
	make_directory(f);
	read_settings(f);
	insist(store_open(&f->settings, STORE_CREATE, &f->service.store) == 0);
	fill(f);
	insist(readers_new(f->service.store, &f->service.readers) == 0);
	insist(quota_new(&f->service.proofs) == 0);
	insist(quota_new(&f->service.attempts) == 0);
	insist(site_new(&f->settings, &site) == 0);
	atomic_store(&f->service.site, site);
	insist(survey_new(&f->service.survey) == 0);
	insist(undertakings_new(&f->service, &f->service.undertakings) == 0);
	insist(writer_start(rest, f, &f->service.writer) == 0);
	insist(writer_start(rest, f, &f->service.searcher) == 0);
}

static void
end(struct fixture *f)
{
	struct reader *reader;

	writer_stop(f->service.searcher);
	writer_stop(f->service.writer);
	writer_free(f->service.searcher);
	writer_free(f->service.writer);
	undertakings_free(f->service.undertakings);
	survey_free(f->service.survey);
	insist(reader_take(f->service.readers, &reader) == 0);
	reader_give(f->service.readers, reader);
	readers_free(f->service.readers);
	quota_free(f->service.proofs);
	quota_free(f->service.attempts);
	site_free(atomic_load(&f->service.site));
	store_close(f->service.store);
	settings_free(&f->settings);
	remove_directory(f);
}

/* --- the request ---------------------------------------------------------- */

struct head {
	const struct route *route;
	const char *type, *subject;
};

/* False: no route that takes a body. */
static bool
read_head(char *line, struct head *head)
{
	const char *name = strsep(&line, " ");

	head->type = line != NULL ? strsep(&line, " ") : "";
	head->subject = line != NULL ? line : "";
	for (size_t i = 0; i < route_count; i++) {
		head->route = &routes[i];
		if (routes[i].bodies != BODY_NONE &&
		    strcmp(routes[i].name, name) == 0)
			return strlen(head->subject) <= TARGET_MAX;
	}
	return false;
}

/* As from somebody who may do all. False: dispatch.c would refuse it. */
static bool
make_request(
    struct fixture *f, const struct head *head, const uint8_t *body, size_t len)
{
	struct exchange *exchange = &f->exchange;
	struct request *request = &exchange->request;

	exchange_init(exchange, &f->service);
	exchange->route = head->route;
	strcpy(exchange->subject, head->subject);
	exchange->caller = (struct caller){ .who = "token:fuzz",
		.permits = ~0u,
		.sensor = 7,
		.role = ROLE_ADMIN,
		.form = "form" };
	request->method = head->route->method;
	request->client = ipaddr_from_ipv4(0xc0000207);
	request->fields[0] = (struct field){ "Content-Type", head->type };
	request->field_count = 1;
	request->has_length = true;
	request->content_length = len;
	strbuf_add(&request->body, body, len);
	return request->body.error == 0 &&
	       route_body_refusal(head->route, request) == 0;
}

/* --- the reply ------------------------------------------------------------ */

/* What is made as it is sent. */
static void
take_stream(struct reply *reply)
{
	char block[4096];
	ssize_t len;

	while ((len = reply->source->more(
		    reply->source, block, sizeof(block))) > 0)
		strbuf_add(&reply->body, block, (size_t)len);
	insist(len == 0);
}

static void
check_reply(struct reply *reply)
{
	json_t *read;

	if (reply->source != NULL)
		take_stream(reply);
	insist(reply->status >= 200 && reply->status < 600);
	insist(reply->status != 500 && reply->status != 503);
	if (reply->body.len == 0 || reply->body.error != 0 ||
	    (strcmp(reply->type, "application/json") != 0 &&
		strcmp(reply->type, "application/problem+json") != 0))
		return;
	read = json_loadb(reply->body.text, reply->body.len, 0, NULL);
	insist(read != NULL);
	json_decref(read);
}

static void
tell(struct writer_job *job, void *context)
{
	struct fixture *f =
	    (struct fixture *)(void *)((char *)job -
				       offsetof(struct fixture, exchange.job));

	(void)context;
	sem_post(&f->over);
}

/* By the threads that do it in bsbl-httpapi. */
static void
wait_for_threads(struct fixture *f)
{
	struct exchange *exchange = &f->exchange;
	struct writer *thread =
	    exchange->thread != NULL ? exchange->thread : f->service.writer;

	insist(sem_init(&f->over, 0, 0) == 0);
	exchange->job.done = tell;
	insist(writer_reserve(thread));
	writer_submit(thread, &exchange->job);
	while (sem_wait(&f->over) != 0)
		insist(errno == EINTR);
	sem_destroy(&f->over);
}

static void
answer(struct fixture *f)
{
	struct exchange *exchange = &f->exchange;
	enum handled handled = dispatch_handle(exchange);

	insist(handled == HANDLED || handled == HANDLED_LATER);
	if (handled == HANDLED_LATER)
		wait_for_threads(f);
	dispatch_finish(exchange);
	check_reply(&exchange->reply);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fixture f;
	const uint8_t *newline = memchr(data, '\n', size);
	size_t len = newline != NULL ? (size_t)(newline - data) : size;
	char line[LINE_OCTETS_MAX];
	struct head head;

	if (newline == NULL || len >= sizeof(line))
		return 0;
	memcpy(line, data, len);
	line[len] = '\0';
	if (!read_head(line, &head))
		return 0;
	log_open("fuzz", LOG_LEVEL_ERROR);
	begin(&f);
	if (make_request(&f, &head, newline + 1, size - len - 1))
		answer(&f);
	exchange_deinit(&f.exchange);
	end(&f);
	return 0;
}
