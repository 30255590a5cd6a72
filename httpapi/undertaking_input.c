#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "db/stored.h"
#include "httpapi/act_input.h"
#include "httpapi/undertaking_api.h"

/*
 * What programs would have done, read of the body or query of their requests.
 */

static int
read_reason(struct act *act, struct undertaking *what)
{
	const char *reason;
	int code = act_reason(act, &reason);

	if (code == 0)
		strcpy(what->reason, reason);
	return code;
}

int
undertaking_guard(struct act *act, struct undertaking *what)
{
	bool release;
	int code = act_guard_decision(act, &release);

	what->sort = release ? UNDERTAKING_RELEASE : UNDERTAKING_REJECT;
	what->everywhere = true;
	return code != 0 ? code : read_reason(act, what);
}

static int
read_purge(struct act *act, struct undertaking *what, int code)
{
	what->only_looks =
	    !json_is_false(json_object_get(act->input, "dry_run"));
	return code != 0 ? code : read_reason(act, what);
}

/* Which it is, as it was named. */
static void
name_purge(struct act *act, struct undertaking *what)
{
	const char *text = act_text(act, purge_by_name(what->purge.by));

	if (text != NULL)
		stored_copy_text(what->subject, sizeof(what->subject), text);
	else
		snprintf(what->subject, sizeof(what->subject), "%" PRIu64,
		    what->purge.which);
}

int
undertaking_purge(struct act *act, struct undertaking *what)
{
	int code = act_read_purge(act, &what->purge);

	what->sort = UNDERTAKING_PURGE;
	what->until_now = act_text(act, "to") == NULL;
	if (code == 0)
		name_purge(act, what);
	return read_purge(act, what, code);
}

int
undertaking_merge(struct act *act, struct undertaking *what)
{
	int code = act_read_merge(act, &what->purge);

	what->sort = UNDERTAKING_MERGE;
	what->until_now = true;
	stored_copy_text(what->subject, sizeof(what->subject), act->subject);
	return read_purge(act, what, code);
}

int
undertaking_unlist(struct act *act, struct undertaking *what)
{
	int code = act_prefix(act, act->subject, &what->prefix);

	what->sort = UNDERTAKING_REMOVE;
	if (code == 0)
		ipprefix_format(&what->prefix, what->subject);
	return code != 0 ? code : read_reason(act, what);
}

int
undertaking_exempt(struct act *act, struct undertaking *what)
{
	int code = act_prefix(act, act_text(act, "prefix"), &what->prefix);

	what->sort = UNDERTAKING_EXEMPT;
	if (code == 0)
		ipprefix_format(&what->prefix, what->subject);
	if (code == 0)
		code = read_reason(act, what);
	if (code == 0 && what->reason[0] == '\0')
		code =
		    act_refuse(act, ERROR_REFUSED, "A reason must be given.");
	return code != 0 ? code : act_until(act, &what->until);
}
