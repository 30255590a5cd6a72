#include "ingest/smtp_peers.h"

#include <errno.h>
#include <stdlib.h>

static int
read_list(const struct settings_list *texts, struct smtp_peer_list *list)
{
	list->prefixes = calloc(texts->count + 1, sizeof(*list->prefixes));
	if (list->prefixes == NULL)
		return -ENOMEM;
	for (list->count = 0; list->count < texts->count; list->count++) {
		int code = ipprefix_parse(
		    texts->items[list->count], &list->prefixes[list->count]);

		if (code != 0)
			return code;
	}
	return 0;
}

int
smtp_peers_read(const struct settings *settings, struct smtp_peers *peers)
{
	int code;

	*peers = (struct smtp_peers){ .xclient.count = 0 };
	code = read_list(&settings->ingest.xclient_peers, &peers->xclient);
	if (code == 0)
		code = read_list(
		    &settings->ingest.xforward_peers, &peers->xforward);
	if (code == 0)
		code = read_list(&settings->ingest.proxy_peers, &peers->proxy);
	if (code != 0)
		smtp_peers_free(peers);
	return code;
}

void
smtp_peers_free(struct smtp_peers *peers)
{
	free(peers->xclient.prefixes);
	free(peers->xforward.prefixes);
	free(peers->proxy.prefixes);
	*peers = (struct smtp_peers){ .xclient.count = 0 };
}

bool
smtp_peer_list_has(
    const struct smtp_peer_list *list, const struct ipaddr *address)
{
	for (size_t i = 0; i < list->count; i++) {
		if (ipprefix_contains(&list->prefixes[i], address))
			return true;
	}
	return false;
}

bool
smtp_peers_have(const struct smtp_peers *peers, const struct ipaddr *address)
{
	return smtp_peer_list_has(&peers->xclient, address) ||
	       smtp_peer_list_has(&peers->xforward, address) ||
	       smtp_peer_list_has(&peers->proxy, address);
}
