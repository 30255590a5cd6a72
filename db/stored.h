#ifndef DB_STORED_H
#define DB_STORED_H

#include "common/ipaddr.h"
#include "common/wire.h"
#include "db/store.h"

/*
 * What all records share: one octet of format version first, then fields big
 * endian, and nothing behind the last. A decoder calls stored_begin, reads,
 * and returns stored_end. Each form has one encoding only: what is decoded
 * and encoded again is the same octets.
 */

/* 0; ERROR_NEWER for a version above `version`; ERROR_DAMAGED. */
int stored_begin(
    struct wire_reader *reader, struct octets record, uint8_t version);
/* 0, or ERROR_DAMAGED when octets were missing, left over or wrong. */
int stored_end(const struct wire_reader *reader);

/* A number that must be less than `count`; else the reader has failed. */
uint8_t stored_read_below(struct wire_reader *reader, unsigned count);
int64_t stored_read_time(struct wire_reader *reader);
void stored_write_time(struct wire_writer *writer, int64_t time);

/* The octets written, or ERROR_LIMIT. */
int stored_len(const struct wire_writer *writer);

/* Numbers as keys: byte order is numeric order. */
#define STORED_KEY_U64 8
struct octets stored_key_u64(uint8_t key[STORED_KEY_U64], uint64_t number);
uint64_t stored_u64_of_key(const void *key);
/* Those of one unit stand together, in the order of their ids. */
#define STORED_KEY_OF_UNIT (16 + STORED_KEY_U64)
struct octets stored_key_of_unit(
    uint8_t key[STORED_KEY_OF_UNIT], const struct ipaddr *unit, uint64_t id);
/* The id of such a key: ERROR_NOT_FOUND for another unit's, or _DAMAGED. */
int stored_id_of_unit(
    struct octets key, const struct ipaddr *unit, uint64_t *id);

/*
 * Ids that are microseconds of Unix time, or one more than the last: so an id
 * is never less than its time. The first of a second, 0 where that is before
 * 1970; and the second that an id lies in.
 */
uint64_t stored_first_id(int64_t second);
int64_t stored_id_second(uint64_t id);

/*
 * Does the code say that a record cannot be read? Then the log has a line (a
 * few a minute), and the caller goes on without that record: one among many
 * must not hold up the others.
 */
bool stored_pass_by(enum store_table table, int code);

/* As much of `from` as fits, cut between characters (UTF-8). */
void stored_copy_text(char *to, size_t size, const char *from);

#endif
