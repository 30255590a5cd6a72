#include "ingest/callout.h"

#include <string.h>
#include <strings.h>

bool
callout_sender(const char *sender)
{
	static const char double_bounce[] = "double-bounce@";

	return *sender == '\0' || strncasecmp(sender, double_bounce,
				      sizeof(double_bounce) - 1) == 0;
}
