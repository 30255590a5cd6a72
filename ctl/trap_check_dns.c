#include "ctl/trap_check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "db/trap.h"

static void
note_silence(
    struct trap_check *checking, json_t *checks, const char *what, int error)
{
	trap_check_note(checking, checks, what, false,
	    json_string(error == -ETIMEDOUT
			    ? "no answer from DNS"
			    : "DNS does not say (is it delegated?)"));
}

static void
check_mx(struct trap_check *checking, const char *domain, json_t *checks,
    json_t *servers)
{
	const char *first, *own = checking->ctl->settings.ingest.hostname;
	int error = dnsask_query(checking->ask, domain, DNSASK_MX, servers);
	bool ours;

	if (error != 0) {
		note_silence(checking, checks, "MX", error);
		return;
	}
	first = json_string_value(json_array_get(servers, 0));
	if (first == NULL || *first == '\0') {
		trap_check_note(checking, checks, "MX", false,
		    json_string(first == NULL
				    ? "none: nothing comes to the trap"
				    : "a null MX: nothing comes to the trap"));
		return;
	}
	ours = own[0] == '\0' || strcasecmp(first, own) == 0;
	trap_check_note(checking, checks, "MX", ours,
	    json_sprintf("%s%s%s", first,
		ours ? "" : ": not ingest.hostname, which is ",
		ours ? "" : own));
}

/* The one text that begins so, or NULL. */
static const char *
text_of(const json_t *texts, const char *beginning)
{
	json_t *text;
	size_t i;

	json_array_foreach(texts, i, text)
	{
		const char *value = json_string_value(text);

		if (strncasecmp(value, beginning, strlen(beginning)) == 0)
			return value;
	}
	return NULL;
}

static void
check_spf(struct trap_check *checking, const char *domain, json_t *checks)
{
	json_t *texts = json_array();
	int error = dnsask_query(checking->ask, domain, DNSASK_TXT, texts);
	const char *spf = text_of(texts, "v=spf1");

	if (error != 0)
		note_silence(checking, checks, "SPF", error);
	else if (spf == NULL)
		trap_check_note(checking, checks, "SPF", false,
		    json_string("none: nobody can tell that it never sends"));
	else if (strcasecmp(spf, "v=spf1 -all") == 0)
		trap_check_note(
		    checking, checks, "SPF", true, json_string(spf));
	else
		trap_check_note(checking, checks, "SPF", false,
		    json_sprintf("\"%s\" lets somebody send for it; a trap "
				 "says \"v=spf1 -all\"",
			spf));
	json_decref(texts);
}

/* The policy is the tag right behind the version (RFC 7489 section 6.3). */
static bool
rejects(const char *dmarc)
{
	const char *tag = strchr(dmarc, ';');

	while (tag != NULL) {
		tag += 1 + strspn(tag + 1, " \t");
		if (strncasecmp(tag, "p", 1) == 0 &&
		    tag[1 + strspn(tag + 1, " \t")] == '=') {
			tag = strchr(tag, '=') + 1;
			tag += strspn(tag, " \t");
			return strncasecmp(tag, "reject", 6) == 0;
		}
		tag = strchr(tag, ';');
	}
	return false;
}

static void
check_dmarc(struct trap_check *checking, const char *domain, json_t *checks)
{
	char name[TRAP_DOMAIN_MAX + 16];
	json_t *texts = json_array();
	const char *dmarc;
	int error;

	snprintf(name, sizeof(name), "_dmarc.%s", domain);
	error = dnsask_query(checking->ask, name, DNSASK_TXT, texts);
	dmarc = text_of(texts, "v=DMARC1");
	if (error != 0)
		note_silence(checking, checks, "DMARC", error);
	else if (dmarc == NULL)
		trap_check_note(checking, checks, "DMARC", false,
		    json_string("none: what is forged in its name is taken"));
	else
		trap_check_note(checking, checks, "DMARC", rejects(dmarc),
		    json_sprintf("%s%s", dmarc,
			rejects(dmarc) ? "" : ": does not say p=reject"));
	json_decref(texts);
}

void
trap_check_dns(struct trap_check *checking, const char *domain, json_t *checks,
    json_t *servers)
{
	check_mx(checking, domain, checks, servers);
	check_spf(checking, domain, checks);
	check_dmarc(checking, domain, checks);
}

/* --- what to publish ------------------------------------------------------ */

json_t *
trap_check_records(const struct trap_check *checking, const char *domain)
{
	const char *host = checking->ctl->settings.ingest.hostname;
	json_t *records = json_array();

	json_array_append_new(
	    records, json_sprintf("%s. MX 10 %s.", domain,
			 host[0] != '\0' ? host : "NAME-OF-INGEST"));
	json_array_append_new(
	    records, json_sprintf("%s. TXT \"v=spf1 -all\"", domain));
	json_array_append_new(records,
	    json_sprintf(
		"_dmarc.%s. TXT \"v=DMARC1; p=reject; sp=reject\"", domain));
	return records;
}
