#include "dnsd/notify_targets.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/ipaddr.h"
#include "common/listen.h"
#include "dnsd/peers.h"

#define SETTING "dnsd.notify"
#define DNS_PORT 53

static void
set_address(const struct ipaddr *address, struct notify_target *target)
{
	struct sockaddr_in *in = (void *)&target->sa;
	struct sockaddr_in6 *in6 = (void *)&target->sa;

	memset(&target->sa, 0, sizeof(target->sa));
	if (ipaddr_is_ipv4(address)) {
		in->sin_family = AF_INET;
		in->sin_port = htons(DNS_PORT);
		in->sin_addr.s_addr = htonl(ipaddr_to_ipv4(address));
		target->len = sizeof(*in);
		return;
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(DNS_PORT);
	memcpy(&in6->sin6_addr, address->octets, 16);
	target->len = sizeof(*in6);
}

static int
parse(const char *item, const struct tsig_keys *keys,
    struct notify_target *target)
{
	char word[PEERS_WORD_MAX];
	struct listen_address with_port;
	struct ipaddr address;
	int error = peers_split(item, keys, word, &target->key);

	if (error != 0)
		return error;
	if (ipaddr_parse(word, &address) == 0) {
		set_address(&address, target);
		return 0;
	}
	error = listen_parse(word, &with_port);
	if (error != 0)
		return error;
	target->sa = with_port.sa;
	target->len = with_port.len;
	/* Neither a local socket nor any address at all. */
	return ipaddr_from_sockaddr((struct sockaddr *)&target->sa, &address) ==
			   0 &&
		       *word != '*'
		   ? 0
		   : ERROR_FORMAT;
}

int
notify_targets_from(const struct settings_list *list,
    const struct tsig_keys *keys, struct notify_targets *targets)
{
	int error = 0;

	targets->count = 0;
	targets->items = calloc(list->count + 1, sizeof(*targets->items));
	if (targets->items == NULL)
		return -ENOMEM;
	for (size_t i = 0; error == 0 && i < list->count; i++) {
		error = i < NOTIFY_TARGETS_MAX
			    ? parse(list->items[i], keys, &targets->items[i])
			    : ERROR_LIMIT;
		if (error != 0)
			peers_complain(SETTING, list->items[i], error);
		else
			targets->count++;
	}
	if (error != 0)
		notify_targets_free(targets);
	return error;
}

void
notify_targets_free(struct notify_targets *targets)
{
	free(targets->items);
	*targets = (struct notify_targets){ NULL, 0 };
}
