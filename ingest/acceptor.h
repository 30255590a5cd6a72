#ifndef INGEST_ACCEPTOR_H
#define INGEST_ACCEPTOR_H

#include <stdbool.h>
#include <sys/socket.h>

/*
 * The sockets of a server that wait for its clients, on an event loop. Where
 * accept() fails for want of descriptors or memory nobody is let in for a
 * moment: those that wait stay in the kernel's queue, and asking again at once
 * is vain.
 */
struct acceptor;
struct event_base;

/* Nothing waits yet. NULL without memory; the loop is borrowed. */
struct acceptor *acceptor_new(struct event_base *base);
/* With its sockets. NULL does nothing. */
void acceptor_free(struct acceptor *acceptor);

/* Somebody came; the descriptor (non-blocking) belongs to who is told. */
typedef void acceptor_came(
    void *context, int fd, const struct sockaddr *address);
/*
 * One more socket, bound to `where` (common/listen.h), from which nobody is let
 * in yet; `protocol` is for the log. 0, or a negative code after one log line.
 */
int acceptor_listen(struct acceptor *acceptor, const char *where,
    const char *protocol, acceptor_came *came, void *context);
/* Is there any? */
bool acceptor_listens(const struct acceptor *acceptor);

/* Lets in whoever comes, from now on. */
void acceptor_begin(struct acceptor *acceptor);

#endif
