#include "ingest/judge_private.h"

/*
 * Automatic replies: which signs are enough, and in what company.
 */

/* A reply names whom it answers; what came by way of a list names the list. */
static bool
is_addressed(const struct notice *notice)
{
	char address[MESSAGE_ADDRESS_MAX];

	return message_address(message_field(notice->message, "To"), address) >
		   0 &&
	       notice_is_trap(notice, address);
}

/* What help desks write when a ticket is opened, and what they write after. */
static bool
is_desk_reply(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return HAS(AUTOREPLY, SUBJECT) || HAS(AUTOREPLY, TEXT) ||
	       HAS(AUTOREPLY, GREETING) ||
	       (HAS(AUTOREPLY, COURTESY) &&
		   (HAS(AUTOREPLY, ROBOT) || HAS(AUTOREPLY, MACHINE)));
}

/* By what software wrote into the header. */
static bool
is_marked_autoreply(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return HAS(AUTOREPLY, MARK) || HAS(AUTOREPLY, SYSTEM) ||
	       (HAS(AUTOREPLY, FIELD) && !HAS(NONE, SUBJECT) &&
		   (HAS(AUTOREPLY, ENVELOPE) || HAS(AUTOREPLY, FROM))) ||
	       (HAS(AUTOREPLY, DESK) && is_desk_reply(notice));
}

/* Courtesies are people's as well: it takes three signs with them. */
static bool
is_courteous_autoreply(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;
	bool courtesy = HAS(AUTOREPLY, COURTESY);
	bool machine = HAS(AUTOREPLY, MACHINE);
	bool null = HAS(AUTOREPLY, ENVELOPE), reply = HAS(AUTOREPLY, REPLY);
	bool field = HAS(AUTOREPLY, FIELD) || HAS(AUTOREPLY, FORM);

	if (HAS(AUTOREPLY, GREETING))
		return (courtesy || machine) && (null || reply || field);
	if (courtesy && HAS(AUTOREPLY, TICKET) && notice_answers_trap(notice))
		return true;
	return courtesy &&
	       ((null && (reply || field || HAS(AUTOREPLY, ROBOT))) ||
		   (reply && signs_have(findings->signs, "auto-generated")) ||
		   (machine && (null || reply)));
}

/* People who answer the trap's own message bear no such marks. */
static bool
is_machines(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return HAS(AUTOREPLY, MACHINE) || HAS(AUTOREPLY, TICKET) ||
	       HAS(AUTOREPLY, DESK);
}

/* By words of two kinds, or of one and something more. */
static bool
is_worded_autoreply(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;
	bool text = HAS(AUTOREPLY, TEXT), null = HAS(AUTOREPLY, ENVELOPE);
	bool field = HAS(AUTOREPLY, FIELD) || HAS(AUTOREPLY, FORM);

	if (HAS(AUTOREPLY, HELD) && (text || null || field))
		return true;
	/* Whoever writes to many, or reports of people, has all titles. */
	if (!null && !field &&
	    (notice_is_listed(notice) ||
		(HAS(AUTOREPLY, ROBOT) && notice_answers_itself(notice))))
		return false;
	if (HAS(AUTOREPLY, SUBJECT))
		return text || null || field || HAS(AUTOREPLY, COURTESY) ||
		       HAS(AUTOREPLY, MACHINE) || HAS(AUTOREPLY, REPLY) ||
		       HAS(AUTOREPLY, ROBOT);
	if (text)
		return null || field || HAS(AUTOREPLY, GREETING) ||
		       (HAS(AUTOREPLY, ROBOT) && is_addressed(notice)) ||
		       (is_machines(notice) && notice_answers_trap(notice));
	return is_courteous_autoreply(notice);
}

bool
judge_returned_post(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return HAS(AUTOREPLY, FIELD) && HAS(AUTOREPLY, ENVELOPE) &&
	       notice_is_listed(notice) && !HAS(DSN, SYSTEM) &&
	       !HAS(DSN, CODE) && !HAS(DSN, STRUCTURE) && !HAS(DSN, FIELD);
}

bool
judge_autoreply(const struct notice *notice)
{
	return is_marked_autoreply(notice) || is_worded_autoreply(notice);
}
