#include "ingest/cause.h"

#include <string.h>
#include <strings.h>

enum cause_id {
	CAUSE_NONE,
	CAUSE_UNKNOWN_USER,
	CAUSE_BACKUP_MX,
	CAUSE_QUOTA,
	CAUSE_FILTER,
	CAUSE_FORWARDING,
	CAUSE_SIEVE_REJECT,
	CAUSE_LOOP,
	CAUSE_UNREACHABLE,
	CAUSE_TOO_LARGE,
	CAUSE_OWN_USER,
	CAUSE_BOUNCE,
	CAUSE_VACATION,
	CAUSE_AUTORESPONDER,
	CAUSE_WEB_FORM,
	CAUSE_LIST_HOLD,
	CAUSE_READ_RECEIPT,
	CAUSE_CHALLENGE,
	CAUSE_SCANNER,
	CAUSE_CALLOUT,
	CAUSE_COUNT
};

static const struct cause causes[CAUSE_COUNT] = {
	[CAUSE_NONE] = { "none", "Nothing has to be repaired." },
	[CAUSE_UNKNOWN_USER] = { "unknown_user",
	    "The server accepts mail for recipients that do not exist and "
	    "bounces it afterwards." },
	[CAUSE_BACKUP_MX] = { "backup_mx",
	    "The server accepts mail for another one without knowing its "
	    "recipients, and bounces what that one refuses." },
	[CAUSE_QUOTA] = { "quota",
	    "The server accepts mail for mailboxes that are full and bounces "
	    "it afterwards." },
	[CAUSE_FILTER] = { "after_queue_filter",
	    "A content filter behind the queue bounces mail that the server "
	    "has accepted already." },
	[CAUSE_FORWARDING] = { "forwarding",
	    "The server forwards mail to another one and bounces what that "
	    "one refuses as spam or against policy." },
	[CAUSE_SIEVE_REJECT] = { "sieve_reject",
	    "A user's filter rule rejects mail after it was accepted." },
	[CAUSE_LOOP] = { "loop", "The server accepts mail that goes round in "
				 "a loop, and bounces it in the end." },
	[CAUSE_UNREACHABLE] = { "unreachable",
	    "The server accepts mail for a host that it cannot reach, and "
	    "gives up later." },
	[CAUSE_TOO_LARGE] = { "too_large",
	    "The server accepts messages that are too large for their "
	    "destination." },
	[CAUSE_OWN_USER] = { "own_user",
	    "An account or script on the server sent spam under a forged "
	    "sender; the bounce is its consequence." },
	[CAUSE_BOUNCE] = { "bounce",
	    "The server accepted a message and bounced it afterwards." },
	[CAUSE_VACATION] = { "vacation",
	    "An out-of-office robot answers spam." },
	[CAUSE_AUTORESPONDER] = { "auto_reply",
	    "An automatic responder answers spam." },
	[CAUSE_WEB_FORM] = { "web_form",
	    "A web form sends acknowledgements to addresses that anyone may "
	    "type in." },
	[CAUSE_LIST_HOLD] = { "list_hold",
	    "A mailing list tells the alleged senders of spam that it holds "
	    "their messages." },
	[CAUSE_READ_RECEIPT] = { "read_receipt",
	    "A mail program confirms the receipt of spam." },
	[CAUSE_CHALLENGE] = { "challenge",
	    "A challenge-response system asks the alleged senders of spam to "
	    "confirm it." },
	[CAUSE_SCANNER] = { "virus_notice",
	    "A virus or content scanner warns the alleged senders of what it "
	    "finds." },
	[CAUSE_CALLOUT] = { "callout",
	    "The server verifies senders by asking their servers, at the cost "
	    "of those whose addresses are forged." },
};

/* --- bounces: by words of the diagnosis, then by status ------------ */

static const struct {
	const char *words;
	enum cause_id near; /* the reporting server said so itself */
	enum cause_id far;  /* another one refused it */
} diagnoses[] = {
	{ "spam", CAUSE_FILTER, CAUSE_FORWARDING },
	{ "virus", CAUSE_FILTER, CAUSE_FORWARDING },
	{ "unsolicited", CAUSE_FILTER, CAUSE_FORWARDING },
	{ "banned", CAUSE_FILTER, CAUSE_FORWARDING },
	{ "content", CAUSE_FILTER, CAUSE_FORWARDING },
	{ "blacklist", CAUSE_FILTER, CAUSE_FORWARDING },
	{ "blocked", CAUSE_FILTER, CAUSE_FORWARDING },
	{ "dmarc", CAUSE_FILTER, CAUSE_FORWARDING },
	{ "spf", CAUSE_FILTER, CAUSE_FORWARDING },
	{ "policy", CAUSE_FILTER, CAUSE_FORWARDING },
	{ "quota", CAUSE_QUOTA, CAUSE_QUOTA },
	{ "mailbox full", CAUSE_QUOTA, CAUSE_QUOTA },
	{ "mailbox is full", CAUSE_QUOTA, CAUSE_QUOTA },
	{ "insufficient", CAUSE_QUOTA, CAUSE_QUOTA },
	{ "loop", CAUSE_LOOP, CAUSE_LOOP },
	{ "too many hops", CAUSE_LOOP, CAUSE_LOOP },
	{ "hop count", CAUSE_LOOP, CAUSE_LOOP },
	{ "too large", CAUSE_TOO_LARGE, CAUSE_TOO_LARGE },
	{ "too big", CAUSE_TOO_LARGE, CAUSE_TOO_LARGE },
	{ "exceeds size", CAUSE_TOO_LARGE, CAUSE_TOO_LARGE },
	{ "timed out", CAUSE_UNREACHABLE, CAUSE_UNREACHABLE },
	{ "connection refused", CAUSE_UNREACHABLE, CAUSE_UNREACHABLE },
	{ "host not found", CAUSE_UNREACHABLE, CAUSE_UNREACHABLE },
	{ "unknown", CAUSE_UNKNOWN_USER, CAUSE_BACKUP_MX },
	{ "no such", CAUSE_UNKNOWN_USER, CAUSE_BACKUP_MX },
	{ "does not exist", CAUSE_UNKNOWN_USER, CAUSE_BACKUP_MX },
	{ "not found", CAUSE_UNKNOWN_USER, CAUSE_BACKUP_MX },
	{ "no mailbox", CAUSE_UNKNOWN_USER, CAUSE_BACKUP_MX },
	{ "invalid recipient", CAUSE_UNKNOWN_USER, CAUSE_BACKUP_MX },
	{ "unrouteable", CAUSE_UNKNOWN_USER, CAUSE_BACKUP_MX },
};

/* RFC 3463: what follows the class digit; the longest match stands first. */
static const struct {
	const char *detail;
	enum cause_id near, far;
} statuses[] = {
	{ ".1.", CAUSE_UNKNOWN_USER, CAUSE_BACKUP_MX },
	{ ".2.1", CAUSE_UNKNOWN_USER, CAUSE_BACKUP_MX },
	{ ".2.2", CAUSE_QUOTA, CAUSE_QUOTA },
	{ ".2.3", CAUSE_TOO_LARGE, CAUSE_TOO_LARGE },
	{ ".3.4", CAUSE_TOO_LARGE, CAUSE_TOO_LARGE },
	{ ".4.6", CAUSE_LOOP, CAUSE_LOOP },
	{ ".4.", CAUSE_UNREACHABLE, CAUSE_UNREACHABLE },
	{ ".6.", CAUSE_FILTER, CAUSE_FORWARDING },
	{ ".7.", CAUSE_FILTER, CAUSE_FORWARDING },
};

static enum cause_id
judge_bounce(const struct evidence *evidence, const struct signs *signs,
    const char *remote)
{
	bool far = *remote != '\0';

	if ((evidence->flags & EVIDENCE_SUBMISSION) != 0)
		return CAUSE_OWN_USER;
	if (signs_have(signs, "sieve-reject") ||
	    signs_have(signs, "sieve-rejected"))
		return CAUSE_SIEVE_REJECT;
	for (size_t i = 0; i < sizeof(diagnoses) / sizeof(diagnoses[0]); i++) {
		if (strcasestr(evidence->diagnostic, diagnoses[i].words))
			return far ? diagnoses[i].far : diagnoses[i].near;
	}
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if (evidence->status[0] != '\0' &&
		    strncmp(evidence->status + 1, statuses[i].detail,
			strlen(statuses[i].detail)) == 0)
			return far ? statuses[i].far : statuses[i].near;
	}
	if ((evidence->flags & EVIDENCE_DELAY) != 0)
		return CAUSE_UNREACHABLE;
	return CAUSE_BOUNCE;
}

static bool
have_prefix(const struct signs *signs, const char *prefix)
{
	for (unsigned i = 0; i < signs->count; i++) {
		if (strncmp(signs->names[i], prefix, strlen(prefix)) == 0)
			return true;
	}
	return false;
}

static enum cause_id
judge_reply(const struct evidence *evidence, const struct signs *signs)
{
	if ((evidence->flags & EVIDENCE_WEB_FORM) != 0)
		return CAUSE_WEB_FORM;
	if (signs_have(signs, "list-administrivia") ||
	    have_prefix(signs, "text-held-"))
		return CAUSE_LIST_HOLD;
	if (signs_have(signs, "disposition-notification"))
		return CAUSE_READ_RECEIPT;
	if (have_prefix(signs, "text-absent-") ||
	    have_prefix(signs, "subject-absent-") ||
	    have_prefix(signs, "graces-of-vacation"))
		return CAUSE_VACATION;
	return CAUSE_AUTORESPONDER;
}

const struct cause *
cause_judge(const struct evidence *evidence, const struct signs *signs,
    const char *remote)
{
	switch (evidence->kind) {
	case BACKSCATTER_DSN:
		return &causes[judge_bounce(evidence, signs, remote)];
	case BACKSCATTER_AUTOREPLY:
		return &causes[judge_reply(evidence, signs)];
	case BACKSCATTER_CHALLENGE:
		return &causes[CAUSE_CHALLENGE];
	case BACKSCATTER_VIRUS_NOTICE:
		return &causes[CAUSE_SCANNER];
	case BACKSCATTER_CALLOUT:
		return &causes[CAUSE_CALLOUT];
	default:
		return &causes[CAUSE_NONE];
	}
}

const struct cause *
cause_by_name(const char *name)
{
	for (size_t i = 0; i < CAUSE_COUNT; i++) {
		if (strcmp(causes[i].name, name) == 0)
			return &causes[i];
	}
	return NULL;
}

/* --- the software --------------------------------------------------- */

static const struct {
	const char *sign;
	const char *software;
} software[] = {
	{ "text-postfix", "Postfix" },
	{ "text-exim", "Exim" },
	{ "x-failed-recipients", "Exim" },
	{ "text-qmail", "qmail" },
	{ "text-sendmail", "Sendmail" },
	{ "text-courier", "Courier" },
	{ "text-opensmtpd", "OpenSMTPD" },
	{ "text-exchange", "Exchange" },
	{ "x-dsncontext", "Exchange" },
	{ "mailer-exchange", "Exchange" },
	{ "text-domino", "Domino" },
	{ "text-hmailserver", "hMailServer" },
	{ "text-dragonfly", "DragonFly Mail Agent" },
	{ "text-mfilter", "m-FILTER" },
	{ "text-messagingserver", "Oracle Messaging Server" },
	{ "text-interscan", "InterScan" },
	{ "text-google", "Google" },
	{ "text-yahoo", "Yahoo" },
	{ "text-mimecast", "Mimecast" },
	{ "sieve-rejected", "Sieve" },
	{ "sieve-reject", "Sieve" },
	{ "mailscanner-generated", "MailScanner" },
	{ "list-administrivia", "Mailman" },
	{ "tmda", "TMDA" },
	{ "boxbe", "Boxbe" },
	{ "boxtrapper", "cPanel BoxTrapper" },
};

const char *
cause_software(const struct signs *signs)
{
	for (size_t i = 0; i < sizeof(software) / sizeof(software[0]); i++) {
		if (signs_have(signs, software[i].sign))
			return software[i].software;
	}
	return NULL;
}
