#include "ingest/judge.h"

#include <string.h>
#include <strings.h>

#include "ingest/judge_private.h"
#include "ingest/received.h"

bool
judge_own_original(const struct notice *notice)
{
	const struct original *original = &notice->original;

	return original->found &&
	       (notice_is_trap(notice, original->return_path) ||
		   notice_is_trap(notice, original->from) ||
		   notice_is_trap(notice, original->reply_to));
}

/* Who sells scanners, or writes to many of what they find. */
static bool
is_advertised(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return (HAS(NONE, TRADE) || notice_is_listed(notice)) &&
	       !HAS(DSN, NEIGHBOUR) && !notice_answers_trap(notice);
}

bool
judge_of_trap(const struct notice *notice)
{
	char from[MESSAGE_ADDRESS_MAX];
	const char *at, *own;

	if (notice->recipient == NULL)
		return false;
	message_address(message_field(notice->message, "From"), from);
	at = strrchr(from, '@');
	own = strrchr(notice->recipient->path, '@');
	return at != NULL && own != NULL &&
	       strcasecmp(received_organisation(at + 1),
		   received_organisation(own + 1)) == 0;
}

bool
judge_names_itself(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;
	char from[MESSAGE_ADDRESS_MAX];

	return HAS(DSN, NEIGHBOUR) ||
	       (message_address(message_field(notice->message, "From"), from) >
		       0 &&
		   strstr(notice->text, from) != NULL);
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
	bool told = HAS(VIRUS_NOTICE, REPLY);
	bool text =
	    HAS(VIRUS_NOTICE, TEXT) || (told && HAS(VIRUS_NOTICE, COURTESY));
	bool system = HAS(VIRUS_NOTICE, SYSTEM);
	bool scanner = HAS(VIRUS_NOTICE, FROM) || HAS(VIRUS_NOTICE, FIELD);

	if (HAS(VIRUS_NOTICE, MARK))
		return subject || text || HAS(VIRUS_NOTICE, FROM);
	if (is_advertised(notice) || (HAS(VIRUS_NOTICE, HEARSAY) && !told))
		return false;
	/* Replies of other kinds have been scanned as well, and say so. */
	if (HAS(AUTOREPLY, MARK) && !HAS(AUTOREPLY, SUBJECT) &&
	    !HAS(AUTOREPLY, TEXT) && (subject || (text && told)))
		return true;
	if (system && (told || (!notice->has_link &&
				   (scanner || HAS(VIRUS_NOTICE, ENVELOPE)))))
		return true;
	if (HAS(VIRUS_NOTICE, ENVELOPE) && judge_hard_signs(notice) == 0 &&
	    !notice->has_link && told && (subject || text))
		return true;
	if (HAS(VIRUS_NOTICE, ENVELOPE))
		return (told || HAS(DSN, NEIGHBOUR) ||
			   (!notice->has_link && !judge_of_trap(notice))) &&
		       scanner + subject + text >= 2;
	/* Who sells scanners threatens with viruses, and has a link. */
	scanner = scanner || (signs_have(findings->signs, "named-as-sender") &&
				 HAS(DSN, NEIGHBOUR) && subject);
	return scanner && (told || HAS(DSN, FROM)) && (subject || text) &&
	       (!notice->has_link || HAS(DSN, NEIGHBOUR) ||
		   notice_answers_trap(notice));
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
	if (judge_challenge(notice))
		return BACKSCATTER_CHALLENGE;
	if (judge_returned_post(notice))
		return BACKSCATTER_AUTOREPLY;
	if (judge_text_bounce(notice))
		return BACKSCATTER_DSN;
	if (judge_autoreply(notice))
		return BACKSCATTER_AUTOREPLY;
	if (judge_returned(notice))
		return BACKSCATTER_DSN;
	return BACKSCATTER_NONE;
}

/* A by the original, B by report or two signs, C the same for replies. */
enum proof_grade
judge_grade(const struct notice *notice, enum backscatter_kind kind)
{
	const struct findings *findings = &notice->findings;
	bool enough = finding_families(findings, kind) >= 2;

	if (kind == BACKSCATTER_NONE)
		return GRADE_E;
	/* What a relay of ours wrote of its client is not the connection. */
	if (judge_own_original(notice))
		return notice->envelope->relayed ? GRADE_B : GRADE_A;
	if (kind == BACKSCATTER_DSN)
		return notice->has_report || enough ? GRADE_B : GRADE_E;
	/* RFC 3834 section 5 */
	enough = enough || signs_have(findings->signs, "auto-replied");
	return enough ? GRADE_C : GRADE_E;
}
