#include "ingest/recorder.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "common/metrics.h"
#include "ingest/culprit.h"
#include "ingest/intake.h"
#include "ingest/writer.h"

/* Classification is quick; more threads only wait for the one that writes. */
#define WORKERS_MAX 4

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
	struct prefixes relays; /* ours, whose Received lines we believe */
	unsigned under_way;
	size_t weight;
	unsigned under_way_max;
	uint64_t received_of[RECORDER_WHATS], failed, put_off;

	struct job_queue received;
	struct completed completed;
	pthread_t workers[WORKERS_MAX];
	unsigned worker_count;
	struct names *names;
	struct writer *writer;
	struct intake *intake; /* before the writer; NULL for a guest */
};

void
recorder_job_free(struct recorder_job *job)
{
	if (job == NULL)
		return;
	free(job->behind);
	sightings_deinit(&job->sightings);
	free(job->envelope.recipients);
	free(job->octets);
	free(job);
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

void
recorder_job_classify(struct recorder_job *job)
{
	static struct log_gate gate = LOG_GATE(IDLE_DIALOGUES_A_MINUTE);
	static const uint8_t empty[1];

	if (job->classified)
		return;
	job->classified = true;
	if (job->what == RECORDER_SIGHTING)
		return;
	if (job->what == RECORDER_DIALOGUE)
		job->result = sightings_of_dialogue(&job->envelope, job->end,
		    job->refused, job->hash_key, &job->sightings);
	else
		job->result = sightings_of_message(&job->envelope,
		    job->len > 0 ? (const uint8_t *)job->octets : empty,
		    job->len, job->hash_key, &job->sightings);
	if (is_idle(job) && !log_gate_open(&gate, "dialogue"))
		job->sightings.count = 0;
	free(job->octets);
	job->octets = NULL;
}

static void
pass_on(struct recorder *recorder, struct recorder_job *job)
{
	if (recorder->intake != NULL)
		intake_put(recorder->intake, job);
	else
		writer_put(recorder->writer, job);
}

static void *
work(void *context)
{
	struct recorder *recorder = context;
	struct job *job;

	while ((job = job_queue_take(&recorder->received)) != NULL) {
		recorder_job_classify(job_of(job));
		pass_on(recorder, job_of(job));
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

/* Who answers for it, where that is not the client of the connection. */
static int
settle_client(const struct recorder *recorder, struct recorder_job *job)
{
	if (job->what == RECORDER_MESSAGE)
		return culprit_settle(&job->envelope,
		    job->len > 0 ? job->octets : "", job->len,
		    &recorder->relays);
	job->envelope.own_relay =
	    prefixes_hold(&recorder->relays, &job->envelope.client);
	return 0;
}

int
recorder_submit(struct recorder *recorder, struct recorder_job *job)
{
	int code;

	job->weight =
	    sizeof(*job) + job->len +
	    job->envelope.recipient_count * sizeof(*job->envelope.recipients) +
	    sightings_expected(&job->envelope) * sizeof(struct evidence);
	if (is_full(recorder, job->weight)) {
		recorder->put_off++;
		return ERROR_LIMIT;
	}
	code = settle_client(recorder, job);
	if (code != 0)
		return code;
	job->hash_key = recorder->hash_key;
	job->classified = false;
	job->result = 0;
	job->number = 0;
	job->promised = false;
	job->behind = NULL;
	if (job->what != RECORDER_SIGHTING)
		job->sightings = (struct sightings){ 0 };
	recorder->received_of[job->what]++;
	recorder->weight += job->weight;
	if (recorder->under_way++ == 0)
		pass_on(recorder, job);
	else
		job_queue_put(&recorder->received, &job->job);
	return 0;
}

int
recorder_fd(const struct recorder *recorder)
{
	return recorder->completed.fd;
}

static const char *const whats[RECORDER_WHATS] = { "message", "dialogue",
	"sighting" };

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
	    whats[job->what], ipaddr_format(&evidence->address, client),
	    log_escape(evidence->helo, helo), backscatter_name(evidence->kind),
	    proof_grade_letter(evidence->grade), job->sightings.count,
	    job->repeated ? "yes" : "no", log_escape(evidence->signs, signs));
}

void
recorder_collect(struct recorder *recorder)
{
	struct job *jobs = completed_take_all(&recorder->completed);

	while (jobs != NULL) {
		struct recorder_job *job = job_of(jobs);

		jobs = jobs->next;
		recorder->under_way -= !job->promised;
		recorder->weight -= job->weight;
		recorder->failed += !job->promised && job->result != 0;
		if (job->done != NULL)
			job->done(job->context, job->result);
		log_job(job);
		recorder_job_free(job);
	}
}

void
recorder_print(struct recorder *recorder, struct strbuf *out)
{
	static const char name[] = "bsbl_ingest_received_total";
	const struct metric rows[] = {
		{ "bsbl_ingest_failed_total", "counter",
		    "Of them, those that could not be put on disk.",
		    recorder->failed },
		{ "bsbl_ingest_put_off_total", "counter",
		    "Those that were too many at a time, to come again.",
		    recorder->put_off },
		{ "bsbl_ingest_under_way", "gauge",
		    "Those that wait to be on disk.", recorder->under_way },
	};

	metrics_head(out, name, "counter", "What came, by what it was.");
	for (int what = 0; what < RECORDER_WHATS; what++)
		strbuf_printf(out, "%s{what=\"%s\"} %" PRIu64 "\n", name,
		    whats[what], recorder->received_of[what]);
	metrics_put(out, rows, sizeof(rows) / sizeof(rows[0]));
	writer_print(recorder->writer, out);
	if (recorder->intake != NULL)
		intake_print(recorder->intake, out);
}

int
recorder_reload(struct recorder *recorder, const struct settings *settings)
{
	struct recorder_rules *rules;
	struct prefixes relays;
	int code = prefixes_read(&settings->ingest.trusted_relays, &relays);

	if (code != 0)
		return code;
	code = writer_rules_new(settings, &rules);
	if (code != 0) {
		prefixes_free(&relays);
		return code;
	}
	prefixes_free(&recorder->relays);
	recorder->relays = relays;
	writer_set_rules(recorder->writer, rules);
	if (recorder->intake != NULL)
		intake_set(recorder->intake, settings);
	recorder->under_way_max = (unsigned)settings->ingest.recorder_queue;
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
start_writer(struct recorder *recorder, const struct settings *settings,
    enum recorder_role role)
{
	struct recorder_rules *rules;
	int code =
	    prefixes_read(&settings->ingest.trusted_relays, &recorder->relays);

	if (code == 0)
		code = writer_rules_new(settings, &rules);
	if (code != 0)
		return code;
	recorder->under_way_max = (unsigned)settings->ingest.recorder_queue;
	code = writer_begin(recorder->store, rules, role, recorder->names,
	    &recorder->completed, &recorder->writer);
	if (code != 0 || role == RECORDER_GUEST)
		return code;
	return intake_begin(recorder->store, settings, recorder->writer,
	    &recorder->completed, &recorder->intake);
}

static int
start_workers(struct recorder *recorder)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned wanted = processors < 1	     ? 1
			  : processors > WORKERS_MAX ? WORKERS_MAX
						     : (unsigned)processors;

	while (recorder->worker_count < wanted) {
		int error =
		    pthread_create(&recorder->workers[recorder->worker_count],
			NULL, work, recorder);

		if (error != 0)
			return -error;
		recorder->worker_count++;
	}
	return 0;
}

int
recorder_open(struct store *store, const struct settings *settings,
    enum recorder_role role, struct recorder **opened)
{
	struct recorder *recorder = calloc(1, sizeof(*recorder));
	int code = -ENOMEM;

	if (recorder == NULL)
		goto failed;
	recorder->store = store;
	job_queue_init(&recorder->received);
	code = completed_init(&recorder->completed);
	if (code == 0)
		code = read_hash_key(recorder);
	/* Answers come with the sweep, which a guest leaves to others. */
	if (code == 0 && role != RECORDER_GUEST &&
	    strcmp(settings->ingest.resolver, "none") != 0)
		code = names_open(settings->ingest.resolver, &recorder->names);
	if (code == 0)
		code = start_writer(recorder, settings, role);
	if (code == 0)
		code = start_workers(recorder);
	if (code != 0)
		goto failed;
	*opened = recorder;
	return 0;
failed:
	log_error("recorder_failed reason=\"%s\"", error_text(code));
	recorder_close(recorder);
	return code;
}

void
recorder_close(struct recorder *recorder)
{
	if (recorder == NULL)
		return;
	job_queue_close(&recorder->received);
	for (unsigned i = 0; i < recorder->worker_count; i++)
		pthread_join(recorder->workers[i], NULL);
	intake_end(recorder->intake);
	writer_end(recorder->writer);
	intake_free(recorder->intake);
	names_close(recorder->names);
	recorder_collect(recorder);
	job_queue_deinit(&recorder->received);
	completed_deinit(&recorder->completed);
	prefixes_free(&recorder->relays);
	free(recorder);
}
