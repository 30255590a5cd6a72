#include "dnsd/rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/log.h"

static int
copy_text(const char *name, const char *text, char to[RULES_TEXT_MAX + 1])
{
	if (strlen(text) > RULES_TEXT_MAX) {
		log_error("setting_refused name=%s reason=\"longer than %d "
			  "octets\"",
		    name, RULES_TEXT_MAX);
		return ERROR_LIMIT;
	}
	strcpy(to, text);
	return 0;
}

static int
take_secrets(const struct settings *settings, const struct rules *before,
    struct rules *rules)
{
	const struct settings_list *list = &settings->dnsd.cookie_secrets;

	rules->cookies = true;
	rules->own_secrets = list->count == 0;
	if (rules->own_secrets && before != NULL && before->own_secrets) {
		rules->secrets = before->secrets;
		return 0;
	}
	return cookie_secrets_from(list, &rules->secrets);
}

static int
take_limits(const struct settings *settings, struct rules *rules)
{
	const struct settings_list *list = &settings->dnsd.rate_exempt;
	struct prefixmap_entry *entries =
	    calloc(list->count + 1, sizeof(*entries));
	size_t count = 0;
	int error;

	if (entries == NULL)
		return -ENOMEM;
	rules->log_hits = (unsigned)settings->dnsd.log_hits;
	rules->rate_limit = (unsigned)settings->dnsd.rate_limit;
	rules->rate_slip = (unsigned)settings->dnsd.rate_slip;
	for (size_t i = 0; i < list->count; i++) {
		entries[count].value = 1;
		/* They were checked when they were read. */
		if (ipprefix_parse(list->items[i], &entries[count].prefix) == 0)
			count++;
	}
	error = prefixmap_new(entries, count, &rules->rate_exempt);
	free(entries);
	return error;
}

static int
take_transfers(const struct settings *settings, struct rules *rules)
{
	int error = tsig_keys_read(settings->dnsd.tsig_key_file, &rules->keys);

	rules->transfers = (unsigned)settings->dnsd.transfers;
	rules->transfer_bounds = (struct transfer_bounds){
		.at_a_time = (unsigned)settings->dnsd.transfers_per_client,
		.a_minute = (unsigned)settings->dnsd.transfers_per_minute,
	};
	if (error == 0)
		error = peers_from("dnsd.transfer", &settings->dnsd.transfer,
		    &rules->keys, &rules->transfer);
	rules->notify_seconds = (unsigned)settings->dnsd.notify_seconds;
	if (error == 0)
		error = notify_targets_from(
		    &settings->dnsd.notify, &rules->keys, &rules->notify);
	return error;
}

static int
fill(const struct settings *settings, const struct rules *before,
    struct rules *rules)
{
	int error;

	rules->udp_size = (uint16_t)settings->dnsd.udp_size;
	rules->tcp_idle_seconds = (unsigned)settings->dnsd.tcp_idle_seconds;
	rules->tcp_per_client = (unsigned)settings->dnsd.tcp_per_client;
	error = copy_text("dnsd.nsid", settings->dnsd.nsid, rules->nsid);
	if (error == 0)
		error = copy_text(
		    "dnsd.version", settings->dnsd.version, rules->version);
	if (error == 0)
		error = take_secrets(settings, before, rules);
	if (error == 0)
		error = take_limits(settings, rules);
	if (error == 0)
		error = access_new(settings, &rules->access);
	return error == 0 ? take_transfers(settings, rules) : error;
}

int
rules_new(const struct settings *settings, const struct rules *before,
    struct rules **rules)
{
	struct rules *fresh = calloc(1, sizeof(*fresh));
	int error;

	if (fresh == NULL)
		return -ENOMEM;
	atomic_init(&fresh->references, 1);
	error = fill(settings, before, fresh);
	if (error != 0) {
		rules_release(fresh);
		return error;
	}
	*rules = fresh;
	return 0;
}

struct rules *
rules_hold(struct rules *rules)
{
	atomic_fetch_add(&rules->references, 1);
	return rules;
}

void
rules_release(struct rules *rules)
{
	if (rules == NULL || atomic_fetch_sub(&rules->references, 1) != 1)
		return;
	prefixmap_free(rules->rate_exempt);
	access_free(rules->access);
	notify_targets_free(&rules->notify);
	peers_free(&rules->transfer);
	tsig_keys_free(&rules->keys);
	free(rules);
}
