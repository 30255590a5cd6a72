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

/* --- mail that came through a list ---------------------------------- */

static const char *const list_fields[] = { "List-Id", "List-Post",
	"X-Mailing-List", "X-BeenThere", "Mailing-List", "List-Unsubscribe",
	"X-Mailman-Version", "X-ML-Name" };

/* What follows the list's name in the addresses that it manages itself by. */
static const char *const administrative[] = { "-admin", "-owner", "-bounces",
	"-bounce", "-request", "-errors", "-return", "owner-" };

bool
notice_is_administrative(const char *address)
{
	size_t len = strcspn(address, "@+");

	for (size_t i = 0;
	     i < sizeof(administrative) / sizeof(administrative[0]); i++) {
		size_t n = strlen(administrative[i]);

		if (len > n &&
		    (strncasecmp(address + len - n, administrative[i], n) ==
			    0 ||
			strncasecmp(address, administrative[i], n) == 0))
			return true;
	}
	return false;
}

/* RFC 2919: a list's name is most often its address, with a dot for the "@". */
static bool
is_list_name(struct notice *notice, const char *address)
{
	const char *value = message_field(notice->message, "List-Id");
	const char *name = value == NULL ? NULL : strrchr(value, '<');
	const char *at = strchr(address, '@');
	size_t local = at == NULL ? 0 : (size_t)(at - address);

	return name != NULL && local > 0 &&
	       strncasecmp(name + 1, address, local) == 0 &&
	       name[1 + local] == '.' &&
	       strncasecmp(name + 2 + local, at + 1, strlen(at + 1)) == 0 &&
	       name[2 + local + strlen(at + 1)] == '>';
}

/* Fields that name the address by which a list is posted to. */
static const char *const post_fields[] = { "List-Post", "X-BeenThere",
	"X-Mailing-List" };

static bool
is_posting_address(struct notice *notice, const char *address)
{
	char post[MESSAGE_ADDRESS_MAX];

	for (size_t i = 0; i < sizeof(post_fields) / sizeof(post_fields[0]);
	     i++) {
		const char *value =
		    message_field(notice->message, post_fields[i]);
		const char *begin = post;

		if (message_address(value, post) == 0)
			continue;
		if (strncmp(post, "mailto:", 7) == 0)
			begin += 7;
		if (strcmp(begin, address) == 0)
			return true;
	}
	return is_list_name(notice, address);
}

bool
notice_is_listed(const struct notice *notice)
{
	for (size_t i = 0; i < sizeof(list_fields) / sizeof(list_fields[0]);
	     i++) {
		if (message_field(notice->message, list_fields[i]) != NULL)
			return true;
	}
	return false;
}

static bool
same_site(const char *a, const char *b)
{
	return strcmp(a + strcspn(a, "@"), b + strcspn(b, "@")) == 0;
}

/* What the software of a list tells those who run it. */
static bool
is_for_administrator(struct notice *notice, const char *to)
{
	char from[MESSAGE_ADDRESS_MAX];
	const char *value = message_field(notice->message, "From");

	return message_field(notice->message, "X-List-Administrivia") != NULL &&
	       notice_is_administrative(to) &&
	       message_address(value, from) > 0 &&
	       notice_is_administrative(from) && same_site(from, to);
}

/*
 * A list sends from its own address, never from the null one; and what it
 * passes on was addressed to the list. A bounce addressed to one of the list's
 * administrative addresses answered mail of the list.
 */
static const char *
look_for_list(struct notice *notice)
{
	const char *to = message_field(notice->message, "To");
	char address[MESSAGE_ADDRESS_MAX];

	if (message_address(to, address) > 0 &&
	    is_for_administrator(notice, address))
		return "list-administration";
	/* Notices of the list software itself are no list mail. */
	if (!notice_is_listed(notice) ||
	    message_field(notice->message, "X-List-Administrivia") != NULL)
		return NULL;
	if (message_address(to, address) > 0) {
		if (is_posting_address(notice, address))
			return "list-mail";
		if (notice_is_administrative(address))
			return NULL;
		/* Addressed to the trap itself, not by way of a list. */
		if (notice_is_trap(notice, address) &&
		    message_field(notice->message, "X-BeenThere") == NULL)
			return NULL;
	}
	return notice_sender_is_null(notice) ? NULL : "list-mail";
}

/* --- bait ----------------------------------------------------------- */

#define BAIT(text)                                                             \
	{                                                                      \
		text, "bait", BACKSCATTER_NONE, FAMILY_TEXT, PHRASE_ANYWHERE   \
	}
#define ROBOT(text, sign)                                                      \
	{                                                                      \
		text, sign, BACKSCATTER_NONE, FAMILY_MARK, PHRASE_ANYWHERE     \
	}
/* "Your mail could not be delivered: log in here to get it." */
static const struct phrase phrases[] = {
	BAIT("verify your account"),
	BAIT("validate your account"),
	BAIT("confirm your account"),
	BAIT("update your account"),
	BAIT("upgrade your mailbox"),
	BAIT("verify your mailbox"),
	BAIT("verify your email account"),
	BAIT("release messages"),
	BAIT("release your messages"),
	BAIT("release pending"),
	BAIT("release all"),
	BAIT("review messages"),
	BAIT("retrieve your messages"),
	BAIT("retrieve pending"),
	BAIT("recover messages"),
	BAIT("recover your"),
	BAIT("receive pending messages"),
	BAIT("incoming messages"),
	BAIT("pending messages"),
	BAIT("undelivered messages"),
	BAIT("keep same password"),
	BAIT("keep current password"),
	BAIT("your password"),
	BAIT("click here"),
	BAIT("click below"),
	BAIT("click on the link below"),
	BAIT("unsubscribe"),
	BAIT("your storage"),
	BAIT("deliver messages to inbox"),
	BAIT("move to inbox"),
	ROBOT("\"notificationtype\":\"bounce\"", "notification-service"),
	ROBOT("\"notificationtype\": \"bounce\"", "notification-service"),
	ROBOT("sns.us-", "notification-service"),
};
const struct phrase_table veto_phrases = { phrases,
	sizeof(phrases) / sizeof(phrases[0]) };

/* What a list tells its members: it answers nothing that they have posted. */
#define MEMBER(text)                                                           \
	{                                                                      \
		text, "list-membership", BACKSCATTER_NONE, FAMILY_SUBJECT,     \
		    PHRASE_ANYWHERE                                            \
	}
static const struct phrase subjects[] = {
	MEMBER("unsubscribed"),
	MEMBER("welcome to"),
	MEMBER("willkommen"),
	MEMBER("bienvenue"),
	MEMBER("bienvenid"),
	MEMBER("benvenut"),
	MEMBER("bem-vindo"),
	MEMBER("välkommen"),
	MEMBER("добро пожаловать"),
	MEMBER("membership"),
	MEMBER("subscription"),
	MEMBER("mitgliedschaft"),
	MEMBER("abonnement"),
	MEMBER("abonnent"),
	MEMBER("abgemeldet"),
	MEMBER("désabonn"),
	MEMBER("inscription"),
	MEMBER("suscripción"),
	MEMBER("iscrizione"),
	MEMBER("inscrição"),
	MEMBER("assinatura"),
	MEMBER("subskrypcj"),
	MEMBER("členství"),
	MEMBER("подписк"),
	MEMBER("üyeli"),
	MEMBER("退会"),
	MEMBER("会員"),
};
const struct phrase_table veto_subjects = { subjects,
	sizeof(subjects) / sizeof(subjects[0]) };

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

static const char *
look_for_robot(struct notice *notice)
{
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

/* Words of their kind, in mail that a machine has marked as its own. */
static bool
is_marked_reply(const struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	if (finding_has(findings, BACKSCATTER_CHALLENGE, FAMILY_FIELD) ||
	    finding_has(findings, BACKSCATTER_CHALLENGE, FAMILY_LINK))
		return finding_has(
			   findings, BACKSCATTER_CHALLENGE, FAMILY_SUBJECT) ||
		       finding_has(
			   findings, BACKSCATTER_CHALLENGE, FAMILY_TEXT);
	if (finding_has(findings, BACKSCATTER_AUTOREPLY, FAMILY_COURTESY) &&
	    signs_have(findings->signs, "auto-generated"))
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

/* A person who passes a bounce on, or asks what it means. */
static const char *
look_for_person(struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	if (begins_like_persons(message_subject(notice->message)) &&
	    !finding_has(findings, BACKSCATTER_DSN, FAMILY_ENVELOPE) &&
	    !is_from_system(notice) && !notice->has_report &&
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
		veto = look_for_list(notice);
	if (veto == NULL)
		veto = look_for_forwarder(notice);
	if (veto == NULL)
		veto = look_for_robot(notice);
	if (veto == NULL)
		veto = look_for_bait(notice, parts, count);
	if (veto == NULL)
		veto = look_for_person(notice);
	return veto;
}
