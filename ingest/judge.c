#include "ingest/judge.h"

#include <string.h>

#define HAS(kind, family)                                                      \
	finding_has(findings, BACKSCATTER_##kind, FAMILY_##family)

/* What came by way of a list's own address has that as its sender. */
static bool
knows_sender(const struct notice *notice)
{
	return notice->envelope->sender_known &&
	       !notice_is_administrative(notice->envelope->sender);
}

static bool
is_own_original(const struct notice *notice)
{
	const struct original *original = &notice->original;

	return original->found &&
	       (notice_is_trap(notice, original->return_path) ||
		   notice_is_trap(notice, original->from) ||
		   notice_is_trap(notice, original->reply_to));
}

/* A report in no known language is short; who begs or sells writes more. */
#define SHORT_TEXT 800

static bool
is_short(const struct notice *notice)
{
	return notice->text_len < SHORT_TEXT;
}

/* Who wants an answer elsewhere is no machine that reports something. */
static bool
wants_answer(const struct notice *notice)
{
	char from[MESSAGE_ADDRESS_MAX], reply_to[MESSAGE_ADDRESS_MAX];

	message_address(message_field(notice->message, "From"), from);
	return message_address(
		   message_field(notice->message, "Reply-To"), reply_to) > 0 &&
	       strcmp(from, reply_to) != 0;
}

static bool
is_about_neighbour(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return HAS(DSN, NEIGHBOUR) && !wants_answer(notice) &&
	       !HAS(AUTOREPLY, TEXT) && !HAS(AUTOREPLY, SUBJECT);
}

/*
 * Bounces that are no reports. Words that anybody may write ("could not be
 * delivered"), subjects and senders are what baits copy. Hard to come by are a
 * code beside an address, the quoted original, a mail system's own words and
 * its fields.
 */
static unsigned
hard_signs(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return HAS(DSN, SYSTEM) + HAS(DSN, CODE) + HAS(DSN, ORIGINAL) +
	       HAS(DSN, STRUCTURE) + HAS(DSN, FIELD);
}

static unsigned
soft_signs(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return HAS(DSN, TEXT) + HAS(DSN, SUBJECT);
}

static bool
is_hard_enough(const struct notice *notice)
{
	return hard_signs(notice) >= 1 &&
	       hard_signs(notice) + soft_signs(notice) >= 2;
}

/* From nobody, and from a mailer-daemon: only a link makes one doubt. */
static bool
is_from_null_daemon(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return hard_signs(notice) >= 1 || !notice->has_link ||
	       (HAS(DSN, LISTED) && soft_signs(notice) >= 1);
}

/* From nobody, and from whom baits imitate, which have a link. */
static bool
is_from_null_administrator(const struct notice *notice)
{
	if (!notice->has_link &&
	    (hard_signs(notice) >= 1 ||
		(soft_signs(notice) >= 1 && !wants_answer(notice)) ||
		(is_short(notice) && is_about_neighbour(notice))))
		return true;
	return is_own_original(notice) || is_hard_enough(notice);
}

static bool
is_from_null(const struct notice *notice)
{
	return is_hard_enough(notice) ||
	       (!notice->has_link && soft_signs(notice) == 2 &&
		   is_about_neighbour(notice));
}

/* A file that does not say who was its envelope's sender. */
static bool
is_from_unknown(const struct notice *notice, bool daemon)
{
	const struct findings *findings = &notice->findings;
	unsigned hard = hard_signs(notice), soft = soft_signs(notice);

	if (daemon)
		return hard + soft + HAS(DSN, LISTED) >= 2 ||
		       (HAS(DSN, SUBJECT) && !notice->has_link);
	if (HAS(DSN, FROM))
		return is_hard_enough(notice);
	return (HAS(DSN, SUBJECT) && hard >= 2) ||
	       (soft == 2 && HAS(DSN, ORIGINAL));
}

/* Postmasters send lists of yesterday's errors to themselves; people ask. */
static bool
is_from_sender(const struct notice *notice, bool daemon)
{
	const struct findings *findings = &notice->findings;
	unsigned hard = hard_signs(notice), soft = soft_signs(notice);

	if (!HAS(DSN, FROM))
		return soft == 2 && is_own_original(notice);
	return hard >= 2 || (hard >= 1 && HAS(DSN, SUBJECT)) ||
	       (soft == 2 && !notice->has_link &&
		   (daemon || is_about_neighbour(notice)));
}

static bool
is_text_bounce(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;
	bool daemon = signs_have(findings->signs, "from-mailer-daemon");

	if (HAS(DSN, ENVELOPE) && daemon)
		return is_from_null_daemon(notice);
	if (HAS(DSN, ENVELOPE) && HAS(DSN, FROM))
		return is_from_null_administrator(notice);
	if (HAS(DSN, ENVELOPE))
		return is_from_null(notice);
	if (!knows_sender(notice))
		return is_from_unknown(notice, daemon);
	return is_from_sender(notice, daemon);
}

/* The trap's own message comes back from nobody: in whatever language. */
static bool
is_returned(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return HAS(DSN, ENVELOPE) && notice->original.attached &&
	       is_own_original(notice);
}

/*
 * Whoever warns of viruses in general writes of them as well: a notice says
 * that the reader sent one, or comes from nobody.
 */
static bool
is_virus_notice(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;
	bool subject = HAS(VIRUS_NOTICE, SUBJECT);
	bool text = HAS(VIRUS_NOTICE, TEXT), told = HAS(VIRUS_NOTICE, REPLY);
	bool system = HAS(VIRUS_NOTICE, SYSTEM);
	bool scanner = HAS(VIRUS_NOTICE, FROM) || HAS(VIRUS_NOTICE, FIELD);

	if (HAS(VIRUS_NOTICE, MARK))
		return subject || text || HAS(VIRUS_NOTICE, FROM);
	/* Replies of other kinds have been scanned as well, and say so. */
	if (HAS(AUTOREPLY, MARK) && !HAS(AUTOREPLY, SUBJECT) &&
	    !HAS(AUTOREPLY, TEXT) && (subject || (text && told)))
		return true;
	if (system && (told || (!notice->has_link &&
				   (scanner || HAS(VIRUS_NOTICE, ENVELOPE)))))
		return true;
	if (HAS(VIRUS_NOTICE, ENVELOPE) && hard_signs(notice) == 0 &&
	    !notice->has_link && told && (subject || text))
		return true;
	if (HAS(VIRUS_NOTICE, ENVELOPE))
		return (told || !notice->has_link || HAS(DSN, NEIGHBOUR)) &&
		       scanner + subject + text >= 2;
	return scanner && (told || HAS(DSN, FROM)) && (subject || text);
}

/* Software of mailing lists, which asks to confirm a subscription. */
static bool
is_from_list_software(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return HAS(AUTOREPLY, SYSTEM) || HAS(AUTOREPLY, MARK) ||
	       HAS(CHALLENGE, ENVELOPE) || HAS(CHALLENGE, TOKEN) ||
	       signs_have(findings->signs, "list-ezmlm") ||
	       signs_have(findings->signs, "list-administrivia") ||
	       (notice->envelope->sender_known &&
		   notice_is_administrative(notice->envelope->sender));
}

/*
 * One that answers: banks and shops ask for confirmations as well, but answer
 * nothing that the trap could have written.
 */
static bool
is_answering_challenge(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;
	bool marked = HAS(AUTOREPLY, MARK);
	bool subject = HAS(CHALLENGE, SUBJECT), text = HAS(CHALLENGE, TEXT);
	bool token = HAS(CHALLENGE, TOKEN), held = HAS(CHALLENGE, LINK);
	bool mine = is_own_original(notice);

	if (marked && (token || (subject && (text || held))))
		return true;
	if ((marked || HAS(CHALLENGE, ENVELOPE)) &&
	    ((text && (mine || token || HAS(VIRUS_NOTICE, REPLY))) ||
		(subject && (mine || token))))
		return true;
	return subject && notice_answers_trap(notice) &&
	       (token || text || held || HAS(CHALLENGE, ENVELOPE));
}

static bool
is_challenge(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;
	bool subject = HAS(CHALLENGE, SUBJECT), text = HAS(CHALLENGE, TEXT);
	bool null = HAS(CHALLENGE, ENVELOPE), held = HAS(CHALLENGE, LINK);

	if (HAS(CHALLENGE, SYSTEM) && subject && !HAS(AUTOREPLY, SUBJECT) &&
	    !HAS(AUTOREPLY, HELD) && is_from_list_software(notice))
		return true;
	if (HAS(CHALLENGE, FIELD))
		return subject || text || held || null || HAS(AUTOREPLY, MARK);
	/* Parcels are held as well, and their senders ask for confirmation. */
	if (text && held &&
	    (null || HAS(AUTOREPLY, MARK) ||
		(subject && HAS(AUTOREPLY, REPLY))))
		return true;
	return is_answering_challenge(notice);
}

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

/* A list sends back what its moderator did not take, without such words. */
static bool
is_returned_post(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return HAS(AUTOREPLY, FIELD) && HAS(AUTOREPLY, ENVELOPE) &&
	       notice_is_listed(notice) && !HAS(DSN, SYSTEM) &&
	       !HAS(DSN, CODE) && !HAS(DSN, STRUCTURE) && !HAS(DSN, FIELD);
}

enum backscatter_kind
judge_kind(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	if (HAS(CHALLENGE, MARK))
		return BACKSCATTER_CHALLENGE;
	if (notice->has_report || notice->rejection)
		return BACKSCATTER_DSN;
	if (is_virus_notice(notice))
		return BACKSCATTER_VIRUS_NOTICE;
	if (is_challenge(notice))
		return BACKSCATTER_CHALLENGE;
	if (is_returned_post(notice))
		return BACKSCATTER_AUTOREPLY;
	if (is_text_bounce(notice))
		return BACKSCATTER_DSN;
	if (is_marked_autoreply(notice) || is_worded_autoreply(notice))
		return BACKSCATTER_AUTOREPLY;
	if (is_returned(notice))
		return BACKSCATTER_DSN;
	return BACKSCATTER_NONE;
}

/* DESIGN: A by the original, B by report or two signs, C the same for replies.
 */
enum proof_grade
judge_grade(const struct notice *notice, enum backscatter_kind kind)
{
	const struct findings *findings = &notice->findings;
	bool enough = finding_families(findings, kind) >= 2;

	if (kind == BACKSCATTER_NONE)
		return GRADE_E;
	/* What a relay of ours wrote of its client is not the connection. */
	if (is_own_original(notice))
		return notice->envelope->relayed ? GRADE_B : GRADE_A;
	if (kind == BACKSCATTER_DSN)
		return notice->has_report || enough ? GRADE_B : GRADE_E;
	/* RFC 3834 section 5 */
	enough = enough || signs_have(findings->signs, "auto-replied");
	return enough ? GRADE_C : GRADE_E;
}
