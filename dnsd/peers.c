#include "dnsd/peers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/log.h"

#define SPACE " \t"

void
peers_complain(const char *setting, const char *item, int error)
{
	char text[LOG_TEXT_MAX];

	log_error("setting_refused name=%s value=%s reason=\"%s\"", setting,
	    log_escape(item, text),
	    error == ERROR_NOT_FOUND ? "no such key in dnsd.tsig_key_file"
				     : error_text(error));
}

static int
find_key(
    const char *name, const struct tsig_keys *keys, const struct tsig_key **key)
{
	uint8_t wire[DNAME_MAX];
	int len = dname_parse(name, wire);

	if (len < 0)
		return len;
	*key = tsig_keys_find(keys, wire, (size_t)len);
	return *key != NULL ? 0 : ERROR_NOT_FOUND;
}

int
peers_split(const char *item, const struct tsig_keys *keys,
    char word[PEERS_WORD_MAX], const struct tsig_key **key)
{
	size_t len = strcspn(item, SPACE);
	const char *rest = item + len;

	*key = NULL;
	if (len == 0 || len >= PEERS_WORD_MAX)
		return ERROR_FORMAT;
	memcpy(word, item, len);
	word[len] = '\0';
	rest += strspn(rest, SPACE);
	if (*rest == '\0')
		return 0;
	if (strncmp(rest, "key", 3) != 0 || strspn(rest + 3, SPACE) == 0)
		return ERROR_FORMAT;
	rest += 3;
	return find_key(rest + strspn(rest, SPACE), keys, key);
}

static int
parse(const char *item, const struct tsig_keys *keys, struct peer *peer)
{
	char word[PEERS_WORD_MAX];
	int error = peers_split(item, keys, word, &peer->key);

	return error == 0 ? ipprefix_parse(word, &peer->prefix) : error;
}

int
peers_from(const char *setting, const struct settings_list *list,
    const struct tsig_keys *keys, struct peers *peers)
{
	int error = 0;

	peers->count = 0;
	peers->items = calloc(list->count + 1, sizeof(*peers->items));
	if (peers->items == NULL)
		return -ENOMEM;
	for (size_t i = 0; error == 0 && i < list->count; i++) {
		error = parse(list->items[i], keys, &peers->items[i]);
		if (error != 0)
			peers_complain(setting, list->items[i], error);
		else
			peers->count++;
	}
	if (error != 0)
		peers_free(peers);
	return error;
}

void
peers_free(struct peers *peers)
{
	free(peers->items);
	*peers = (struct peers){ NULL, 0 };
}

bool
peers_allow(const struct peers *peers, const struct ipaddr *client,
    const struct tsig_key *key)
{
	for (size_t i = 0; i < peers->count; i++) {
		const struct peer *peer = &peers->items[i];

		if ((peer->key == NULL || peer->key == key) &&
		    ipprefix_contains(&peer->prefix, client))
			return true;
	}
	return false;
}
