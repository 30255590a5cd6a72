#include "ingest/judge_private.h"

#include <string.h>

/*
 * Bounces that are no reports: which signs are enough, and in what company.
 */

/* What came by way of a list's own address has that as its sender. */
static bool
knows_sender(const struct notice *notice)
{
	return notice->envelope->sender_known &&
	       !notice_is_administrative(notice->envelope->sender);
}

/* A report in no known language is short; who begs or sells writes more. */
#define SHORT_TEXT 800

bool
judge_is_short(const struct notice *notice)
{
	return notice->text_len < SHORT_TEXT;
}

bool
judge_wants_answer(const struct notice *notice)
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

	return HAS(DSN, NEIGHBOUR) && !judge_wants_answer(notice) &&
	       !HAS(AUTOREPLY, TEXT) && !HAS(AUTOREPLY, SUBJECT);
}

/*
 * Bounces that are no reports. Words that anybody may write ("could not be
 * delivered"), subjects and senders are what baits copy. Hard to come by are a
 * code beside an address, the quoted original, a mail system's own words and
 * its fields.
 */
unsigned
judge_hard_signs(const struct notice *notice)
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
	return judge_hard_signs(notice) >= 1 &&
	       judge_hard_signs(notice) + soft_signs(notice) >= 2;
}

/* Parcels are not delivered either; their senders name no mailbox. */
static bool
is_about_goods(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return HAS(NONE, TRADE) && !HAS(DSN, LISTED) && !HAS(DSN, NEIGHBOUR);
}

/* From nobody, and from a mailer-daemon: that much is forged as well. */
static bool
is_from_null_daemon(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;
	bool listed = HAS(DSN, LISTED), soft = soft_signs(notice) >= 1;

	if (judge_hard_signs(notice) >= 1 || (listed && soft))
		return true;
	return !notice->has_link && !judge_wants_answer(notice) &&
	       (soft || listed || HAS(DSN, NEIGHBOUR));
}

/* From nobody, and from whom baits imitate, which have a link. */
static bool
is_from_null_administrator(const struct notice *notice)
{
	if (!notice->has_link &&
	    (judge_hard_signs(notice) >= 1 ||
		(soft_signs(notice) >= 1 && !judge_wants_answer(notice) &&
		    !is_about_goods(notice)) ||
		(judge_is_short(notice) && is_about_neighbour(notice))))
		return true;
	return judge_own_original(notice) || is_hard_enough(notice);
}

static bool
is_from_null(const struct notice *notice)
{
	return is_hard_enough(notice) ||
	       (!notice->has_link && soft_signs(notice) == 2 &&
		   is_about_neighbour(notice) &&
		   !notice_answers_itself(notice));
}

/* Words alone, where the envelope does not speak against them. */
static bool
is_worded(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;
	bool named = HAS(DSN, LISTED) || HAS(DSN, NEIGHBOUR);

	if (judge_wants_answer(notice) || is_about_goods(notice))
		return false;
	if (soft_signs(notice) == 2)
		return named || !notice->has_link;
	return soft_signs(notice) == 1 && HAS(DSN, NEIGHBOUR) &&
	       judge_is_short(notice) && !notice->has_link;
}

/* A file that does not say who was its envelope's sender. */
static bool
is_from_unknown(const struct notice *notice, bool daemon)
{
	const struct findings *findings = &notice->findings;
	unsigned hard = judge_hard_signs(notice), soft = soft_signs(notice);

	if (daemon)
		return hard + soft + HAS(DSN, LISTED) >= 2 ||
		       ((hard >= 1 || HAS(DSN, SUBJECT) ||
			    (judge_is_short(notice) &&
				is_about_neighbour(notice))) &&
			   !notice->has_link);
	if (HAS(DSN, FROM))
		return is_hard_enough(notice) || judge_own_original(notice) ||
		       is_worded(notice);
	return (HAS(DSN, SUBJECT) && hard >= 2) ||
	       (soft == 2 && HAS(DSN, ORIGINAL)) ||
	       (soft >= 1 && notice->original.attached &&
		   judge_own_original(notice));
}

/* Postmasters send lists of yesterday's errors to themselves; people ask. */
static bool
is_from_sender(const struct notice *notice, bool daemon)
{
	const struct findings *findings = &notice->findings;
	unsigned hard = judge_hard_signs(notice), soft = soft_signs(notice);

	if (!HAS(DSN, FROM))
		return soft == 2 && judge_own_original(notice);
	/* A postmaster's own sender, too: a person's mail is rarely so short.
	 */
	if (signs_have(findings->signs, "postmaster-sender") &&
	    message_field(notice->message, "In-Reply-To") == NULL &&
	    is_about_neighbour(notice) && is_worded(notice) &&
	    !HAS(NONE, TRADE))
		return true;
	return hard >= 2 || (hard >= 1 && HAS(DSN, SUBJECT)) ||
	       (soft == 2 && !notice->has_link &&
		   (daemon || is_about_neighbour(notice)));
}

bool
judge_text_bounce(const struct notice *notice)
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

bool
judge_returned(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return HAS(DSN, ENVELOPE) && notice->original.attached &&
	       judge_own_original(notice);
}
