#ifndef HTTPAPI_INQUIRY_H
#define HTTPAPI_INQUIRY_H

#include <poll.h>
#include <stdbool.h>

#include "httpapi/prover.h"

/*
 * What DNS is asked for one job of the prover: first the names of the address,
 * then of each whether it leads back, then the record of each that does. The
 * door to c-ares. All of it is the prover's thread's, and nothing waits.
 */
struct inquiry;

/* Whether a server (NULL: the system's) can be asked. 0 or a negative code. */
int inquiry_start(const char *server);
void inquiry_stop(void); /* also after a failure */

/* 0; else a negative code, and the job is PROVER_SILENT. */
int inquiry_begin(
    struct prover_job *job, const char *server, struct inquiry **inquiry);
/* Answered, or too late. */
bool inquiry_is_over(const struct inquiry *inquiry);
/* Its job, with the outcome: PROVER_SILENT when it was not over. Frees it. */
struct prover_job *inquiry_end(struct inquiry *inquiry);

/* What to wait for, how many; they may be others each time. */
#define INQUIRY_SOCKETS_MAX 16
nfds_t inquiry_sockets(const struct inquiry *inquiry, struct pollfd *polled);
/* What came in on these; called without any it looks at the time. */
void inquiry_process(
    struct inquiry *inquiry, const struct pollfd *polled, nfds_t count);

#endif
