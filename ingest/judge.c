#include "ingest/judge.h"

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

/*
 * A bounce that is no report. Words that anybody may write ("could not be
 * delivered"), subjects and senders are what baits copy. Hard to come by are a
 * code beside an address, the quoted original, a mail system's own words and
 * its fields.
 */
static bool
is_text_bounce(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;
	bool envelope = HAS(DSN, ENVELOPE), from = HAS(DSN, FROM);
	bool subject = HAS(DSN, SUBJECT), text = HAS(DSN, TEXT);
	bool original = HAS(DSN, ORIGINAL);
	unsigned hard = HAS(DSN, SYSTEM) + HAS(DSN, CODE) + original +
			HAS(DSN, STRUCTURE) + HAS(DSN, FIELD);

	bool daemon = signs_have(findings->signs, "from-mailer-daemon");

	if (envelope && daemon)
		return hard >= 1 || !notice->has_link;
	if (envelope && from)
		return is_own_original(notice) ||
		       (hard >= 1 && hard + text + subject >= 2) ||
		       (text && subject && !notice->has_link);
	if (daemon && !knows_sender(notice))
		return hard + text + subject + HAS(DSN, LISTED) >= 2;
	if (from || envelope)
		return hard >= 1 && hard + text + subject >= 2;
	/* Who names itself otherwise may be a person with a question. */
	return subject && text && original &&
	       (!knows_sender(notice) || is_own_original(notice));
}

static bool
is_virus_notice(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;
	bool subject = HAS(VIRUS_NOTICE, SUBJECT);
	bool text = HAS(VIRUS_NOTICE, TEXT), from = HAS(VIRUS_NOTICE, FROM);

	if (HAS(VIRUS_NOTICE, MARK))
		return subject || text || from;
	if (HAS(VIRUS_NOTICE, ENVELOPE))
		return (subject || text) && (from || HAS(VIRUS_NOTICE, FIELD));
	return subject && text && (from || HAS(VIRUS_NOTICE, FIELD));
}

static bool
is_challenge(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	/* Software of mailing lists asks to confirm a subscription. */
	if (HAS(CHALLENGE, SUBJECT) && HAS(CHALLENGE, SYSTEM) &&
	    (HAS(AUTOREPLY, SYSTEM) ||
		signs_have(findings->signs, "list-administrivia")) &&
	    !HAS(AUTOREPLY, SUBJECT))
		return true;
	if (HAS(CHALLENGE, FIELD) &&
	    (HAS(CHALLENGE, SUBJECT) || HAS(CHALLENGE, TEXT) ||
		HAS(AUTOREPLY, MARK)))
		return true;
	return HAS(CHALLENGE, TEXT) && HAS(CHALLENGE, LINK) &&
	       (HAS(CHALLENGE, SUBJECT) || HAS(AUTOREPLY, MARK) ||
		   HAS(DSN, ENVELOPE));
}

/* Automatic replies without a mark: by words of two kinds, or one and more. */
static bool
is_autoreply(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;
	bool subject = HAS(AUTOREPLY, SUBJECT), text = HAS(AUTOREPLY, TEXT);
	bool null = HAS(AUTOREPLY, ENVELOPE), reply = HAS(AUTOREPLY, REPLY);
	bool courtesy = HAS(AUTOREPLY, COURTESY);

	if (HAS(AUTOREPLY, MARK) || HAS(AUTOREPLY, SYSTEM))
		return true;
	if (subject)
		return text || courtesy || null || reply ||
		       HAS(AUTOREPLY, FIELD) || HAS(AUTOREPLY, ROBOT);
	if (text)
		return null || HAS(AUTOREPLY, FIELD);
	if (HAS(AUTOREPLY, GREETING))
		return courtesy && (null || reply || HAS(AUTOREPLY, FIELD));
	return courtesy && null && (reply || HAS(AUTOREPLY, FIELD));
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
	if (is_text_bounce(notice))
		return BACKSCATTER_DSN;
	if (is_autoreply(notice))
		return BACKSCATTER_AUTOREPLY;
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
