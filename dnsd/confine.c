#include "dnsd/confine.h"

#include "common/sandbox.h"

int
dnsd_confine(const struct settings *settings)
{
	struct sandbox sandbox;

	sandbox_init(&sandbox, SANDBOX_SEND);
	sandbox_allow_beside(&sandbox, settings->path);
	sandbox_allow_beside(&sandbox, settings->dnsd.tsig_key_file);
	return sandbox_enter(&sandbox);
}
