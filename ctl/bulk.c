#include "ctl/bulk.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "ctl/progress.h"

/*
 * Others wait while we hold the write lock: at most 50 ms. The rest of it is
 * for the commit, which has the disk to wait for.
 */
#define STEP_MS 20
/* The lock goes to whoever asks first: between two steps that is not us. */
#define PAUSE_US 1000
/* Units handed to a step: more than one has time for. */
#define BATCH_MAX 8192

static volatile sig_atomic_t interrupted;

static void
interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

void
bulk_catch_signals(void)
{
	struct sigaction action = { .sa_handler = interrupt };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

bool
bulk_is_interrupted(void)
{
	return interrupted;
}

void
bulk_pause(void)
{
	usleep(PAUSE_US);
}

/* Returns how many of the units it dealt with, or a negative code. */
static int
write_step(struct ctl *ctl, const struct bulk *bulk,
    const struct recorder_rules *rules, const struct ipaddr *units,
    size_t count)
{
	struct store_txn *txn;
	int taken, error = ctl_begin_write(ctl, &txn);

	if (error != 0)
		return error;
	taken = bulk->step(txn, rules, units, count,
	    clock_monotonic_ms() + STEP_MS, bulk->context);
	error = ctl_end_write(txn, taken < 0 ? taken : 0);
	record_log_decisions(rules, error == 0);
	return error != 0 ? error : taken;
}

static int
write_all(struct ctl *ctl, struct bulk *bulk,
    const struct recorder_rules *rules, struct progress *progress)
{
	static struct ipaddr units[BATCH_MAX];
	size_t count = 0;

	while (!interrupted) {
		int taken;

		count +=
		    bulk->fill(bulk->context, units + count, BATCH_MAX - count);
		if (count == 0)
			return 0;
		taken = write_step(ctl, bulk, rules, units, count);
		if (taken < 0)
			return taken;
		count -= (size_t)taken;
		memmove(units, units + taken, count * sizeof(*units));
		bulk->done += (uint64_t)taken;
		progress_show(progress, bulk->done);
		bulk_pause();
	}
	bulk->interrupted = true;
	return 0;
}

int
bulk_run(struct ctl *ctl, struct bulk *bulk)
{
	struct recorder_rules rules;
	struct progress progress;
	int error = recorder_rules_init(&rules, &ctl->settings, ctl->who);

	if (error != 0)
		return error;
	bulk_catch_signals();
	progress_begin(&progress, bulk->doing, bulk->total);
	error = write_all(ctl, bulk, &rules, &progress);
	progress_end(&progress);
	recorder_rules_deinit(&rules);
	return error;
}
