#ifndef HTTPAPI_KEEPER_H
#define HTTPAPI_KEEPER_H

#include "httpapi/service.h"

/*
 * What the writer's thread does each second beside its jobs: it sweeps when
 * ingest does not (a listing must end though no mail comes in), frees the
 * slots of readers that died, counts listings by state, a step at a time, and
 * asks dnsd how it fares. That it does so is httpapi's sign of life.
 */
struct keeper;
int keeper_new(struct service *service, struct keeper **keeper);
void keeper_free(struct keeper *keeper);

/* One round; `context` is the service. */
void keeper_round(void *context);

/* ingest's sweep counts as missing when its life sign is older than this. */
#define KEEPER_SWEEP_AFTER_SECONDS 5

#endif
