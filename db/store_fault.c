#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "common/log.h"
#include "db/store_private.h"

/*
 * The last words when a page cannot be read. LMDB keeps no checksums and
 * believes its pages: a page overwritten by somebody else may lead it anywhere
 * (SIGSEGV), and one that the disk cannot give, or that was cut off while we
 * run, is SIGBUS. Neither can be survived, but the operator should learn that
 * it is the database, in one line, before the program dies of the signal.
 */

#define LINE                                                                   \
	"store_damaged reason=\"a page of data.mdb is not readable or "        \
	"was overwritten\" remedy=\"see to the disk; restore a backup\" "      \
	"path="

_Thread_local const struct store *store_at_work;

static const int signals[] = { SIGBUS, SIGSEGV };
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned watched; /* stores that are open */
static struct sigaction before[SIGNALS];
static char line[sizeof(LINE) + LOG_TEXT_MAX]; /* made while all is well */
static size_t line_len;

/* Only what signal-safety(7) allows. */
static void
last_words(int number, siginfo_t *info, void *context)
{
	ssize_t written = 0;

	(void)info;
	(void)context;
	/* A mapped file is the only cause of SIGBUS that we have. */
	if (number == SIGBUS || store_at_work != NULL)
		written = write(STDERR_FILENO, line, line_len);
	(void)written; /* there is nobody else to tell */
	/* Returning repeats the access, for whoever was asked before us. */
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &before[i], NULL);
}

void
store_watch(const struct store *store)
{
	struct sigaction action = { .sa_sigaction = last_words,
		.sa_flags = SA_SIGINFO | SA_ONSTACK };
	char where[LOG_TEXT_MAX];

	pthread_mutex_lock(&lock);
	if (watched++ == 0) {
		line_len = (size_t)snprintf(line, sizeof(line), LINE "%s\n",
		    log_escape(store->path, where));
		for (size_t i = 0; i < SIGNALS; i++)
			sigaction(signals[i], &action, &before[i]);
	}
	pthread_mutex_unlock(&lock);
}

void
store_unwatch(void)
{
	pthread_mutex_lock(&lock);
	if (--watched == 0) {
		for (size_t i = 0; i < SIGNALS; i++)
			sigaction(signals[i], &before[i], NULL);
	}
	pthread_mutex_unlock(&lock);
}
