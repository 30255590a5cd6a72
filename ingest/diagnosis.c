#include "ingest/diagnosis.h"

#include <string.h>

#include "ingest/fold.h"

/* --- bounces: by words of the diagnosis, then by status ------------------- */

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
	{ "name not found", CAUSE_UNREACHABLE, CAUSE_UNREACHABLE },
	{ "no such host", CAUSE_UNREACHABLE, CAUSE_UNREACHABLE },
	{ "no such domain", CAUSE_UNREACHABLE, CAUSE_UNREACHABLE },
	{ "unknown host", CAUSE_UNREACHABLE, CAUSE_UNREACHABLE },
	{ "unknown", CAUSE_UNKNOWN_USER, CAUSE_BACKUP_MX },
	{ "no such", CAUSE_UNKNOWN_USER, CAUSE_BACKUP_MX },
	{ "does not exist", CAUSE_UNKNOWN_USER, CAUSE_BACKUP_MX },
	{ "not found", CAUSE_UNKNOWN_USER, CAUSE_BACKUP_MX },
	{ "no mailbox", CAUSE_UNKNOWN_USER, CAUSE_BACKUP_MX },
	{ "invalid recipient", CAUSE_UNKNOWN_USER, CAUSE_BACKUP_MX },
	{ "unrouteable", CAUSE_UNKNOWN_USER, CAUSE_BACKUP_MX },
	{ "unroutable", CAUSE_UNKNOWN_USER, CAUSE_BACKUP_MX },
	{ "not listed in", CAUSE_UNKNOWN_USER, CAUSE_BACKUP_MX },
	{ "not here", CAUSE_UNKNOWN_USER, CAUSE_BACKUP_MX },
	{ "local delivery failed", CAUSE_LOCAL_DELIVERY, CAUSE_BOUNCE },
	{ "retry timeout", CAUSE_UNREACHABLE, CAUSE_UNREACHABLE },
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
	{ ".3.0", CAUSE_LOCAL_DELIVERY, CAUSE_BOUNCE },
	{ ".4.6", CAUSE_LOOP, CAUSE_LOOP },
	{ ".4.", CAUSE_UNREACHABLE, CAUSE_UNREACHABLE },
	{ ".6.", CAUSE_FILTER, CAUSE_FORWARDING },
	{ ".7.", CAUSE_FILTER, CAUSE_FORWARDING },
};

static enum cause_id
judge_bounce(
    const struct evidence *evidence, const struct signs *signs, bool far)
{
	if ((evidence->flags & EVIDENCE_SUCCESS) != 0)
		return CAUSE_NONE;
	if ((evidence->flags & EVIDENCE_SUBMISSION) != 0)
		return CAUSE_OWN_USER;
	/* What delivers with Sieve says of a full mailbox that it rejected. */
	if ((signs_have(signs, "sieve-reject") ||
		signs_have(signs, "sieve-rejected")) &&
	    strcmp(evidence->status, "5.2.2") != 0)
		return CAUSE_SIEVE_REJECT;
	for (size_t i = 0; i < sizeof(diagnoses) / sizeof(diagnoses[0]); i++) {
		if (fold_find(evidence->diagnostic, diagnoses[i].words))
			return far ? diagnoses[i].far : diagnoses[i].near;
	}
	if ((evidence->flags & EVIDENCE_DELAY) != 0)
		return CAUSE_UNREACHABLE;
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if (evidence->status[0] != '\0' &&
		    strncmp(evidence->status + 1, statuses[i].detail,
			strlen(statuses[i].detail)) == 0)
			return far ? statuses[i].far : statuses[i].near;
	}
	/* What no other server says is a rule of its own. */
	if (!far && evidence->diagnostic[0] != '\0')
		return CAUSE_LOCAL_DELIVERY;
	return CAUSE_BOUNCE;
}

static enum cause_id
judge_reply(const struct evidence *evidence, const struct signs *signs)
{
	if ((evidence->flags & EVIDENCE_WEB_FORM) != 0)
		return CAUSE_WEB_FORM;
	if (signs_have(signs, "list-administrivia") ||
	    signs_have(signs, "subject-auto-list") ||
	    signs_have(signs, "list-ezmlm") || signs_have(signs, "mlmmj") ||
	    signs_have_prefix(signs, "subject-held-") ||
	    signs_have_prefix(signs, "text-held-"))
		return CAUSE_LIST_HOLD;
	if (signs_have(signs, "disposition-notification"))
		return CAUSE_READ_RECEIPT;
	if (signs_have_prefix(signs, "text-absent-") ||
	    signs_have_prefix(signs, "subject-absent-") ||
	    signs_have_prefix(signs, "graces-of-vacation"))
		return CAUSE_VACATION;
	return CAUSE_AUTORESPONDER;
}

const struct cause *
diagnosis_cause(
    const struct evidence *evidence, const struct signs *signs, bool far)
{
	switch (evidence->kind) {
	case BACKSCATTER_DSN:
		return &causes[judge_bounce(evidence, signs, far)];
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

/* --- the software --------------------------------------------------------- */

static const struct {
	const char *sign;
	const char *software;
} software[] = {
	{ "sieve-rejected", "Sieve" }, /* in others' words at times */
	{ "sieve-reject", "Sieve" },
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
	{ "exchange-ndr", "Exchange" },
	{ "mdaemon-notice", "MDaemon" },
	{ "text-mdaemon", "MDaemon" },
	{ "text-groupwise", "GroupWise" },
	{ "text-mailenable", "MailEnable" },
	{ "text-smartermail", "SmarterMail" },
	{ "text-communigate", "CommuniGate Pro" },
	{ "text-powermta", "PowerMTA" },
	{ "text-momentum", "Momentum" },
	{ "text-haraka", "Haraka" },
	{ "text-james", "Apache James" },
	{ "text-xmail", "XMail" },
	{ "text-mailmarshal", "MailMarshal" },
	{ "text-messagelabs", "MessageLabs" },
	{ "text-mercury", "Mercury" },
	{ "text-imail", "IMail" },
	{ "text-tencent", "Tencent" },
	{ "text-ezmlm", "ezmlm" },
	{ "list-ezmlm", "ezmlm" },
	{ "mlmmj", "mlmmj" },
	{ "text-majordomo", "Majordomo" },
	{ "mailman-replybot", "Mailman" },
	{ "otrs-loop", "OTRS" },
	{ "x-vacation", "vacation" },
	{ "mailer-vacation", "vacation" },
	{ "graces-of-vacation", "vacation" },
	{ "text-yahoo", "Yahoo" },
	{ "text-mimecast", "Mimecast" },
	{ "text-mlmmj", "mlmmj" },
	{ "mailscanner-generated", "MailScanner" },
	{ "list-administrivia", "Mailman" },
	{ "tmda", "TMDA" },
	{ "boxbe", "Boxbe" },
	{ "boxtrapper", "cPanel BoxTrapper" },
	{ "panel-cpanel", "cPanel" },
	{ "panel-plesk", "Plesk" },
	{ "panel-directadmin", "DirectAdmin" },
};

const char *
diagnosis_software(const struct signs *signs)
{
	for (size_t i = 0; i < sizeof(software) / sizeof(software[0]); i++) {
		if (signs_have(signs, software[i].sign))
			return software[i].software;
	}
	return NULL;
}
