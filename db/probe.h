#ifndef DB_PROBE_H
#define DB_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/settings.h"

/*
 * Does bsbl-dnsd serve what the database has? It reads only and leaves no sign
 * there, so it is asked as any resolver asks: for the zone's SOA, by a datagram
 * to the first address of dnsd.listen, which is on this machine.
 */
enum probe_state {
	PROBE_UNASKED, /* nobody was asked, or not for long enough yet */
	PROBE_CURRENT, /* answers, from the zone as the database has it */
	PROBE_BEHIND,  /* answers, from an older zone */
	PROBE_UNTOLD,  /* answers, but not with the zone: see the rcode */
	PROBE_SILENT,  /* does not answer */
	PROBE_STATES
};
const char *probe_state_name(enum probe_state state); /* "current" */

struct probe_answer {
	enum probe_state state;
	unsigned rcode;	 /* of PROBE_UNTOLD; 5 is REFUSED */
	uint32_t serial; /* what it serves: PROBE_CURRENT, PROBE_BEHIND */
};
/* "REFUSED"; RFC 1035's, which are all that matter here. */
const char *probe_rcode_name(unsigned rcode);

/*
 * What an answer comes to where the database had that serial a moment before
 * the question: a moment, since dnsd follows a commit within 50 ms.
 */
void probe_judge(struct probe_answer *answer, uint32_t serial);

/* --- octets --------------------------------------------------------------- */

/* A header, a name, type and class. */
#define PROBE_QUESTION_MAX (12 + 255 + 4)
/* The question for the SOA of a name in wire form; its length. */
size_t probe_question(uint16_t id, const uint8_t *name, size_t name_len,
    uint8_t question[PROBE_QUESTION_MAX]);
/*
 * Reads a reply to it: state (PROBE_CURRENT, so far, or PROBE_UNTOLD), rcode
 * and serial. False: it is no reply to that question.
 */
bool probe_read(const uint8_t *question, size_t question_len,
    const uint8_t *reply, size_t reply_len, struct probe_answer *answer);

/* --- asking --------------------------------------------------------------- */

struct probe {
	int fd; /* -1: there is nobody to ask */
	uint16_t id;
	uint8_t question[PROBE_QUESTION_MAX]; /* the last */
	size_t question_len;
	bool refused; /* by the kernel: nobody listens there */
};

/*
 * Opens a socket to ask by, before a program confines itself. 0, also where
 * dnsd.listen names no address, or a negative code.
 */
int probe_open(struct probe *probe, const struct settings *settings);
void probe_close(struct probe *probe);

/* Sends a question. What cannot be sent is a question without an answer. */
void probe_ask(struct probe *probe, const uint8_t *name, size_t name_len);
/* Does not wait. True: the answer to the last question has come. */
bool probe_take(struct probe *probe, struct probe_answer *answer);

/*
 * Asks and waits, two seconds at most, until it answers from `serial` or a
 * later one.
 */
void probe_wait(struct probe *probe, const uint8_t *name, size_t name_len,
    uint32_t serial, struct probe_answer *answer);

#endif
