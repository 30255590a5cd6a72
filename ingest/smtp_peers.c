#include "ingest/smtp_peers.h"

int
smtp_peers_read(const struct settings *settings, struct smtp_peers *peers)
{
	int code;

	*peers = (struct smtp_peers){ .xclient.count = 0 };
	code = prefixes_read(&settings->ingest.xclient_peers, &peers->xclient);
	if (code == 0)
		code = prefixes_read(
		    &settings->ingest.xforward_peers, &peers->xforward);
	if (code == 0)
		code =
		    prefixes_read(&settings->ingest.proxy_peers, &peers->proxy);
	if (code != 0)
		smtp_peers_free(peers);
	return code;
}

void
smtp_peers_free(struct smtp_peers *peers)
{
	prefixes_free(&peers->xclient);
	prefixes_free(&peers->xforward);
	prefixes_free(&peers->proxy);
}

bool
smtp_peers_have(const struct smtp_peers *peers, const struct ipaddr *address)
{
	return prefixes_hold(&peers->xclient, address) ||
	       prefixes_hold(&peers->xforward, address) ||
	       prefixes_hold(&peers->proxy, address);
}
