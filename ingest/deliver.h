#ifndef INGEST_DELIVER_H
#define INGEST_DELIVER_H

/*
 * bsbl-ingest --deliver: one message on standard input, as Postfix' pipe(8)
 * and other servers hand it over. Its status is 0, when the message is on disk
 * or for nobody of ours, or 75 (EX_TEMPFAIL), whatever is wrong: any other
 * makes the server in front send a bounce.
 */
int deliver_main(int argc, char *argv[]);

#endif
