#ifndef HTTPAPI_SURVEY_H
#define HTTPAPI_SURVEY_H

#include "db/campaign.h"
#include "db/sensor.h"
#include "httpapi/service.h"

/*
 * What a walk through all evidence tells operators: which campaigns there are,
 * and what each sensor sent. Kept for SURVEY_SECONDS, so that paging through it
 * does not walk again. The searcher's thread alone may read it.
 */
struct survey;
int survey_new(struct survey **survey);
void survey_free(struct survey *survey);

#define SURVEY_SECONDS 30

struct survey_facts {
	int64_t at; /* when they were read */
	struct campaigns campaigns;
	struct sensors sensors;
};
/* Borrowed until the next call. */
int survey_read(struct service *service, const struct survey_facts **facts);
/* Evidence was changed: the next one walks again. Any thread may say so. */
void survey_spoil(struct survey *survey);

#endif
