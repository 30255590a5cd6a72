#include "ingest/notice.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ingest/fold.h"

/*
 * What looks like backscatter and is none. An innocent address listed is the
 * worst that can happen: in doubt a veto stands.
 */

/* --- reports of other kinds ---------------------------------------- */

static const struct {
	const char *type;	 /* a part of that type */
	const char *report_type; /* or that report-type outermost */
	const char *veto;
} reports[] = {
	{ "message/feedback-report", "feedback-report", "feedback-report" },
	{ "application/tlsrpt+gzip", "tlsrpt", "tls-report" },
	{ "application/tlsrpt+json", "tlsrpt", "tls-report" },
	{ "message/x-dmarc", "dmarc", "dmarc-report" },
};

static const char *
look_for_report(const struct message_part *parts, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (parts[i].quoted)
			continue;
		for (size_t r = 0; r < sizeof(reports) / sizeof(reports[0]);
		     r++) {
			if (strcmp(parts[i].type, reports[r].type) == 0 ||
			    strcmp(parts[i].report_type,
				reports[r].report_type) == 0)
				return reports[r].veto;
		}
	}
	return NULL;
}

/* RFC 7489 section 7.2.1.1: "receiver!domain!begin!end.xml.gz". */
static bool
is_dmarc_file(const char *name)
{
	const char *at = name;
	unsigned marks = 0;

	while ((at = strchr(at, '!')) != NULL) {
		marks++;
		at++;
	}
	return marks >= 3;
}

static const char *
look_for_dmarc(
    struct notice *notice, const struct message_part *parts, unsigned count)
{
	const char *subject = message_subject(notice->message);

	/* RFC 7489 section 7.2.1.1; RFC 8460 section 5.3 */
	if (strstr(subject, "report domain:") != NULL ||
	    (strstr(subject, "dmarc") != NULL &&
		strstr(subject, "report") != NULL) ||
	    (strstr(subject, "submitter:") != NULL &&
		strstr(subject, "report-id:") != NULL))
		return "dmarc-report";
	if (message_field(notice->message, "TLS-Report-Domain") != NULL)
		return "tls-report";
	for (unsigned i = 0; i < count; i++) {
		if (!parts[i].quoted && is_dmarc_file(parts[i].filename))
			return "dmarc-report";
	}
	return NULL;
}

/* --- bait ----------------------------------------------------------- */

/* What mail programs put before a subject when a person answers or forwards. */
static const char *const person_prefixes[] = { "fwd:", "fw:", "[fwd",
	"wg:", "tr:", "rv:", "enc:", "doorst:", "vb:", "vl:", "i:", "re:",
	"aw:", "sv:", "vs:", "antw:", "odp:", "res:", "rif:", "ynt:", "ре:",
	"回复:", "转发:", "答复:" };

static bool
begins_like_persons(const char *subject)
{
	for (size_t i = 0;
	     i < sizeof(person_prefixes) / sizeof(person_prefixes[0]); i++) {
		if (strncmp(subject, person_prefixes[i],
			strlen(person_prefixes[i])) == 0)
			return true;
	}
	return false;
}

/* What a mail system never attaches to a bounce, but a worm does. */
static const char *const dangerous[] = { ".exe", ".pif", ".scr", ".com", ".bat",
	".cmd", ".vbs", ".js", ".jse", ".wsf", ".hta", ".lnk", ".cpl", ".iso",
	".img", ".zip", ".rar", ".7z", ".ace", ".shtml", ".htm", ".html",
	".xhtml", ".svg" };

static bool
is_dangerous(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(dangerous) / sizeof(dangerous[0]); i++) {
		size_t n = strlen(dangerous[i]);

		if (len > n && strcmp(name + len - n, dangerous[i]) == 0)
			return true;
	}
	return false;
}

static const char *
look_for_bait(
    struct notice *notice, const struct message_part *parts, unsigned count)
{
	const struct findings *findings = &notice->findings;

	if (notice->has_report || notice->original.found)
		return NULL;
	for (unsigned i = 0; i < count; i++) {
		if (!parts[i].quoted && is_dangerous(parts[i].filename))
			return "dangerous-attachment";
	}
	if (finding_has(findings, BACKSCATTER_NONE, FAMILY_TEXT) &&
	    !finding_has(findings, BACKSCATTER_DSN, FAMILY_FIELD) &&
	    !finding_has(findings, BACKSCATTER_DSN, FAMILY_STRUCTURE) &&
	    (notice->has_link ||
		!finding_has(findings, BACKSCATTER_DSN, FAMILY_SYSTEM)) &&
	    finding_has(findings, BACKSCATTER_DSN, FAMILY_TEXT))
		return "bait";
	return NULL;
}

/* --- people and robots ---------------------------------------------- */

static const char *const robot_fields[] = { "X-Bugzilla-Product",
	"X-Bugzilla-Reason", "X-Bugzilla-Type", "X-GitHub-Reason",
	"X-GitHub-Sender", "X-GitLab-Project", "X-Jenkins-Job",
	"X-Jenkins-Result", "X-Redmine-Host", "X-JIRA-FingerPrint",
	"X-Trac-Project", "X-PagerDuty", "X-Cron-Env",
	"X-Phabricator-Sent-This-Message", "X-Patchwork-Hint",
	"X-Gerrit-MessageType", "X-Launchpad-Bug" };

/*
 * Some trackers are help desks as well, and acknowledge mail. What they pass
 * on of people's words may speak of absences.
 */
static bool
is_desk_acknowledgement(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return finding_has(findings, BACKSCATTER_AUTOREPLY, FAMILY_TEXT) &&
	       finding_has(findings, BACKSCATTER_AUTOREPLY, FAMILY_DESK) &&
	       (signs_have_prefix(findings->signs, "text-auto-") ||
		   notice_answers_trap(notice));
}

/* Invitations and their answers: people's, and their calendars'. */
static const char *
look_for_calendar(
    struct notice *notice, const struct message_part *parts, unsigned count)
{
	const struct findings *findings = &notice->findings;

	if (notice->has_report ||
	    finding_has(findings, BACKSCATTER_AUTOREPLY, FAMILY_MARK))
		return NULL;
	for (unsigned i = 0; i < count; i++) {
		if (!parts[i].quoted &&
		    strcmp(parts[i].type, "text/calendar") == 0)
			return "calendar";
	}
	return NULL;
}

static const char *
look_for_robot(struct notice *notice)
{
	/* What a mail server tells its postmaster of a client. */
	if (signs_have(notice->findings.signs, "session-transcript"))
		return "session-transcript";
	if (finding_has(&notice->findings, BACKSCATTER_NONE, FAMILY_MARK))
		return "notification-service";
	if (is_desk_acknowledgement(notice))
		return NULL;
	for (size_t i = 0; i < sizeof(robot_fields) / sizeof(robot_fields[0]);
	     i++) {
		if (message_field(notice->message, robot_fields[i]) != NULL)
			return "robot";
	}
	return NULL;
}

/*
 * "Re: ... (Out of Office)", and the text of an absence: people who answer one
 * have its In-Reply-To, and quote it.
 */
static bool
is_absence_behind(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return finding_has(findings, BACKSCATTER_AUTOREPLY, FAMILY_SUBJECT) &&
	       finding_has(findings, BACKSCATTER_AUTOREPLY, FAMILY_TEXT) &&
	       !finding_has(findings, BACKSCATTER_AUTOREPLY, FAMILY_REPLY) &&
	       !notice->original.found;
}

/* Whoever answers from a program of his own, and no machine says so. */
static bool
is_written_by_hand(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return finding_has(findings, BACKSCATTER_NONE, FAMILY_FROM) ||
	       (finding_has(findings, BACKSCATTER_AUTOREPLY, FAMILY_REPLY) &&
		   !finding_has(
		       findings, BACKSCATTER_AUTOREPLY, FAMILY_ROBOT) &&
		   !finding_has(
		       findings, BACKSCATTER_CHALLENGE, FAMILY_FIELD) &&
		   !finding_has(findings, BACKSCATTER_CHALLENGE, FAMILY_TOKEN));
}

/*
 * Its own words say that no person wrote it. People who answer such a thing
 * have its subject.
 */
static bool
is_answering_machine(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return finding_has(findings, BACKSCATTER_AUTOREPLY, FAMILY_REPLY) &&
	       (finding_has(findings, BACKSCATTER_AUTOREPLY, FAMILY_MACHINE) ||
		   signs_have_prefix(findings->signs, "text-auto-")) &&
	       !finding_has(findings, BACKSCATTER_AUTOREPLY, FAMILY_SUBJECT) &&
	       !finding_has(findings, BACKSCATTER_AUTOREPLY, FAMILY_GREETING) &&
	       !finding_has(findings, BACKSCATTER_NONE, FAMILY_FROM);
}

/* Words of their kind, in mail that a machine has marked as its own. */
static bool
is_marked_reply(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	if (finding_has(findings, BACKSCATTER_CHALLENGE, FAMILY_FIELD) ||
	    finding_has(findings, BACKSCATTER_CHALLENGE, FAMILY_LINK))
		return !is_written_by_hand(notice) &&
		       (finding_has(
			    findings, BACKSCATTER_CHALLENGE, FAMILY_SUBJECT) ||
			   finding_has(
			       findings, BACKSCATTER_CHALLENGE, FAMILY_TEXT));
	if (finding_has(findings, BACKSCATTER_AUTOREPLY, FAMILY_COURTESY) &&
	    signs_have(findings->signs, "auto-generated"))
		return true;
	if (is_answering_machine(notice))
		return true;
	/* Behind the subject that is answered, which only a program sets there.
	 */
	if (is_absence_behind(notice))
		return true;
	return finding_has(findings, BACKSCATTER_AUTOREPLY, FAMILY_TEXT) &&
	       (finding_has(findings, BACKSCATTER_AUTOREPLY, FAMILY_ROBOT) ||
		   finding_has(findings, BACKSCATTER_AUTOREPLY, FAMILY_FIELD) ||
		   finding_has(
		       findings, BACKSCATTER_AUTOREPLY, FAMILY_ENVELOPE));
}

/* Postmasters are people as well, and answer from an address. */
static bool
is_from_system(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	return finding_has(findings, BACKSCATTER_DSN, FAMILY_FROM) &&
	       (!notice->envelope->sender_known ||
		   signs_have(findings->signs, "from-mailer-daemon") ||
		   message_field(notice->message, "In-Reply-To") == NULL);
}

/* A report that somebody has saved, and attached to an answer. */
static bool
is_saved_report(
    const struct message_part *parts, unsigned count, const char *type)
{
	if (count == 0 || strcmp(parts[0].type, type) != 0)
		return false;
	for (unsigned i = 0; i < count; i++) {
		if (strcmp(parts[i].type, "message/delivery-status") == 0 &&
		    parts[i].filename[0] != '\0')
			return true;
	}
	return false;
}

/* A person who passes a bounce on, or asks what it means. */
static const char *
look_for_person(
    struct notice *notice, const struct message_part *parts, unsigned count)
{
	const struct findings *findings = &notice->findings;

	if (begins_like_persons(message_subject(notice->message)) &&
	    !finding_has(findings, BACKSCATTER_DSN, FAMILY_ENVELOPE) &&
	    !is_from_system(notice) &&
	    (!notice->has_report ||
		is_saved_report(parts, count, "multipart/mixed")) &&
	    !finding_has(findings, BACKSCATTER_AUTOREPLY, FAMILY_MARK) &&
	    !finding_has(findings, BACKSCATTER_AUTOREPLY, FAMILY_DESK) &&
	    !finding_has(findings, BACKSCATTER_CHALLENGE, FAMILY_MARK) &&
	    !is_marked_reply(notice))
		return "forwarded";
	return NULL;
}

/*
 * Mail of another address that somebody has forwarded to the trap: the
 * connection is the forwarder's, who answers for nothing.
 */
static const char *
look_for_forwarder(struct notice *notice)
{
	static const char *const names[] = { "X-Forwarded-To", "Resent-To" };
	char address[MESSAGE_ADDRESS_MAX];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = message_field(notice->message, names[i]);

		if (message_address(value, address) > 0 &&
		    notice_is_trap(notice, address))
			return "forwarder";
	}
	return NULL;
}

const char *
veto_look(struct notice *notice)
{
	unsigned count;
	const struct message_part *parts =
	    message_parts(notice->message, &count);
	const char *veto = look_for_report(parts, count);

	if (veto == NULL)
		veto = look_for_dmarc(notice, parts, count);
	if (veto == NULL)
		veto = list_look(notice);
	if (veto == NULL)
		veto = look_for_forwarder(notice);
	if (veto == NULL)
		veto = look_for_robot(notice);
	if (veto == NULL)
		veto = look_for_calendar(notice, parts, count);
	if (veto == NULL)
		veto = look_for_bait(notice, parts, count);
	if (veto == NULL)
		veto = look_for_person(notice, parts, count);
	return veto;
}
