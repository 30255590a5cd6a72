#ifndef DNSD_PEERS_H
#define DNSD_PEERS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/ipaddr.h"
#include "common/settings.h"
#include "dnsd/tsig_keys.h"

/*
 * Who may have the zone: items "ADDRESS[/LENGTH] [key NAME]". Whoever one of
 * them describes may: from there, and where it names a key signed with it.
 */
struct peer {
	struct ipprefix prefix;
	const struct tsig_key *key; /* NULL: signed or not */
};
struct peers {
	struct peer *items;
	size_t count;
};

/*
 * The keys must outlive *peers. 0, -ENOMEM, or ERROR_FORMAT or ERROR_NOT_FOUND
 * (no such key) after one line that names the setting and the item.
 */
int peers_from(const char *setting, const struct settings_list *list,
    const struct tsig_keys *keys, struct peers *peers);
void peers_free(struct peers *peers);

/* `key` is the one that the request was signed with, NULL none. */
bool peers_allow(const struct peers *peers, const struct ipaddr *client,
    const struct tsig_key *key);

/*
 * "WORD [key NAME]": the word and the key, NULL where none is named. 0,
 * ERROR_FORMAT or ERROR_NOT_FOUND.
 */
#define PEERS_WORD_MAX 128
int peers_split(const char *item, const struct tsig_keys *keys,
    char word[PEERS_WORD_MAX], const struct tsig_key **key);

/* The line about an item that is wrong. */
void peers_complain(const char *setting, const char *item, int error);

#endif
