#include "ingest/recorder.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "db/record.h"

/* Classification is quick; more threads only wait for the one that writes. */
#define WORKERS_MAX 4

/*
 * Others wait for their turn to write (a delisting, bsblctl) while a group is
 * being written.
 */
#define GROUP_MS 50

#define SWEEP_MS 1000
#define SWEEP_UNITS 100 /* judged in one transaction at most */
#define REAP_MS 60000

/* A sign of life each two seconds; five of silence are an alarm. */
#define HEARTBEAT_MS 2000

/*
 * Messages on their way may fill so much memory; one that is larger goes alone.
 */
#define WEIGHT_MAX (64u << 20)

/*
 * Dialogues that were no callouts are kept for whoever looks, so many a minute
 * at most: anyone can make them without end.
 */
#define IDLE_DIALOGUES_A_MINUTE 60

struct recorder {
	struct store *store;
	uint8_t hash_key[META_KEY_LEN];

	/* The event loop's. */
	unsigned under_way;
	size_t weight;
	unsigned under_way_max;
	int event_fd;

	struct job_queue received, classified, finished;
	pthread_t workers[WORKERS_MAX], writer;
	unsigned worker_count;
	bool writing; /* the writer was started */

	pthread_mutex_t rules_lock; /* guards next_rules */
	struct recorder_rules *next_rules;

	/* The writer's. */
	struct recorder_rules *rules;
	int64_t sweep_at_ms, reap_at_ms, heartbeat_at_ms;
};

void
recorder_job_free(struct recorder_job *job)
{
	if (job == NULL)
		return;
	sightings_deinit(&job->sightings);
	free(job->envelope.recipients);
	free(job->octets);
	free(job);
}

static struct recorder_job *
job_of(struct job *job)
{
	return (struct recorder_job *)job;
}

/* --- classification ------------------------------------------------------- */

/* One of those dialogues that never count and cost nothing to make? */
static bool
is_idle(const struct recorder_job *job)
{
	for (unsigned i = 0; i < job->sightings.count; i++) {
		if (job->sightings.list[i].grade != GRADE_E)
			return false;
	}
	return job->what == RECORDER_DIALOGUE;
}

static void
classify(struct recorder *recorder, struct recorder_job *job)
{
	static struct log_gate gate = LOG_GATE(IDLE_DIALOGUES_A_MINUTE);
	static const uint8_t empty[1];

	if (job->what == RECORDER_DIALOGUE)
		job->result =
		    sightings_of_dialogue(&job->envelope, job->politely,
			job->refused, recorder->hash_key, &job->sightings);
	else
		job->result = sightings_of_message(&job->envelope,
		    job->len > 0 ? (const uint8_t *)job->octets : empty,
		    job->len, recorder->hash_key, &job->sightings);
	if (is_idle(job) && !log_gate_open(&gate, "dialogue"))
		job->sightings.count = 0;
	free(job->octets);
	job->octets = NULL;
}

static void *
work(void *context)
{
	struct recorder *recorder = context;
	struct job *job;

	while ((job = job_queue_take(&recorder->received)) != NULL) {
		classify(recorder, job_of(job));
		job_queue_put(&recorder->classified, job);
	}
	return NULL;
}

/* --- transactions --------------------------------------------------------- */

/* Commits, or gives up for the sake of `code`; then tells the log. */
static int
end_write(struct recorder *recorder, struct store_txn *txn, int code)
{
	if (code == 0)
		code = store_commit(txn);
	else
		store_abort(txn);
	record_log_decisions(recorder->rules, code == 0);
	return code;
}

/* --- writing -------------------------------------------------------------- */

static int
write_job(struct recorder *recorder, struct store_txn *txn,
    struct recorder_job *job, int64_t now)
{
	job->repeated = job->sightings.count > 0;
	for (unsigned i = 0; i < job->sightings.count; i++) {
		int code = record_evidence(
		    txn, recorder->rules, &job->sightings.list[i], now);

		if (code == 0)
			job->repeated = false;
		else if (code != ERROR_EXISTS)
			return code;
	}
	return 0;
}

/*
 * Writes jobs of the list as one transaction: all, or as many as its time
 * allows, at most `most`. *rest is the first that was not tried.
 */
static int
write_group(struct recorder *recorder, struct job *jobs, unsigned most,
    struct job **rest)
{
	struct store_txn *txn;
	int code = store_begin_write(recorder->store, &txn);
	int64_t end_ms = clock_monotonic_ms() + GROUP_MS;
	int64_t now = clock_seconds();

	*rest = NULL;
	if (code != 0)
		return code;
	for (struct job *job = jobs; job != NULL; job = job->next) {
		if (job_of(job)->result == 0)
			code = write_job(recorder, txn, job_of(job), now);
		if (code != 0)
			break;
		if (--most == 0 || clock_monotonic_ms() >= end_ms) {
			*rest = job->next;
			break;
		}
	}
	return end_write(recorder, txn, code);
}

static void
tell_loop(struct recorder *recorder)
{
	const uint64_t one = 1;

	/* It cannot fail but by a counter full of news already. */
	if (write(recorder->event_fd, &one, sizeof(one)) < 0)
		return;
}

/* Hands back the jobs before `rest`. */
static void
finish(
    struct recorder *recorder, struct job *jobs, struct job *rest, int result)
{
	while (jobs != rest) {
		struct job *next = jobs->next;

		if (job_of(jobs)->result == 0)
			job_of(jobs)->result = result;
		job_queue_put(&recorder->finished, jobs);
		jobs = next;
	}
	tell_loop(recorder);
}

static void
complain(const char *doing, int code)
{
	static struct log_gate gate = LOG_GATE(10);

	if (log_gate_open(&gate, "not_written"))
		log_error("not_written what=%s reason=\"%s\"", doing,
		    error_text(code));
}

/*
 * When a group fails, each of its messages is tried alone, so that none fails
 * because of another; where there is no space that would be in vain.
 */
static void
write_jobs(struct recorder *recorder, struct job *jobs)
{
	unsigned most = UINT32_MAX;

	while (jobs != NULL) {
		struct job *rest;
		int code = write_group(recorder, jobs, most, &rest);

		if (code != 0) {
			complain("evidence", code);
			if (code != ERROR_FULL && most > 1 &&
			    jobs->next != NULL) {
				most = 1;
				continue;
			}
			if (most == 1)
				rest = jobs->next;
		}
		finish(recorder, jobs, rest, code);
		jobs = rest;
	}
}

/* --- keeping -------------------------------------------------------------- */

static int
sweep_once(struct recorder *recorder, int64_t now_ms)
{
	bool heartbeat = now_ms >= recorder->heartbeat_at_ms;
	int64_t now = clock_seconds();
	struct store_txn *txn;
	int swept, code = store_begin_write(recorder->store, &txn);

	if (code != 0)
		return code;
	swept = record_sweep(txn, recorder->rules, now, SWEEP_UNITS);
	code = swept < 0 ? swept : 0;
	if (code == 0 && heartbeat)
		code = meta_set_heartbeat(txn, HEARTBEAT_SWEEP, now);
	if (code == 0 && swept == 0 && !heartbeat) {
		store_abort(txn);
		return 0;
	}
	code = end_write(recorder, txn, code);
	if (code == 0 && heartbeat)
		recorder->heartbeat_at_ms = now_ms + HEARTBEAT_MS;
	return code == 0 ? swept : code;
}

/* What the clock asks for. */
static void
keep(struct recorder *recorder)
{
	int64_t now_ms = clock_monotonic_ms();

	if (now_ms >= recorder->sweep_at_ms) {
		int swept = sweep_once(recorder, now_ms);

		if (swept < 0)
			complain("sweep", swept);
		/* More may be due: at once, but after what waits. */
		recorder->sweep_at_ms =
		    swept >= SWEEP_UNITS ? now_ms : now_ms + SWEEP_MS;
	}
	if (now_ms >= recorder->reap_at_ms) {
		int reaped = store_reap_readers(recorder->store);

		if (reaped > 0)
			log_notice("reaped_readers count=%d", reaped);
		recorder->reap_at_ms = now_ms + REAP_MS;
	}
}

/* Changed rules come into force between two transactions. */
static void
take_rules(struct recorder *recorder)
{
	struct recorder_rules *rules;

	pthread_mutex_lock(&recorder->rules_lock);
	rules = recorder->next_rules;
	recorder->next_rules = NULL;
	pthread_mutex_unlock(&recorder->rules_lock);
	if (rules == NULL)
		return;
	if (recorder->rules != NULL) {
		recorder_rules_deinit(recorder->rules);
		free(recorder->rules);
	}
	recorder->rules = rules;
}

static void *
write_and_keep(void *context)
{
	struct recorder *recorder = context;

	while (job_queue_wait(&recorder->classified, recorder->sweep_at_ms)) {
		take_rules(recorder);
		write_jobs(recorder, job_queue_take_all(&recorder->classified));
		keep(recorder);
	}
	return NULL;
}

/* --- the event loop's side ------------------------------------------------ */

/*
 * A message may be larger than all that is else allowed, when nothing else is
 * under way.
 */
static bool
is_full(const struct recorder *recorder, size_t weight)
{
	return recorder->under_way > 0 &&
	       (recorder->under_way >= recorder->under_way_max ||
		   recorder->weight + weight > WEIGHT_MAX);
}

int
recorder_submit(struct recorder *recorder, struct recorder_job *job)
{
	job->weight =
	    sizeof(*job) + job->len +
	    job->envelope.recipient_count * sizeof(*job->envelope.recipients) +
	    sightings_expected(&job->envelope) * sizeof(struct evidence);
	if (is_full(recorder, job->weight))
		return ERROR_LIMIT;
	job->result = 0;
	job->sightings = (struct sightings){ 0 };
	recorder->under_way++;
	recorder->weight += job->weight;
	job_queue_put(&recorder->received, &job->job);
	return 0;
}

int
recorder_fd(const struct recorder *recorder)
{
	return recorder->event_fd;
}

static void
log_job(const struct recorder_job *job)
{
	static struct log_gate gate = LOG_GATE(300);
	const struct evidence *evidence = job->sightings.list;
	char client[IPADDR_TEXT_MAX], helo[LOG_TEXT_MAX], signs[LOG_TEXT_MAX];

	if (job->sightings.count == 0 || job->result != 0 ||
	    !log_gate_open(&gate, "received"))
		return;
	log_info("received what=%s client=%s helo=%s kind=%s grade=%c "
		 "traps=%u repeated=%s signs=%s",
	    job->what == RECORDER_MESSAGE ? "message" : "dialogue",
	    ipaddr_format(&evidence->address, client),
	    log_escape(evidence->helo, helo), backscatter_name(evidence->kind),
	    proof_grade_letter(evidence->grade), job->sightings.count,
	    job->repeated ? "yes" : "no", log_escape(evidence->signs, signs));
}

void
recorder_collect(struct recorder *recorder)
{
	struct job *jobs;
	uint64_t news;

	/* Nothing to read is as good. */
	if (read(recorder->event_fd, &news, sizeof(news)) < 0)
		news = 0;
	jobs = job_queue_take_all(&recorder->finished);
	while (jobs != NULL) {
		struct recorder_job *job = job_of(jobs);

		jobs = jobs->next;
		recorder->under_way--;
		recorder->weight -= job->weight;
		log_job(job);
		if (job->done != NULL)
			job->done(job->context, job->result);
		recorder_job_free(job);
	}
}

int
recorder_reload(struct recorder *recorder, const struct settings *settings)
{
	struct recorder_rules *rules = calloc(1, sizeof(*rules)), *unused;
	int code = rules == NULL
		       ? -ENOMEM
		       : recorder_rules_init(rules, settings, "ingest");

	if (code != 0) {
		free(rules);
		return code;
	}
	recorder->under_way_max = (unsigned)settings->ingest.recorder_queue;
	pthread_mutex_lock(&recorder->rules_lock);
	unused = recorder->next_rules;
	recorder->next_rules = rules;
	pthread_mutex_unlock(&recorder->rules_lock);
	if (unused != NULL) {
		recorder_rules_deinit(unused);
		free(unused);
	}
	return 0;
}

/* --- start and end -------------------------------------------------------- */

static int
read_hash_key(struct recorder *recorder)
{
	struct store_txn *txn;
	int code = store_begin_read(recorder->store, &txn);

	if (code != 0)
		return code;
	code = meta_hash_key(txn, recorder->hash_key);
	store_abort(txn);
	return code;
}

static int
start_threads(struct recorder *recorder)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned wanted = processors < 1	     ? 1
			  : processors > WORKERS_MAX ? WORKERS_MAX
						     : (unsigned)processors;
	int error;

	while (recorder->worker_count < wanted) {
		error =
		    pthread_create(&recorder->workers[recorder->worker_count],
			NULL, work, recorder);
		if (error != 0)
			return -error;
		recorder->worker_count++;
	}
	error =
	    pthread_create(&recorder->writer, NULL, write_and_keep, recorder);
	recorder->writing = error == 0;
	return -error;
}

int
recorder_open(struct store *store, const struct settings *settings,
    struct recorder **opened)
{
	struct recorder *recorder = calloc(1, sizeof(*recorder));
	int code = -ENOMEM;

	if (recorder == NULL)
		goto failed;
	recorder->store = store;
	pthread_mutex_init(&recorder->rules_lock, NULL);
	job_queue_init(&recorder->received);
	job_queue_init(&recorder->classified);
	job_queue_init(&recorder->finished);
	recorder->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	code = recorder->event_fd < 0 ? -errno : read_hash_key(recorder);
	if (code == 0)
		code = recorder_reload(recorder, settings);
	if (code == 0)
		code = start_threads(recorder);
	if (code != 0)
		goto failed;
	*opened = recorder;
	return 0;
failed:
	log_error("recorder_failed reason=\"%s\"", error_text(code));
	recorder_close(recorder);
	return code;
}

static void
stop_threads(struct recorder *recorder)
{
	job_queue_close(&recorder->received);
	for (unsigned i = 0; i < recorder->worker_count; i++)
		pthread_join(recorder->workers[i], NULL);
	job_queue_close(&recorder->classified);
	if (recorder->writing)
		pthread_join(recorder->writer, NULL);
}

void
recorder_close(struct recorder *recorder)
{
	if (recorder == NULL)
		return;
	stop_threads(recorder);
	if (recorder->event_fd >= 0) {
		recorder_collect(recorder);
		close(recorder->event_fd);
	}
	take_rules(recorder);
	if (recorder->rules != NULL) {
		recorder_rules_deinit(recorder->rules);
		free(recorder->rules);
	}
	job_queue_deinit(&recorder->received);
	job_queue_deinit(&recorder->classified);
	job_queue_deinit(&recorder->finished);
	pthread_mutex_destroy(&recorder->rules_lock);
	free(recorder);
}
