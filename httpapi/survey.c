#include "httpapi/survey.h"

#include <errno.h>
#include <stdlib.h>

#include "common/clock.h"
#include "httpapi/search.h"

struct survey {
	struct survey_facts facts;
	int64_t read_ms; /* by the clock that never jumps; 0 never */
	_Atomic bool spoiled;
};

int
survey_new(struct survey **survey)
{
	*survey = calloc(1, sizeof(**survey));
	return *survey != NULL ? 0 : -ENOMEM;
}

static void
forget(struct survey *survey)
{
	campaigns_deinit(&survey->facts.campaigns);
	sensors_deinit(&survey->facts.sensors);
	survey->facts = (struct survey_facts){ .at = 0 };
	survey->read_ms = 0;
}

void
survey_free(struct survey *survey)
{
	if (survey == NULL)
		return;
	forget(survey);
	free(survey);
}

void
survey_spoil(struct survey *survey)
{
	atomic_store(&survey->spoiled, true);
}

static int
step_campaigns(struct store_txn *txn, void *context, int64_t deadline_ms)
{
	return campaigns_read(txn, context, deadline_ms);
}

/* At the end what is known of them beside their evidence. */
static int
step_sensors(struct store_txn *txn, void *context, int64_t deadline_ms)
{
	int code = sensors_read(txn, context, deadline_ms);

	return code == 0 ? sensors_finish(txn, context) : code;
}

static int
read_anew(struct service *service, struct survey_facts *facts)
{
	int64_t now = clock_seconds();
	int code;

	facts->at = now;
	campaigns_init(&facts->campaigns, 0, now + 1);
	code = sensors_init(&facts->sensors, now);
	if (code == 0)
		code = search_walk(service, step_campaigns, &facts->campaigns);
	if (code == 0)
		code = search_walk(service, step_sensors, &facts->sensors);
	if (code == 0)
		campaigns_finish(&facts->campaigns);
	return code;
}

int
survey_read(struct service *service, const struct survey_facts **facts)
{
	struct survey *survey = service->survey;
	bool spoiled = atomic_exchange(&survey->spoiled, false);
	int code = 0;

	if (survey->read_ms == 0 || spoiled ||
	    clock_monotonic_ms() - survey->read_ms > SURVEY_SECONDS * 1000) {
		forget(survey);
		code = read_anew(service, &survey->facts);
		if (code == 0)
			survey->read_ms = clock_monotonic_ms();
		else
			forget(survey);
	}
	*facts = &survey->facts;
	return code;
}
