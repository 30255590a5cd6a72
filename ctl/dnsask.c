#include "ctl/dnsask.h"

#include <errno.h>
#include <ldns/ldns.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/ipaddr.h"
#include "ctl/ctl.h"
#include "db/told.h"

/* For one try; a resolver that works answers sooner, or never. */
#define TRY_SECONDS 2
#define TRIES 2
/* All questions together. */
#define BUDGET_MS 30000

struct dnsask {
	ldns_resolver *resolver;
	int64_t deadline_ms;
	bool silent; /* once is enough: a person waits */
};

/* --- which server --------------------------------------------------------- */

static int
push_server(ldns_resolver *resolver, const char *text)
{
	char host[IPADDR_TEXT_MAX];
	const char *at = strchr(text, '@');
	size_t len = at != NULL ? (size_t)(at - text) : strlen(text);
	long port = at != NULL ? strtol(at + 1, NULL, 10) : 53;
	struct ipaddr address;
	ldns_rdf *rdf;

	if (len >= sizeof(host) || port < 1 || port > 65535)
		return ERROR_FORMAT;
	memcpy(host, text, len);
	host[len] = '\0';
	if (ipaddr_parse(host, &address) != 0)
		return ERROR_FORMAT;
	rdf = ldns_rdf_new_frm_str(
	    ipaddr_is_ipv4(&address) ? LDNS_RDF_TYPE_A : LDNS_RDF_TYPE_AAAA,
	    host);
	if (rdf == NULL)
		return ERROR_FORMAT;
	ldns_resolver_set_port(resolver, (uint16_t)port);
	if (ldns_resolver_push_nameserver(resolver, rdf) != LDNS_STATUS_OK)
		port = 0;
	ldns_rdf_deep_free(rdf);
	return port != 0 ? 0 : -ENOMEM;
}

static int
make_resolver(const char *server, ldns_resolver **resolver)
{
	int code;

	if (server == NULL)
		return ldns_resolver_new_frm_file(resolver, NULL) ==
			       LDNS_STATUS_OK
			   ? 0
			   : -ENOENT;
	*resolver = ldns_resolver_new();
	if (*resolver == NULL)
		return -ENOMEM;
	code = push_server(*resolver, server);
	if (code != 0)
		ldns_resolver_deep_free(*resolver);
	return code;
}

int
dnsask_open(const char *server, struct dnsask **out)
{
	const struct timeval patience = { .tv_sec = TRY_SECONDS };
	struct dnsask *ask = calloc(1, sizeof(*ask));
	int code = -ENOMEM;

	if (ask != NULL)
		code = make_resolver(server, &ask->resolver);
	if (code != 0) {
		free(ask);
		return code;
	}
	ldns_resolver_set_timeout(ask->resolver, patience);
	ldns_resolver_set_retry(ask->resolver, TRIES);
	ldns_resolver_set_recursive(ask->resolver, true);
	ask->deadline_ms = clock_monotonic_ms() + BUDGET_MS;
	*out = ask;
	return 0;
}

void
dnsask_close(struct dnsask *ask)
{
	if (ask == NULL)
		return;
	ldns_resolver_deep_free(ask->resolver);
	free(ask);
}

/* --- answers -------------------------------------------------------------- */

static const ldns_rr_type types[] = {
	[DNSASK_MX] = LDNS_RR_TYPE_MX,
	[DNSASK_TXT] = LDNS_RR_TYPE_TXT,
	[DNSASK_A] = LDNS_RR_TYPE_A,
	[DNSASK_AAAA] = LDNS_RR_TYPE_AAAA,
};

/* Its character strings in one (RFC 7208 section 3.3). */
static void
append_text(json_t *answers, const ldns_rr *rr)
{
	char text[1024];
	size_t used = 0;

	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
		const ldns_rdf *rdf = ldns_rr_rdf(rr, i);
		const uint8_t *octets = ldns_rdf_data(rdf);
		size_t len = ldns_rdf_size(rdf) > 0 ? octets[0] : 0;

		if (len >= ldns_rdf_size(rdf) || used + len >= sizeof(text))
			break;
		memcpy(text + used, octets + 1, len);
		used += len;
	}
	text[used] = '\0';
	json_array_append_new(answers, told_text(text));
}

static void
append_rdf(json_t *answers, const ldns_rdf *rdf)
{
	char *text = ldns_rdf2str(rdf);
	size_t len;

	if (text == NULL)
		return;
	len = strlen(text);
	if (len > 0 && text[len - 1] == '.')
		text[len - 1] = '\0';
	json_array_append_new(answers, told_text(text));
	free(text);
}

static void
append_all(json_t *answers, ldns_pkt *packet, enum dnsask_type type)
{
	ldns_rr_list *list = ldns_pkt_answer(packet);

	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(list, i);

		if (ldns_rr_get_type(rr) != types[type])
			continue;
		if (type == DNSASK_TXT)
			append_text(answers, rr);
		else
			append_rdf(answers,
			    ldns_rr_rdf(rr, type == DNSASK_MX ? 1 : 0));
	}
}

int
dnsask_query(struct dnsask *ask, const char *name, enum dnsask_type type,
    json_t *answers)
{
	ldns_pkt *packet = NULL;
	ldns_rdf *owner;
	ldns_pkt_rcode rcode;

	if (ask->silent || clock_monotonic_ms() >= ask->deadline_ms)
		return -ETIMEDOUT;
	owner = ldns_dname_new_frm_str(name);
	if (owner == NULL)
		return ERROR_FORMAT;
	packet = ldns_resolver_query(
	    ask->resolver, owner, types[type], LDNS_RR_CLASS_IN, LDNS_RD);
	ldns_rdf_deep_free(owner);
	if (packet == NULL) {
		ask->silent = true;
		return -ETIMEDOUT;
	}
	rcode = ldns_pkt_get_rcode(packet);
	append_all(answers, packet, type);
	ldns_pkt_free(packet);
	return rcode == LDNS_RCODE_NOERROR || rcode == LDNS_RCODE_NXDOMAIN
		   ? 0
		   : ERROR_REFUSED;
}
