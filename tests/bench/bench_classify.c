/*
 * CPU time of classify_message, beside what GMime alone needs to parse the
 * same messages in the same run.
 *
 *	bench_classify [-n ROUNDS] [-l] FILE...
 *	bench_classify -m
 *
 * Prints the medians of interleaved rounds, a message, and their ratio; with
 * -l also the slowest files. With -m what messages made to cost much cost: the
 * least of three times, and the memory that the process needed at most.
 */
#include <gmime/gmime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ingest/classify.h"
#include "ingest/message.h"
#include "tests/support/monsters.h"

#define ROUNDS_MAX 101

struct sample {
	const char *path;
	uint8_t *octets;
	size_t len;
	double slowest; /* microseconds */
};

static double
cpu_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void
parse(const struct sample *sample)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(
	    (const char *)sample->octets, sample->len);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

	if (message != NULL)
		g_object_unref(message);
	g_object_unref(parser);
	g_object_unref(stream);
}

static void
classify(struct sample *sample)
{
	static const uint8_t key[META_KEY_LEN];
	struct envelope_recipient recipient = { .path = "trap@example.test",
		.trap = 1 };
	struct envelope envelope = { .recipients = &recipient,
		.recipient_count = 1,
		.sender_known = true };
	struct classification result;
	double began = cpu_us(), took;

	classify_message(
	    &envelope, 0, sample->octets, sample->len, key, &result);
	took = cpu_us() - began;
	if (sample->slowest == 0 || took < sample->slowest)
		sample->slowest = took;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static int
compare_samples(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;

	return x->slowest < y->slowest ? 1 : x->slowest > y->slowest ? -1 : 0;
}

static bool
load(struct sample *sample, const char *path)
{
	FILE *file = fopen(path, "rb");
	long len;

	if (file == NULL)
		return false;
	fseek(file, 0, SEEK_END);
	len = ftell(file);
	rewind(file);
	sample->path = path;
	sample->octets = malloc(len > 0 ? (size_t)len : 1);
	sample->len = sample->octets == NULL
			  ? 0
			  : fread(sample->octets, 1, (size_t)len, file);
	fclose(file);
	return sample->octets != NULL;
}

/* In a process of its own, whose most memory is the message's or its cost. */
static void
measure_monster(const struct monster *monster)
{
	struct sample sample = { .path = monster->name };
	struct rusage before, after;

	sample.octets = (uint8_t *)monster_text(monster);
	if (sample.octets == NULL)
		_exit(1);
	sample.len = strlen((char *)sample.octets);
	getrusage(RUSAGE_SELF, &before);
	for (int i = 0; i < 3; i++)
		classify(&sample);
	getrusage(RUSAGE_SELF, &after);
	printf("%9.1f us %6ld KiB %9zu octets %s\n", sample.slowest,
	    after.ru_maxrss - before.ru_maxrss, sample.len, monster->name);
	fflush(stdout);
	_exit(0);
}

static int
measure_monsters(void)
{
	int status = 0;

	for (size_t i = 0; i < MONSTER_COUNT; i++) {
		pid_t pid = fork();

		if (pid == 0)
			measure_monster(&monsters[i]);
		if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0)
			return 1;
	}
	return 0;
}

int
main(int argc, char *argv[])
{
	static double parsed[ROUNDS_MAX], classified[ROUNDS_MAX];
	struct sample *samples;
	size_t octets = 0;
	int option, rounds = 7, count, list = 0, monstrous = 0;

	while ((option = getopt(argc, argv, "n:lm")) != -1) {
		if (option == 'n')
			rounds = atoi(optarg);
		else if (option == 'l')
			list = 1;
		else if (option == 'm')
			monstrous = 1;
		else
			return 2;
	}
	classify_init();
	if (monstrous)
		return measure_monsters();
	count = argc - optind;
	if (count == 0 || rounds < 1 || rounds > ROUNDS_MAX)
		return 2;
	samples = calloc((size_t)count, sizeof(samples[0]));
	if (samples == NULL)
		return 1;
	for (int i = 0; i < count; i++) {
		if (!load(&samples[i], argv[optind + i])) {
			perror(argv[optind + i]);
			return 1;
		}
		octets += samples[i].len;
	}
	for (int round = 0; round < rounds; round++) {
		double began = cpu_us(), middle;

		for (int i = 0; i < count; i++)
			parse(&samples[i]);
		middle = cpu_us();
		for (int i = 0; i < count; i++)
			classify(&samples[i]);
		parsed[round] = (middle - began) / count;
		classified[round] = (cpu_us() - middle) / count;
	}
	qsort(parsed, (size_t)rounds, sizeof(parsed[0]), compare);
	qsort(classified, (size_t)rounds, sizeof(classified[0]), compare);
	printf("messages=%d mean_octets=%zu rounds=%d gmime_us=%.1f "
	       "classify_us=%.1f ratio=%.2f\n",
	    count, octets / (size_t)count, rounds, parsed[rounds / 2],
	    classified[rounds / 2],
	    classified[rounds / 2] / parsed[rounds / 2]);
	qsort(samples, (size_t)count, sizeof(samples[0]), compare_samples);
	for (int i = 0; list && i < count && i < 10; i++)
		printf("%9.1f us %8zu octets %s\n", samples[i].slowest,
		    samples[i].len, samples[i].path);
	return 0;
}
