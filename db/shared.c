#include "db/shared.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/prefixmap.h"

/* The map's value of what a setting names; a row's is its number and 1. */
#define OF_SETTING UINT8_MAX
#define OWN_WORDS "shared by many, as this list's operator knows"

struct shared {
	struct prefixmap *networks;
	struct settings_list domains; /* copied */
};

/* --- networks ------------------------------------------------------------- */

/*
 * IPv6 is listed by /64: a longer prefix stands for the /64 that it lies in.
 */
static void
widen(struct ipprefix *prefix)
{
	if (ipaddr_is_ipv4(&prefix->address) || prefix->length <= 64)
		return;
	prefix->length = 64;
	prefix->address = ipaddr_masked(&prefix->address, 64);
}

static int
fill(const struct settings_list *setting, struct prefixmap_entry *entries)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < shared_network_count; i++) {
		entries->value = (uint8_t)(i + 1);
		code =
		    ipprefix_parse(shared_networks[i].what, &entries->prefix);
		entries++;
	}
	for (size_t i = 0; code == 0 && i < setting->count; i++) {
		entries->value = OF_SETTING;
		code = ipprefix_parse(setting->items[i], &entries->prefix);
		widen(&entries->prefix);
		entries++;
	}
	return code;
}

static int
make_networks(const struct settings_list *setting, struct prefixmap **networks)
{
	size_t count = shared_network_count + setting->count;
	struct prefixmap_entry *entries = calloc(count, sizeof(*entries));
	int code;

	if (entries == NULL)
		return -ENOMEM;
	code = fill(setting, entries);
	if (code == 0)
		code = prefixmap_new(entries, count, networks);
	free(entries);
	return code;
}

const char *
shared_by_network(const struct shared *shared, const struct ipaddr *address)
{
	uint8_t value = prefixmap_find(shared->networks, address);

	if (value == 0)
		return NULL;
	return value == OF_SETTING ? OWN_WORDS
				   : shared_networks[value - 1].owner;
}

/* --- domains -------------------------------------------------------------- */

static int
copy_domains(const struct settings_list *setting, struct settings_list *copy)
{
	if (setting->count == 0)
		return 0;
	copy->items = calloc(setting->count, sizeof(*copy->items));
	if (copy->items == NULL)
		return -ENOMEM;
	for (; copy->count < setting->count; copy->count++) {
		char *item = strdup(setting->items[copy->count]);

		if (item == NULL)
			return -ENOMEM;
		copy->items[copy->count] = item;
	}
	return 0;
}

/* Is the name, of `len` octets, the domain, or one below it? */
static bool
lies_in(const char *name, size_t len, const char *domain)
{
	size_t domain_len = strlen(domain);
	const char *end = name + len - domain_len;

	return domain_len > 0 && len >= domain_len &&
	       strncasecmp(end, domain, domain_len) == 0 &&
	       (len == domain_len || end[-1] == '.');
}

const char *
shared_by_name(const struct shared *shared, const char *name)
{
	size_t len = strlen(name);

	if (len > 0 && name[len - 1] == '.')
		len--;
	for (size_t i = 0; i < shared_domain_count; i++) {
		if (lies_in(name, len, shared_domains[i].what))
			return shared_domains[i].owner;
	}
	for (size_t i = 0; i < shared->domains.count; i++) {
		if (lies_in(name, len, shared->domains.items[i]))
			return OWN_WORDS;
	}
	return NULL;
}

/* --- all of it ------------------------------------------------------------ */

int
shared_new(const struct settings *settings, struct shared **out)
{
	struct shared *shared = calloc(1, sizeof(*shared));
	int code;

	if (shared == NULL)
		return -ENOMEM;
	code =
	    make_networks(&settings->policy.shared_networks, &shared->networks);
	if (code == 0)
		code = copy_domains(
		    &settings->policy.shared_domains, &shared->domains);
	if (code != 0) {
		shared_free(shared);
		return code;
	}
	*out = shared;
	return 0;
}

void
shared_free(struct shared *shared)
{
	if (shared == NULL)
		return;
	prefixmap_free(shared->networks);
	for (size_t i = 0; i < shared->domains.count; i++)
		free(shared->domains.items[i]);
	free(shared->domains.items);
	free(shared);
}
