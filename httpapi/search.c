#include "httpapi/search.h"

#include <errno.h>

#include "common/clock.h"

/* A read transaction is renewed so often. */
#define STEP_MS 50

int
search_walk(struct service *service, search_step *step, void *context)
{
	struct store_txn *txn;
	int more = 1;
	int code = store_begin_read(service->store, &txn);

	if (code != 0)
		return code;
	while (code == 0 && more == 1) {
		more = step(txn, context, clock_monotonic_ms() + STEP_MS);
		store_reset(txn);
		code = more < 0 ? more : store_renew(txn);
		if (code == 0 && atomic_load(&service->stopping))
			code = -ECANCELED;
	}
	store_abort(txn);
	return code;
}

static void
run(struct writer_job *job, void *context)
{
	struct exchange *exchange = exchange_of_job(job);

	(void)context;
	exchange->search(exchange);
}

enum handled
search_later(struct exchange *exchange, search_answer *answer)
{
	exchange->search = answer;
	exchange->job.run = run;
	exchange->thread = exchange->service->searcher;
	return HANDLED_LATER;
}
