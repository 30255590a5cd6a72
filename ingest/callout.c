#include "ingest/callout.h"

#include <strings.h>

bool
callout_sender(const char *sender)
{
	static const char double_bounce[] = "double-bounce@";

	return *sender == '\0' || strncasecmp(sender, double_bounce,
				      sizeof(double_bounce) - 1) == 0;
}

const char *
callout_judge(const char *sender, enum dialogue_end end,
    unsigned refused_recipients, struct signs *signs, enum proof_grade *grade)
{
	*grade = GRADE_E;
	if (!callout_sender(sender) || refused_recipients > CALLOUT_REFUSED_MAX)
		return "dictionary-attack";
	signs_add(signs,
	    *sender == '\0' ? "callout-null-sender" : "callout-double-bounce");
	if (end == DIALOGUE_DROPPED)
		signs_add(signs, "dialogue-dropped");
	if (end == DIALOGUE_UNTOLD)
		signs_add(signs, "dialogue-end-untold");
	if (refused_recipients > 0)
		signs_add(signs, "recipients-refused");
	if (end != DIALOGUE_DROPPED && refused_recipients == 0)
		*grade = GRADE_D;
	return NULL;
}
