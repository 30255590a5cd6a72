#include "ingest/batch.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "common/privilege.h"
#include "ingest/classify.h"

static int
open_all(struct batch *batch)
{
	const struct settings *settings = &batch->settings;
	int code = privilege_drop(settings->ingest.user);

	if (code == 0)
		code = store_open(settings, STORE_WRITE, &batch->store);
	if (code == 0)
		code = mailboxes_open(batch->store, &batch->mailboxes);
	if (code == 0)
		code = recorder_open(
		    batch->store, settings, RECORDER_GUEST, &batch->recorder);
	return code;
}

int
batch_open(struct batch *batch, const char *config_path)
{
	enum log_level level = LOG_LEVEL_INFO;
	int code;

	memset(batch, 0, sizeof(*batch));
	code = settings_read(config_path, &batch->settings);
	if (code != 0)
		return code;
	/* One line a message is for who serves; here the count is enough. */
	log_level_parse(batch->settings.log.level, &level);
	log_open("ingest", level > LOG_LEVEL_NOTICE ? LOG_LEVEL_NOTICE : level);
	classify_init();
	return open_all(batch);
}

void
batch_close(struct batch *batch)
{
	recorder_close(batch->recorder);
	mailboxes_close(batch->mailboxes);
	store_close(batch->store);
	settings_free(&batch->settings);
}

static void
note_done(void *context, int result)
{
	struct batch *batch = context;

	batch->under_way--;
	if (result == 0)
		batch->recorded++;
	else if (batch->failure == 0)
		batch->failure = result;
}

/* Some job comes back, sooner or later. */
static void
wait_for_some(struct batch *batch)
{
	struct pollfd news = { recorder_fd(batch->recorder), POLLIN, 0 };

	if (poll(&news, 1, -1) < 0 && errno != EINTR)
		return;
	recorder_collect(batch->recorder);
}

int
batch_submit(struct batch *batch, struct recorder_job *job)
{
	int code;

	job->done = note_done;
	job->context = batch;
	recorder_collect(batch->recorder);
	while ((code = recorder_submit(batch->recorder, job)) == ERROR_LIMIT)
		wait_for_some(batch);
	if (code == 0)
		batch->under_way++;
	else
		recorder_job_free(job);
	return code;
}

int
batch_drain(struct batch *batch)
{
	while (batch->under_way > 0)
		wait_for_some(batch);
	return batch->failure;
}
