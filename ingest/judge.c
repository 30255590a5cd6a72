#include "ingest/judge.h"

#include <stdio.h>
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

/* The trap's own site writes to it: its scanner, of what was sent to it. */
static bool
is_of_trap(const struct notice *notice)
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
	if (is_advertised(notice))
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
			   (!notice->has_link && !is_of_trap(notice))) &&
		       scanner + subject + text >= 2;
	/* Who sells scanners threatens with viruses, and has a link. */
	scanner = scanner || (signs_have(findings->signs, "named-as-sender") &&
				 HAS(DSN, NEIGHBOUR) && subject);
	return scanner && (told || HAS(DSN, FROM)) && (subject || text) &&
	       (!notice->has_link || HAS(DSN, NEIGHBOUR) ||
		   notice_answers_trap(notice));
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
	bool mine = judge_own_original(notice);

	if (marked && (token || (subject && (text || held))))
		return true;
	if ((marked || HAS(CHALLENGE, ENVELOPE)) &&
	    ((text && (mine || token || HAS(VIRUS_NOTICE, REPLY))) ||
		(subject && (mine || token))))
		return true;
	return subject && notice_answers_trap(notice) &&
	       (token || text || held || HAS(CHALLENGE, ENVELOPE));
}

/* The first link in the text leads to its sender's own organisation. */
static bool
is_own_link(const struct notice *notice)
{
	const char *link = strstr(notice->text, "://");
	char from[MESSAGE_ADDRESS_MAX], host[MESSAGE_ADDRESS_MAX];
	const char *at;
	size_t len;

	message_address(message_field(notice->message, "From"), from);
	at = strrchr(from, '@');
	if (link == NULL || at == NULL)
		return false;
	len = strcspn(link + 3, "/:?\" ><)");
	snprintf(host, sizeof(host), "%.*s", (int)len, link + 3);
	return strcasecmp(received_organisation(host),
		   received_organisation(at + 1)) == 0;
}

/*
 * Parcels are held as well, and who fishes for passwords holds the reader's own
 * mail. A challenge speaks of what the reader sent, or asks for an answer.
 */
static bool
is_about_message(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	if (HAS(AUTOREPLY, REPLY))
		return true;
	return !HAS(NONE, TRADE) && !HAS(NONE, TEXT) &&
	       (!notice->has_link || is_own_link(notice) ||
		   HAS(VIRUS_NOTICE, REPLY) || HAS(DSN, NEIGHBOUR));
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
	if (text && held &&
	    (HAS(AUTOREPLY, MARK) || (null && is_about_message(notice)) ||
		(subject && HAS(AUTOREPLY, REPLY))))
		return true;
	return is_answering_challenge(notice);
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
