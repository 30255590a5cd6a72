#include "httpapi/site.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "db/exemption.h"

/* Who stands in the audit for what the public does. */
#define AUDIT_NAME "httpapi"

static int
read_prefixes(const char *name, const struct settings_list *texts,
    struct prefixes *prefixes)
{
	int code = prefixes_read(texts, prefixes);

	if (code != 0)
		log_error("setting_refused name=httpapi.%s reason=\"%s\"", name,
		    error_text(code));
	return code;
}

/* What one may, all of which it is a part may. */
static unsigned
at_least(unsigned part, long whole)
{
	return (unsigned)whole > part ? (unsigned)whole : part;
}

static void
read_numbers(struct site *site, const struct settings *settings)
{
	const long network_per_minute = settings->httpapi.requests_per_network;

	site->per_client = (unsigned)settings->httpapi.per_client;
	site->per_network =
	    at_least(site->per_client, settings->httpapi.per_network);
	site->per_minute = (unsigned)settings->httpapi.requests_per_minute;
	site->network_per_minute =
	    network_per_minute == 0
		? 0
		: at_least(site->per_minute, network_per_minute);
	site->delist_per_hour = (unsigned)settings->httpapi.delist_per_hour;
	site->delist_per_network =
	    (unsigned)settings->httpapi.delist_per_network;
	site->delist_per_provider = at_least(
	    site->delist_per_network, settings->httpapi.delist_per_provider);
	site->proofs_per_minute = (unsigned)settings->httpapi.proofs_per_minute;
	site->request_ms = settings->httpapi.request_seconds * 1000;
	site->hsts_seconds = settings->httpapi.hsts_seconds;
	site->logged_hits = settings->dnsd.log_hits;
	site->session_idle_seconds = settings->httpapi.session_idle_seconds;
	site->session_seconds = settings->httpapi.session_seconds;
	site->request_overdue_seconds =
	    settings->httpapi.request_overdue_seconds;
}

static int
read_texts(struct site *site, const struct settings *settings)
{
	site->refuses_clear_tokens =
	    strcmp(settings->httpapi.clear_tokens, "refuse") == 0;
	site->contact = strdup(settings->httpapi.contact);
	site->run_by = strdup(settings->httpapi.operator);
	return site->contact != NULL && site->run_by != NULL ? 0 : -ENOMEM;
}

int
site_new(const struct settings *settings, struct site **out)
{
	struct site *site = calloc(1, sizeof(*site));
	int code;

	if (site == NULL)
		return -ENOMEM;
	code = recorder_rules_init(&site->rules, settings, AUDIT_NAME);
	if (code != 0) {
		free(site);
		return code;
	}
	site->rules.stands_in = true;
	read_numbers(site, settings);
	code = read_texts(site, settings);
	if (code == 0)
		code = listable_new(settings, &site->listable);
	if (code == 0)
		code = read_prefixes("trusted_proxies",
		    &settings->httpapi.trusted_proxies, &site->proxies);
	if (code == 0)
		code = read_prefixes("metrics_clients",
		    &settings->httpapi.metrics_clients, &site->metrics_clients);
	if (code != 0) {
		site_free(site);
		return code;
	}
	*out = site;
	return 0;
}

void
site_retire(struct site *site)
{
	for (site = site->older; site != NULL; site = site->older)
		recorder_rules_deinit(&site->rules);
}

void
site_free(struct site *site)
{
	while (site != NULL) {
		struct site *older = site->older;

		recorder_rules_deinit(&site->rules);
		listable_free(site->listable);
		free(site->contact);
		free(site->run_by);
		prefixes_free(&site->proxies);
		prefixes_free(&site->metrics_clients);
		free(site);
		site = older;
	}
}
