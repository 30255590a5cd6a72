#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ingest/judge_private.h"
#include "ingest/received.h"

/*
 * Challenges: which signs are enough, and in what company.
 */

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

/* The first link in the text, behind "http"; NULL none. */
static const char *
first_link(const struct notice *notice)
{
	const char *link = strstr(notice->text, "://");

	return link == NULL ? NULL : link + 3;
}

/* It leads to its sender's own organisation. */
static bool
is_own_link(const struct notice *notice)
{
	const char *link = first_link(notice);
	char from[MESSAGE_ADDRESS_MAX], host[MESSAGE_ADDRESS_MAX];
	const char *at;
	size_t len;

	message_address(message_field(notice->message, "From"), from);
	at = strrchr(from, '@');
	if (link == NULL || at == NULL)
		return false;
	len = strcspn(link, "/:?\" ><)");
	snprintf(host, sizeof(host), "%.*s", (int)len, link);
	return strcasecmp(received_organisation(host),
		   received_organisation(at + 1)) == 0;
}

/* Letters and digits in one, which name one message among all. */
#define LINK_TOKEN_MIN 8

static bool
is_token_link(const struct notice *notice)
{
	const char *at = first_link(notice);
	size_t run = 0, digits = 0;

	for (at += at == NULL ? 0 : strcspn(at, "/?\" ><)");
	     at != NULL && strchr(" \"><)", *at) == NULL; at++) {
		bool digit = *at >= '0' && *at <= '9';
		bool counts = digit || (*at >= 'a' && *at <= 'z');

		digits = counts ? digits + digit : 0;
		run = counts ? run + 1 : 0;
		if (run >= LINK_TOKEN_MIN && digits > 0)
			return true;
	}
	return false;
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
	/* Filters send lists of what they hold for the reader. */
	if (signs_have(findings->signs, "auto-generated") &&
	    !HAS(VIRUS_NOTICE, REPLY) && !HAS(DSN, NEIGHBOUR))
		return false;
	return !HAS(NONE, TRADE) && !HAS(NONE, TEXT) &&
	       (!notice->has_link || is_own_link(notice) ||
		   HAS(VIRUS_NOTICE, REPLY) || HAS(DSN, NEIGHBOUR));
}

/* Software answers, by its marks. People answer as well, without them. */
static bool
is_answer(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return HAS(AUTOREPLY, MARK) || HAS(CHALLENGE, ENVELOPE) ||
	       HAS(CHALLENGE, FIELD) || HAS(CHALLENGE, TOKEN);
}

/* Where no answer is read, a site asks whom it has registered. */
static bool
is_unanswerable(const struct notice *notice)
{
	static const char *const locals[] = { "noreply", "no-reply", "no_reply",
		"donotreply", "do-not-reply" };
	char from[MESSAGE_ADDRESS_MAX];

	message_address(message_field(notice->message, "From"), from);
	for (size_t i = 0; i < sizeof(locals) / sizeof(locals[0]); i++) {
		if (strncmp(from, locals[i], strlen(locals[i])) == 0)
			return true;
	}
	return false;
}

/*
 * It holds the reader's message, comes from nobody, and is to be answered:
 * that only a challenge wants, which reads the answer's address.
 */
static bool
is_nobody_answered(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return HAS(CHALLENGE, ENVELOPE) && HAS(CHALLENGE, LINK) &&
	       HAS(CHALLENGE, ACT) && !notice->has_link &&
	       judge_is_short(notice) && !judge_wants_answer(notice);
}

/*
 * It holds the reader's message to the address that it is from, and leads to a
 * page of its own sender's: from nobody, or to the page of one message. What
 * people put below their letters leads to their site.
 */
static bool
is_gate(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	if (!HAS(CHALLENGE, LINK) || HAS(DSN, FROM) || HAS(NONE, FROM) ||
	    !judge_is_short(notice) || !is_own_link(notice) ||
	    !judge_names_itself(notice))
		return false;
	return HAS(CHALLENGE, ENVELOPE) ||
	       (is_token_link(notice) && !judge_wants_answer(notice));
}

/* Of what a challenge says; who registers somebody says two of them. */
#define MOST 3

/*
 * People write them in words of their own, of which no table has all. Each
 * says the same few things: a message of the reader's to that address waits,
 * prove or confirm something, against unwanted mail, this once. Registrations
 * hold no message, and who fishes for passwords speaks of the reader's mailbox.
 */
static bool
is_worded_challenge(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;
	bool titled = HAS(CHALLENGE, SUBJECT) || HAS(CHALLENGE, GREETING);
	bool asks = HAS(CHALLENGE, TEXT) || HAS(CHALLENGE, ACT) ||
		    (HAS(CHALLENGE, CLICK) && is_own_link(notice));
	bool held = HAS(CHALLENGE, LINK) || HAS(CHALLENGE, HELD);
	bool told = HAS(VIRUS_NOTICE, REPLY), spares = HAS(CHALLENGE, REASON);
	unsigned said = titled + asks + held + told + spares;

	if (HAS(NONE, TRADE) || said == 0 || notice_is_listed(notice) ||
	    judge_of_trap(notice))
		return false;
	said += HAS(CHALLENGE, ONCE) + judge_names_itself(notice);
	/* People write of their filters, and mail systems of what they hold. */
	if (!HAS(CHALLENGE, TEXT) && !HAS(CHALLENGE, SUBJECT) &&
	    !HAS(CHALLENGE, ONCE) && !is_nobody_answered(notice) &&
	    !is_gate(notice) &&
	    (!is_answer(notice) || HAS(DSN, FROM) || said <= MOST))
		return false;
	if (!asks && said <= MOST && !is_own_link(notice))
		return false;
	if (!told && !held && !(spares && judge_names_itself(notice)))
		return false;
	return is_answer(notice) && is_about_message(notice) ? said >= MOST
							     : said > MOST;
}

bool
judge_challenge(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;
	bool subject = HAS(CHALLENGE, SUBJECT), text = HAS(CHALLENGE, TEXT);
	bool null = HAS(CHALLENGE, ENVELOPE), held = HAS(CHALLENGE, LINK);

	if (HAS(CHALLENGE, SYSTEM) && subject && !HAS(AUTOREPLY, SUBJECT) &&
	    !HAS(AUTOREPLY, HELD) && is_from_list_software(notice))
		return true;
	if (HAS(CHALLENGE, FIELD))
		return subject || text || held || null || HAS(AUTOREPLY, MARK);
	if (!HAS(AUTOREPLY, MARK) &&
	    (judge_of_trap(notice) ||
		(is_unanswerable(notice) && !judge_names_itself(notice))))
		return false;
	if (text && held &&
	    (HAS(AUTOREPLY, MARK) || (null && is_about_message(notice)) ||
		(subject && HAS(AUTOREPLY, REPLY))))
		return true;
	return is_answering_challenge(notice) || is_worded_challenge(notice);
}
