#ifndef TESTS_SUPPORT_CHANNEL_H
#define TESTS_SUPPORT_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/support/question_mix.h"

/*
 * Questions under way to a name server on 127.0.0.1, over one socket: asked in
 * datagrams or on a stream, and known again by their ids when answered. Made
 * for measuring: asking must cost less than answering, or the server is idle.
 * What goes wrong with a socket ends the program.
 */

/*
 * What all channels ask, round and round, and who is told what becomes of a
 * question. Times are channel_now_ns's, `due_ns` when it was to be asked.
 */
struct channel_questions {
	struct question *list;
	uint32_t count, next;
	void (*sent)(void);
	void (*lost)(uint64_t due_ns);
	void (*answered)(uint32_t question, const uint8_t *answer, size_t len,
	    uint64_t due_ns, uint64_t at_ns);
};

uint64_t channel_now_ns(void); /* monotonic */

#define CHANNEL_IDS 65536
#define CHANNEL_STREAM_SIZE (1 << 16)
struct channel {
	struct channel_questions *questions;
	bool is_stream;
	int fd;
	uint16_t first, next; /* ids under way lie between */
	unsigned under_way;
	struct asked {
		uint64_t due_ns; /* 0: none */
		uint32_t question;
	} asked[CHANNEL_IDS];		 /* by id */
	uint8_t in[CHANNEL_STREAM_SIZE]; /* what is no message yet */
	size_t in_len;
};

/* Of a channel that is all zero; the questions are borrowed. */
void channel_open(struct channel *channel, uint16_t port, bool is_stream,
    struct channel_questions *questions);

/*
 * Questions of one length that the kernel takes as one and parts itself
 * (UDP_SEGMENT).
 */
#define CHANNEL_GROUP 8
/* A full buffer loses what was to be sent, as a network would. */
void channel_send_group(struct channel *channel, uint64_t due_ns);
void channel_send_one(struct channel *channel, uint64_t due_ns);
/* On a stream everything that may go goes in one piece. */
void channel_send_stream(
    struct channel *channel, unsigned count, uint64_t due_ns);

/* Takes the answers that are there, and gives up what waited for a second. */
void channel_receive(struct channel *channel);

#endif
