#include <stdio.h>
#include <stdlib.h>

#include "common/error.h"
#include "ctl/verb.h"
#include "db/policy_text.h"

/* The page for those who are listed, by the settings in force. */
int
verb_policy(struct ctl *ctl, int count, char *words[])
{
	struct policy policy;
	char *text = NULL;
	size_t len;
	FILE *page;
	int status;

	(void)count;
	(void)words;
	if (policy_from_settings(&ctl->settings, &policy) != 0)
		return CTL_DATABASE;
	page = open_memstream(&text, &len);
	if (page != NULL) {
		policy_describe(&policy, page);
		fclose(page);
	}
	if (text == NULL)
		return ctl_fail(ERROR_LIMIT, "no memory for the page");
	if (!ctl->json)
		fputs(text, stdout);
	status = ctl_finish(ctl,
	    json_pack("{s:s, s:s}", "preset", policy.preset, "text", text));
	free(text);
	return status;
}
