#ifndef INGEST_EVENTS_H
#define INGEST_EVENTS_H

/*
 * bsbl-ingest --events: sightings of another sensor, a JSON object a line
 * (db/event.h), from standard input or a file. Each is recorded as it comes;
 * status 0 means that all of them are on disk.
 *
 * Status 1: some lines were refused, each with its reason on standard error;
 * 75: the database has no room or cannot be written: tell them again later.
 */
int events_main(int argc, char *argv[]);

#endif
