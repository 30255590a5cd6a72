#ifndef INGEST_IMPORT_H
#define INGEST_IMPORT_H

/*
 * bsbl-ingest --import: messages out of mbox files become evidence, in their
 * order, some hundreds in a step. With --resume a file keeps how far the last
 * step came, so that the next run goes on there; without it, or where a step
 * was cut off, what comes again is recorded once all the same.
 *
 * Status 0: all of it; 1: some file was not read to its end, or is no mbox;
 * 75: the database has no room or cannot be written, try again later.
 */
int import_main(int argc, char *argv[]);

#endif
