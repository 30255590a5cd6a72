#include "ingest/judge_private.h"

#include <string.h>

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

/* A reply goes to one; who tells others of an absence writes to several. */
static bool
is_to_one(const struct notice *notice)
{
	const char *to = message_field(notice->message, "To");
	const char *at = to == NULL ? NULL : strchr(to, '@');

	return message_field(notice->message, "Cc") == NULL &&
	       (at == NULL || strchr(at, ',') == NULL);
}

static bool
is_asking(const struct notice *notice)
{
	size_t len = notice->text_len;

	return strstr(notice->text, "? ") != NULL ||
	       (len > 0 && notice->text[len - 1] == '?');
}

/*
 * People say in a program of theirs that they go away, ask something, or show
 * where to read on, as sites do that pass on their words.
 */
static bool
is_written(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return HAS(NONE, FROM) || notice->has_link || is_asking(notice);
}

/* Answers greet nobody by what he is to them, and ask nothing. */
static bool
is_to_people(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return HAS(NONE, GREETING) || is_asking(notice);
}

/* What shops and swindlers write, with as much courtesy. */
static bool
is_trade(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return (HAS(NONE, TEXT) || HAS(NONE, TRADE)) &&
	       !notice_answers_trap(notice);
}

/*
 * What help desks write when a ticket is opened, and what they write after. A
 * ticket that they opened themselves may hold whatever somebody made them send.
 */
static bool
is_desk_reply(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	if (signs_have(findings->signs, "own-thread"))
		return HAS(AUTOREPLY, TEXT) ||
		       (HAS(AUTOREPLY, GREETING) && HAS(AUTOREPLY, COURTESY));
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

/* It calls itself an answer, or a machine's, and is short and for one. */
static bool
is_calling_itself(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return (HAS(AUTOREPLY, MACHINE) ||
		   signs_have_prefix(findings->signs, "text-auto-")) &&
	       judge_is_short(notice) && is_addressed(notice) &&
	       is_to_one(notice) && !is_written(notice) && !is_trade(notice) &&
	       !notice_is_listed(notice) &&
	       !signs_have(findings->signs, "auto-generated");
}

/*
 * Its subject says that somebody is away or that a machine answers, and nothing
 * more; the rest may be in whatever words: to one, short, and not by the hand
 * of a person who asks or shows something.
 */
static bool
is_titled_alone(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return signs_have(findings->signs, "subject-title-alone") &&
	       judge_is_short(notice) && is_addressed(notice) &&
	       is_to_one(notice) && !is_written(notice) && !is_trade(notice) &&
	       !HAS(NONE, GREETING) && !HAS(AUTOREPLY, REPLY) &&
	       !notice_is_listed(notice) && !judge_wants_answer(notice) &&
	       !signs_have(findings->signs, "auto-generated");
}

/* Who begs and sells from nobody's address wants to be written to elsewhere. */
static bool
names_strangers(const struct notice *notice)
{
	return strchr(notice->text, '@') != NULL && !judge_names_itself(notice);
}

static bool
is_title_of_absence(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return signs_have_prefix(findings->signs, "subject-away-") ||
	       signs_have_prefix(findings->signs, "subject-leave-");
}

/* Courtesies are people's as well: it takes three signs with them. */
static bool
is_courteous_autoreply(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;
	bool courtesy = HAS(AUTOREPLY, COURTESY);
	bool machine = HAS(AUTOREPLY, MACHINE);
	bool null = HAS(AUTOREPLY, ENVELOPE) && !names_strangers(notice);
	bool reply = HAS(AUTOREPLY, REPLY);
	bool field = HAS(AUTOREPLY, FIELD) || HAS(AUTOREPLY, FORM);

	if (HAS(AUTOREPLY, TICKET) && notice_answers_trap(notice) &&
	    (courtesy || HAS(AUTOREPLY, ROBOT)))
		return true;
	if (is_trade(notice))
		return false;
	if (null && is_title_of_absence(notice) && !notice->has_link &&
	    judge_is_short(notice))
		return true;
	if (HAS(AUTOREPLY, GREETING))
		return ((courtesy || machine) && (null || reply || field)) ||
		       (courtesy && is_calling_itself(notice));
	/* Robots that somebody asked to write say thank you, and click here. */
	return courtesy &&
	       ((null && (reply || field ||
			     (HAS(AUTOREPLY, ROBOT) && !notice->has_link))) ||
		   (reply && signs_have(findings->signs, "auto-generated")) ||
		   (machine && (null || reply)));
}

/* People who answer the trap's own message bear no such marks. */
static bool
is_machines(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return HAS(AUTOREPLY, MACHINE) || HAS(AUTOREPLY, REFUSAL) ||
	       HAS(AUTOREPLY, TICKET) || HAS(AUTOREPLY, DESK);
}

/* Sites generate mail that tells of absences: that is no answer. */
static bool
is_replying_robot(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return HAS(AUTOREPLY, ROBOT) &&
	       (!signs_have(findings->signs, "auto-generated") ||
		   signs_have(findings->signs, "auto-response-suppress"));
}

/* What robots say of themselves is another matter. */
static bool
is_telling_robot(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return is_replying_robot(notice) ||
	       (HAS(AUTOREPLY, ROBOT) &&
		   !signs_have_prefix(findings->signs, "text-absent-"));
}

/* By its text alone, without a subject of that kind. */
static bool
is_telling_autoreply(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;
	bool told = HAS(AUTOREPLY, REPLY) || HAS(AUTOREPLY, REFUSAL);

	if (HAS(AUTOREPLY, FIELD) ||
	    (HAS(AUTOREPLY, FORM) && !is_trade(notice)))
		return true;
	/* Who tells of his leave, or of a child's, has its name for a title. */
	if (HAS(AUTOREPLY, GREETING) && is_to_one(notice) &&
	    !is_written(notice) &&
	    (HAS(AUTOREPLY, COURTESY) ||
		!signs_have_prefix(findings->signs, "subject-leave-")))
		return true;
	if (is_calling_itself(notice))
		return true;
	if (notice_answers_trap(notice) &&
	    (is_machines(notice) ||
		signs_have_prefix(findings->signs, "text-auto-")))
		return true;
	/* Whoever writes to many speaks of absences and robots as well. */
	if (!told && (notice->has_link || is_trade(notice)))
		return false;
	return HAS(AUTOREPLY, ENVELOPE) ||
	       (is_telling_robot(notice) && is_addressed(notice));
}

/* Spam quotes what it likes, and bears a link. */
static bool
is_replying(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return HAS(AUTOREPLY, REPLY) &&
	       (!notice->has_link ||
		   signs_have(findings->signs, "in-reply-to") ||
		   signs_have(findings->signs, "references"));
}

/* By words of two kinds, or of one and something more. */
static bool
is_worded_autoreply(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;
	bool text = HAS(AUTOREPLY, TEXT), null = HAS(AUTOREPLY, ENVELOPE);
	bool field = HAS(AUTOREPLY, FIELD) || HAS(AUTOREPLY, FORM);

	/* Comments on what somebody wrote are held as well. */
	if (HAS(AUTOREPLY, HELD) &&
	    (field ||
		(!is_trade(notice) && (text || (null && !notice->has_link)))))
		return true;
	/* A site passes on what its members wrote, of their absences too. */
	if (HAS(NONE, HEARSAY) && notice->has_link &&
	    !notice_answers_trap(notice))
		return false;
	if (is_trade(notice) && judge_wants_answer(notice))
		return false;
	/* Whoever writes to many, or reports of people, has all titles. */
	if (!null && !field &&
	    (notice_is_listed(notice) ||
		(HAS(AUTOREPLY, ROBOT) && notice_answers_itself(notice))))
		return false;
	if (!null && !HAS(AUTOREPLY, REPLY) &&
	    (!is_to_one(notice) ||
		(is_to_people(notice) && !HAS(AUTOREPLY, MACHINE))))
		return false;
	if (is_titled_alone(notice))
		return true;
	if (HAS(AUTOREPLY, SUBJECT))
		return text || field ||
		       (null && !notice->has_link && !is_trade(notice)) ||
		       HAS(AUTOREPLY, COURTESY) || HAS(AUTOREPLY, MACHINE) ||
		       is_replying(notice) || is_replying_robot(notice);
	if (text)
		return is_telling_autoreply(notice);
	return is_courteous_autoreply(notice);
}

/*
 * Nobody answers what bears an id of the trap's, in whatever language: by a
 * subject of its own, not as people do.
 */
static bool
is_answer_of_nobody(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return HAS(AUTOREPLY, ENVELOPE) && notice_answers_trap(notice) &&
	       strncmp(message_subject(notice->message), "re:", 3) != 0 &&
	       !judge_of_trap(notice) && !notice_is_listed(notice);
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
	return is_marked_autoreply(notice) || is_worded_autoreply(notice) ||
	       is_answer_of_nobody(notice);
}
