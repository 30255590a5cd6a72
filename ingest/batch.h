#ifndef INGEST_BATCH_H
#define INGEST_BATCH_H

#include "common/settings.h"
#include "ingest/mailboxes.h"
#include "ingest/recorder.h"

/*
 * What the modes of bsbl-ingest share that take something in and end: another
 * writer beside the one that serves, if one does, with a recorder of its own.
 */
struct batch {
	struct settings settings;
	struct store *store;
	struct mailboxes *mailboxes;
	struct recorder *recorder;
	unsigned under_way;
	unsigned recorded; /* or there already */
	int failure;	   /* the first that a job came back with */
};

/* 0, or a negative code after one line. batch_close in any case. */
int batch_open(struct batch *batch, const char *config_path);
void batch_close(struct batch *batch);

/*
 * Hands a job over, which is the recorder's or freed then; waits while the
 * recorder is full. 0, or a negative code as of recorder_submit.
 */
int batch_submit(struct batch *batch, struct recorder_job *job);
/* Waits until all of it is on disk. 0, or the first failure. */
int batch_drain(struct batch *batch);

#endif
