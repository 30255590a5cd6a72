#include "ingest/classify.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/callout.h"
#include "ingest/diagnosis.h"
#include "ingest/fold.h"
#include "ingest/judge.h"
#include "ingest/notice.h"
#include "ingest/reason.h"

/*
 * What is looked at of the notice's own words: it says what it is at its
 * beginning, and what comes far behind is somebody else's.
 */
#define OWN_TEXT_MAX 4096

static struct phrase_index *subject_index, *text_index, *aside_index;

void
classify_init(void)
{
	const struct phrase_table subjects[] = { bounce_subjects,
		delay_subjects, autoreply_subjects, autoreply_greetings,
		autoreply_list_subjects, challenge_subjects, virus_subjects,
		virus_system_subjects, veto_subjects };
	const struct phrase_table texts[] = { bounce_systems, bounce_phrases,
		delay_phrases, autoreply_phrases, autoreply_scripts,
		autoreply_robots, autoreply_courtesies, autoreply_lists,
		challenge_demands, challenge_demand_scripts, challenge_holds,
		challenge_sayings, challenge_saying_scripts, challenge_reasons,
		challenge_waits, challenge_lists, virus_phrases, virus_systems,
		veto_phrases };
	const struct phrase_table asides[] = { autoreply_phrases,
		autoreply_scripts, challenge_holds, challenge_demands,
		challenge_demand_scripts, challenge_sayings,
		challenge_saying_scripts };

	message_init();
	if (subject_index != NULL)
		return;
	subject_index =
	    phrase_index_new(subjects, sizeof(subjects) / sizeof(subjects[0]));
	text_index = phrase_index_new(texts, sizeof(texts) / sizeof(texts[0]));
	aside_index =
	    phrase_index_new(asides, sizeof(asides) / sizeof(asides[0]));
	if (subject_index == NULL || text_index == NULL || aside_index == NULL)
		abort();
}

/* --- finding -------------------------------------------------------- */

static void
find_report(struct notice *notice)
{
	unsigned count;
	const struct message_part *parts =
	    message_parts(notice->message, &count);
	const char *text;
	size_t len;

	for (unsigned i = 0; i < count && !notice->has_report; i++) {
		if (parts[i].quoted ||
		    (strcmp(parts[i].type, "message/delivery-status") != 0 &&
			strcmp(parts[i].type,
			    "message/global-delivery-status") != 0))
			continue;
		text = message_part_text(notice->message, &parts[i], &len);
		notice->has_report = dsn_parse(text, len, &notice->dsn);
	}
	if (notice->has_report || notice->dsn.has_recipient)
		return;
	text = message_text(notice->message, &len);
	notice->inline_report = dsn_parse(text, len, &notice->dsn);
}

/* Parts that are looked at for links; who bounces has few. */
#define LINK_PARTS_MAX 8

/* The text that a mail program shows may be harmless where its HTML is not. */
static bool
leads_elsewhere(struct notice *notice)
{
	unsigned count, looked = 0;
	const struct message_part *parts =
	    message_parts(notice->message, &count);

	for (unsigned i = 0; i < count && looked < LINK_PARTS_MAX; i++) {
		const char *text, *type = parts[i].type;
		size_t len;

		if (parts[i].quoted || strncmp(type, "multipart/", 10) == 0 ||
		    strncmp(type, "message/", 8) == 0)
			continue;
		if (strncmp(type, "text/", 5) != 0)
			return true;
		if (strcmp(type, "text/html") != 0)
			continue;
		looked++;
		text = message_part_text(notice->message, &parts[i], &len);
		if (memmem(text, len, "http", 4) != NULL)
			return true;
	}
	return false;
}

/* What comes from nobody or an administrator may be bait. */
static void
look_for_link(struct notice *notice)
{
	const struct findings *findings = &notice->findings;

	notice->has_link = strstr(notice->text, "http") != NULL;
	if (!notice->has_link && !notice->has_report &&
	    (finding_has(findings, BACKSCATTER_DSN, FAMILY_ENVELOPE) ||
		finding_has(findings, BACKSCATTER_DSN, FAMILY_FROM) ||
		finding_has(findings, BACKSCATTER_VIRUS_NOTICE, FAMILY_FROM) ||
		finding_has(findings, BACKSCATTER_VIRUS_NOTICE, FAMILY_SYSTEM)))
		notice->has_link = leads_elsewhere(notice);
}

/* What texts say of absences and waiting, subjects say too: people's as well.
 */
static void
look_aside(struct notice *notice, const char *subject)
{
	struct signs signs = { 0 };
	struct findings findings = { .signs = &signs };

	phrase_find(aside_index, subject, strlen(subject), &findings);
	if (finding_has(&findings, BACKSCATTER_AUTOREPLY, FAMILY_TEXT))
		finding_add(&notice->findings, BACKSCATTER_AUTOREPLY,
		    FAMILY_GREETING, "subject-says-absent");
	if (finding_has(&findings, BACKSCATTER_CHALLENGE, FAMILY_LINK) ||
	    finding_has(&findings, BACKSCATTER_CHALLENGE, FAMILY_TEXT))
		finding_add(&notice->findings, BACKSCATTER_CHALLENGE,
		    FAMILY_GREETING, "subject-says-held");
}

static const char *
line_behind(const char *at, const char *end)
{
	const char *lf = memchr(at, '\n', (size_t)(end - at));

	return lf == NULL ? end : lf + 1;
}

/* Dashes or underscores that begin and end such a line. */
#define PARTING_MIN 5

/*
 * How mail programs part an answer from what it answers: "-----Original
 * Message-----", or a line of underscores. Boundaries of parts are none.
 */
static bool
is_parting_line(const char *at, const char *end)
{
	size_t len = (size_t)(line_behind(at, end) - at), dashes = 0;

	while (len > 0 && (at[len - 1] == '\n' || at[len - 1] == '\r'))
		len--;
	if (len < 2 * PARTING_MIN)
		return false;
	if (memcmp(at, "_____", PARTING_MIN) == 0)
		return true;
	while (dashes < len && at[dashes] == '-')
		dashes++;
	return dashes >= PARTING_MIN && dashes < len && at[dashes] != '=' &&
	       at[dashes] != '_' &&
	       memcmp(at + len - PARTING_MIN, "-----", PARTING_MIN) == 0;
}

/* Without the lines that an answer quotes: they are another's words. */
static size_t
fold_unquoted(const char *text, size_t len, char *out, size_t size)
{
	const char *end = text + len, *next;
	size_t used = 0;

	out[0] = '\0';
	while (text < end && used + 2 < size) {
		for (next = text;
		     next < end && *next != '>' && !is_parting_line(next, end);)
			next = line_behind(next, end);
		if (used > 0)
			out[used++] = ' ';
		used += fold_text(
		    text, (size_t)(next - text), out + used, size - used);
		while (next < end && *next == '>')
			next = line_behind(next, end);
		text = next < end && is_parting_line(next, end) ? end : next;
	}
	return used;
}

static void
find(struct notice *notice, char *own, size_t size)
{
	const char *subject = message_subject(notice->message);
	const char *text;
	size_t len;

	original_find(notice->message, &notice->original);
	find_report(notice);
	text = message_text(notice->message, &len);
	if (len > notice->original.own_text_len)
		len = notice->original.own_text_len;
	if (message_field(notice->message, "In-Reply-To") != NULL)
		notice->text_len = fold_unquoted(text, len, own, size);
	else
		notice->text_len = fold_text(text, len, own, size);
	notice->text = own;

	bounce_text_look(notice);
	mdn_look(notice);
	autoreply_look(notice);
	challenge_look(notice);
	virus_notice_look(notice);
	phrase_find(subject_index, subject, strlen(subject), &notice->findings);
	look_aside(notice, subject);
	phrase_find(
	    text_index, notice->text, notice->text_len, &notice->findings);
	look_for_link(notice);
}

/* --- the evidence --------------------------------------------------- */

static void
copy(char *to, size_t size, const char *from)
{
	size_t len = strnlen(from, size - 1);

	memcpy(to, from, len);
	to[len] = '\0';
}
#define COPY(to, from) copy(to, sizeof(to), from)

static void
fill_envelope(const struct envelope *envelope, unsigned recipient,
    struct evidence *evidence)
{
	memset(evidence, 0, sizeof(*evidence));
	evidence->seen_at = envelope->received_at;
	evidence->address = envelope->client;
	evidence->kind = BACKSCATTER_NONE;
	evidence->grade = GRADE_E;
	if (envelope->relayed)
		evidence->flags |= EVIDENCE_RELAYED | EVIDENCE_ONCE;
	if (envelope->own_relay)
		evidence->flags |= EVIDENCE_UNCOUNTED;
	COPY(evidence->helo, envelope->helo);
	COPY(evidence->reverse_path, envelope->sender);
	if (recipient < envelope->recipient_count) {
		evidence->trap = envelope->recipients[recipient].trap;
		if (evidence->trap == 0)
			evidence->flags |= EVIDENCE_UNCOUNTED;
	}
}

static void
fill_flags(struct notice *notice, struct evidence *evidence)
{
	struct signs *signs = notice->findings.signs;
	const char *submission, *authentication;

	if (evidence->kind == BACKSCATTER_DSN) {
		submission =
		    original_submission(notice->message, &notice->original);
		if (submission != NULL) {
			signs_add(signs, submission);
			evidence->flags |= EVIDENCE_SUBMISSION;
		}
		authentication =
		    original_authentication(notice->message, &notice->original);
		if (authentication != NULL)
			signs_add(signs, authentication);
		if (dsn_is_success(&notice->dsn)) {
			signs_add(signs, "action-success");
			evidence->flags |= EVIDENCE_SUCCESS;
		} else if (dsn_is_delay(&notice->dsn) ||
			   (notice->dsn.failed == 0 &&
			       (signs_have_prefix(signs, "text-delay-") ||
				   signs_have_prefix(
				       signs, "subject-delay-")))) {
			signs_add(signs, "action-delayed");
			evidence->flags |= EVIDENCE_DELAY;
		}
	}
	/* Anybody may type a trap into a form: only a reply proves a mail. */
	if ((signs_have(signs, "form-software") ||
		signs_have(signs, "subscription-request")) &&
	    !notice->original.found && !signs_have(signs, "in-reply-to") &&
	    (evidence->kind == BACKSCATTER_AUTOREPLY ||
		evidence->kind == BACKSCATTER_CHALLENGE))
		evidence->flags |= EVIDENCE_WEB_FORM;
	if (evidence->kind == BACKSCATTER_AUTOREPLY &&
	    signs_have(signs, "mdn-manual"))
		evidence->flags |= EVIDENCE_MDN_MANUAL;
}

/* Where the report says nothing, or a program's exit status, the text may. */
static void
fill_reason(struct notice *notice, struct evidence *evidence)
{
	char reason[sizeof(evidence->diagnostic)], status[16];
	const char *recipient = notice->dsn.recipient;
	size_t len;
	const char *text = message_text(notice->message, &len);

	if (evidence->diagnostic[strspn(evidence->diagnostic, "0123456789")] !=
	    '\0')
		return;
	if (len > notice->original.own_text_len)
		len = notice->original.own_text_len;
	if (reason_find(text, len, recipient, reason, sizeof(reason)) == 0)
		return;
	COPY(evidence->diagnostic, reason);
	notice->refused_elsewhere = reason_is_remote(reason);
	reason_status(reason, status, sizeof(status));
	if (*status != '\0' && (evidence->status[0] == '\0' ||
				   strcmp(evidence->status + 1, ".0.0") == 0))
		COPY(evidence->status, status);
}

static void
fill_report(struct notice *notice, struct evidence *evidence)
{
	const struct dsn *dsn = &notice->dsn;
	const char *program;

	COPY(evidence->reporting_mta, dsn->reporting_mta);
	COPY(evidence->status, dsn->status);
	COPY(evidence->diagnostic, dsn->diagnostic);
	if (evidence->kind == BACKSCATTER_DSN && !dsn_is_success(dsn))
		fill_reason(notice, evidence);
	COPY(evidence->queue_id, dsn->queue_id[0] != '\0'
				     ? dsn->queue_id
				     : notice->original.queue_id);
	program = diagnosis_software(notice->findings.signs);
	if (strcmp(dsn->queue_id_field, "X-Postfix-Queue-ID") == 0)
		program = "Postfix";
	if (program != NULL)
		COPY(evidence->software, program);
	evidence->original_at = message_date(dsn->arrival_date);
	if (evidence->original_at == 0)
		evidence->original_at = notice->original.arrived_at;
}

static void
fill_campaign(const struct notice *notice, const uint8_t key[META_KEY_LEN],
    struct evidence *evidence)
{
	const char *id = notice->original.message_id;

	if (*id != '\0')
		evidence->original = meta_hash(key, id, strlen(id));
	if (notice->original.found)
		evidence->campaign =
		    original_fingerprint(&notice->original, key);
	if (evidence->campaign != 0) {
		evidence->flags |= EVIDENCE_FINGERPRINTED;
	} else {
		evidence->campaign = evidence_hash_hour(evidence, key);
	}
}

static void
judge(struct notice *notice, const uint8_t key[META_KEY_LEN],
    struct classification *result)
{
	struct evidence *evidence = &result->evidence;

	result->veto = veto_look(notice);
	if (result->veto != NULL)
		signs_add(&result->signs, result->veto);
	else
		evidence->kind = judge_kind(notice);
	evidence->grade = judge_grade(notice, evidence->kind);
	fill_flags(notice, evidence);
	fill_report(notice, evidence);
	fill_campaign(notice, key, evidence);
	COPY(evidence->cause,
	    diagnosis_cause(evidence, &result->signs,
		notice->dsn.remote_mta[0] != '\0' || notice->refused_elsewhere)
		->name);
	signs_format(&result->signs, evidence->signs, sizeof(evidence->signs));
}

struct classify_reading {
	struct notice notice;
	struct signs signs;
	char own[OWN_TEXT_MAX];
};

struct classify_reading *
classify_read(
    const struct envelope *envelope, const uint8_t *octets, size_t len)
{
	struct classify_reading *reading = malloc(sizeof(*reading));
	struct notice *notice;

	if (reading == NULL)
		return NULL;
	notice = &reading->notice;
	memset(notice, 0, sizeof(*notice));
	notice->envelope = envelope;
	notice->message = message_read(octets, len);
	if (notice->message == NULL) {
		free(reading);
		return NULL;
	}
	reading->signs.count = 0;
	notice->findings.signs = &reading->signs;
	find(notice, reading->own, sizeof(reading->own));
	return reading;
}

void
classify_for(const struct classify_reading *reading, unsigned recipient,
    const uint8_t hash_key[META_KEY_LEN], struct classification *result)
{
	/* What is found out for one recipient is not for the next. */
	struct notice notice = reading->notice;
	const struct envelope *envelope = notice.envelope;

	memset(result, 0, sizeof(*result));
	result->signs = reading->signs;
	notice.findings.signs = &result->signs;
	if (recipient < envelope->recipient_count)
		notice.recipient = &envelope->recipients[recipient];
	fill_envelope(envelope, recipient, &result->evidence);
	judge(&notice, hash_key, result);
}

void
classify_end(struct classify_reading *reading)
{
	if (reading != NULL)
		message_free(reading->notice.message);
	free(reading);
}

void
classify_message(const struct envelope *envelope, unsigned recipient,
    const uint8_t *octets, size_t len, const uint8_t hash_key[META_KEY_LEN],
    struct classification *result)
{
	struct classify_reading *reading = classify_read(envelope, octets, len);

	if (reading != NULL) {
		classify_for(reading, recipient, hash_key, result);
		classify_end(reading);
		return;
	}
	memset(result, 0, sizeof(*result));
	fill_envelope(envelope, recipient, &result->evidence);
	signs_add(&result->signs, "unreadable");
	COPY(result->evidence.signs, "unreadable");
}

void
classify_dialogue(const struct envelope *envelope, unsigned recipient,
    enum dialogue_end end, unsigned refused_recipients,
    const uint8_t hash_key[META_KEY_LEN], struct classification *result)
{
	struct evidence *evidence = &result->evidence;
	struct signs *signs = &result->signs;

	memset(result, 0, sizeof(*result));
	fill_envelope(envelope, recipient, evidence);
	result->veto = callout_judge(
	    envelope->sender, end, refused_recipients, signs, &evidence->grade);
	if (result->veto != NULL)
		signs_add(signs, result->veto);
	else
		evidence->kind = BACKSCATTER_CALLOUT;
	evidence->campaign = evidence_hash_hour(evidence, hash_key);
	COPY(evidence->cause, diagnosis_cause(evidence, signs, false)->name);
	signs_format(signs, evidence->signs, sizeof(evidence->signs));
}
