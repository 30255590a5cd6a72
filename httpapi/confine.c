#include "httpapi/confine.h"

#include <netinet/in.h>
#include <string.h>

#include "common/listen.h"
#include "common/sandbox.h"

#define DNS_PORT 53

/* What libraries read: c-ares for each question, sysconf(3) of processors. */
static const char *const read_by_libraries[] = {
	"/etc/nsswitch.conf",
	"/etc/host.conf",
	"/etc/hosts",
	"/sys/devices/system/cpu",
};

/* An address without a port is none to listen on. */
static uint16_t
resolver_port(const char *resolver)
{
	struct listen_address address;
	/* Both families have the port in the same place. */
	const struct sockaddr_in *in = (const void *)&address.sa;

	return listen_parse(resolver, &address) == 0 &&
		       address.sa.ss_family != AF_UNIX
		   ? ntohs(in->sin_port)
		   : DNS_PORT;
}

int
httpapi_confine(const struct settings *settings)
{
	const char *resolver = settings->httpapi.resolver;
	bool asks = strcmp(resolver, "none") != 0;
	struct sandbox sandbox;

	sandbox_init(&sandbox, asks ? SANDBOX_SEND | SANDBOX_CONNECT : 0);
	sandbox_allow_beside(&sandbox, settings->path);
	sandbox_allow_beside(&sandbox, settings->httpapi.tls_certificate);
	sandbox_allow_beside(&sandbox, settings->httpapi.tls_key);
	sandbox_allow_beside(&sandbox, "/etc/resolv.conf");
	for (size_t i = 0;
	     i < sizeof(read_by_libraries) / sizeof(read_by_libraries[0]); i++)
		sandbox_allow(&sandbox, read_by_libraries[i], SANDBOX_TO_READ);
	if (asks)
		sandbox_allow_port(&sandbox, resolver_port(resolver));
	return sandbox_enter(&sandbox);
}
