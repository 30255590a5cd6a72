#ifndef INGEST_MAILDIR_H
#define INGEST_MAILDIR_H

#include <stddef.h>

#include "ingest/mailboxes.h"
#include "ingest/recorder.h"

/*
 * A Maildir from which mail becomes evidence: what stands in new/ is handed to
 * the recorder, and moved to cur/ once it is on disk there (or is for nobody
 * of ours). Whatever goes wrong before that leaves it in new/, for the next
 * pass: what is seen twice is recorded once.
 *
 * Some messages at a time are under way, and no more of the folder is read
 * meanwhile. On the thread of an event loop that has the descriptor.
 */
struct maildir;

/*
 * `text` is a setting's item: the path and, after a space, the trap that mail
 * is for whose header does not tell. 0, or a negative code after one log line.
 */
int maildir_open(
    const char *text, size_t message_max, struct maildir **maildir);
/* Once the recorder is closed, which has jobs of it. NULL does nothing. */
void maildir_close(struct maildir *maildir);

/* From now on; both are borrowed. */
void maildir_serve(struct maildir *maildir, struct mailboxes *mailboxes,
    struct recorder *recorder);
/* Nothing more is handed over. */
void maildir_stop(struct maildir *maildir);

/* Readable when something came; then call maildir_work. */
int maildir_fd(const struct maildir *maildir);
void maildir_work(struct maildir *maildir);
/* Now and then: looks whether something was left over. */
void maildir_look(struct maildir *maildir);

#endif
