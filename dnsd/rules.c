#include "dnsd/rules.h"

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

int
rules_from(const struct settings *settings, struct rules *rules)
{
	int error;

	memset(rules, 0, sizeof(*rules));
	rules->udp_size = (uint16_t)settings->dnsd.udp_size;
	rules->tcp_idle_seconds = (unsigned)settings->dnsd.tcp_idle_seconds;
	rules->tcp_per_client = (unsigned)settings->dnsd.tcp_per_client;
	error = copy_text("dnsd.nsid", settings->dnsd.nsid, rules->nsid);
	if (error == 0)
		error = copy_text(
		    "dnsd.version", settings->dnsd.version, rules->version);
	return error;
}
