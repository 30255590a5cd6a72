#ifndef INGEST_MAILDIR_H
#define INGEST_MAILDIR_H

#include <stddef.h>

#include "db/store.h"
#include "ingest/recorder.h"

/*
 * A Maildir from which mail becomes evidence: what stands in new/ is handed to
 * the recorder, and moved to cur/ once it is on disk there (or is for nobody
 * of ours). Whatever goes wrong before that leaves it in new/, for the next
 * pass: what is seen twice is recorded once.
 *
 * A thread of its own looks, reads and moves, since a disk may take its time,
 * and a network's even more. The event loop that has the descriptor only
 * passes on what was read: one message waits for it at a time, some are under
 * way to the disk, and no more of the folder is read meanwhile.
 */
struct maildir;

/*
 * `text` is a setting's item: the path and, after a space, the trap that mail
 * is for whose header does not tell. 0, or a negative code after one log line.
 */
int maildir_open(
    const char *text, size_t message_max, struct maildir **maildir);
/*
 * Once the recorder is closed, which has jobs of it: waits until what it has
 * recorded is put away. NULL does nothing.
 */
void maildir_close(struct maildir *maildir);

/*
 * From now on, by a thread that ends with maildir_close; both are borrowed.
 * 0, or a negative code after one log line.
 */
int maildir_serve(
    struct maildir *maildir, struct store *store, struct recorder *recorder);
/* Nothing more is handed over. */
void maildir_stop(struct maildir *maildir);

/* Readable when a message was read; then call maildir_work. */
int maildir_fd(const struct maildir *maildir);
void maildir_work(struct maildir *maildir);

#endif
