#ifndef DNSD_TSIG_KEYS_H
#define DNSD_TSIG_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/hmac.h"
#include "db/dname.h"

/*
 * The keys that dnsd shares with its secondaries, from a file in the form that
 * tsig-keygen writes and named.conf includes:
 *
 *	key "secondary.example.net" {
 *		algorithm hmac-sha256;
 *		secret "BASE64";
 *	};
 *
 * with comments after "#" or "//", and between the marks of C.
 */
#define TSIG_SECRET_MAX 256
struct tsig_key {
	uint8_t name[DNAME_MAX]; /* wire form, lower case */
	size_t name_len;
	enum hmac algorithm;
	size_t secret_len;
	uint8_t secret[TSIG_SECRET_MAX];
};

#define TSIG_KEYS_MAX 256
struct tsig_keys {
	struct tsig_key *keys;
	size_t count;
};

/*
 * 0; ERROR_FORMAT, ERROR_EXISTS (a name twice), ERROR_LIMIT or -ENOMEM, with
 * *line where in the text it was and *keys empty.
 */
int tsig_keys_parse(
    const char *text, size_t len, struct tsig_keys *keys, unsigned *line);

/*
 * From a file that nobody but its owner and group may read; "" is no file and
 * no keys. 0, or a negative code after one line that names file and reason.
 */
int tsig_keys_read(const char *path, struct tsig_keys *keys);

void tsig_keys_free(struct tsig_keys *keys); /* forgets the secrets, too */

/* By a wire name of any case, or NULL. */
const struct tsig_key *tsig_keys_find(
    const struct tsig_keys *keys, const uint8_t *name, size_t len);

/* The algorithm's name in wire form, with *len octets. */
const uint8_t *tsig_algorithm_name(enum hmac algorithm, size_t *len);
/* Is it called so, in whatever case? */
bool tsig_algorithm_is(enum hmac algorithm, const uint8_t *name, size_t len);

#endif
