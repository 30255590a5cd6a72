#include "ingest/confine.h"

#include <stdio.h>
#include <string.h>

#include "common/sandbox.h"

/*
 * What libraries read when they need it: iconv's character sets, OpenSSL's
 * settings, the resolvers of the system, how many processors there are.
 */
static const char *const read_by_libraries[] = {
	"/usr/lib",
	"/usr/share/i18n",
	"/usr/lib/ssl",
	"/etc/ssl/openssl.cnf",
	"/etc/resolv.conf",
	"/etc/localtime",
	"/sys/devices/system/cpu",
};

static void
allow_maildirs(struct sandbox *sandbox, const struct settings_list *maildirs)
{
	for (size_t i = 0; i < maildirs->count; i++) {
		char path[4096]; /* PATH_MAX; no longer one opens */
		int len = (int)strcspn(maildirs->items[i], " ");

		snprintf(path, sizeof(path), "%.*s", len, maildirs->items[i]);
		sandbox_allow(sandbox, path, SANDBOX_TO_CHANGE);
	}
}

int
ingest_confine(const struct settings *settings)
{
	struct sandbox sandbox;

	sandbox_init(&sandbox, SANDBOX_SEND | SANDBOX_WRITE | SANDBOX_CODE);
	sandbox_allow_beside(&sandbox, settings->path);
	sandbox_allow_beside(&sandbox, settings->ingest.tls_certificate);
	sandbox_allow_beside(&sandbox, settings->ingest.tls_key);
	sandbox_allow(&sandbox, settings->database.path, SANDBOX_TO_CHANGE);
	allow_maildirs(&sandbox, &settings->ingest.maildir);
	for (size_t i = 0;
	     i < sizeof(read_by_libraries) / sizeof(read_by_libraries[0]); i++)
		sandbox_allow(&sandbox, read_by_libraries[i], SANDBOX_TO_READ);
	return sandbox_enter(&sandbox);
}
