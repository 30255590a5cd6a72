#include "db/event.h"

#include <ctype.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/wire.h"
#include "db/meta.h"
#include "db/trap.h"

/* --- members -------------------------------------------------------------- */

typedef bool take_member(struct event *event, const char *text);

static bool
take_address(struct event *event, const char *text)
{
	return ipaddr_parse(text, &event->evidence.address) == 0;
}

static bool
take_kind(struct event *event, const char *text)
{
	enum backscatter_kind kind = backscatter_parse(text);

	event->evidence.kind = kind;
	return kind != BACKSCATTER_NONE && kind != BACKSCATTER_KIND_COUNT;
}

/* E is what fits none: not worth telling. */
static bool
take_grade(struct event *event, const char *text)
{
	if (text[0] < 'A' || text[0] > 'D' || text[1] != '\0')
		return false;
	event->evidence.grade = (enum proof_grade)(GRADE_A + (text[0] - 'A'));
	return true;
}

/* Times of a clock, not distances, which clock_parse would take as well. */
static bool
parse_time(const char *text, int64_t *seconds)
{
	return strlen(text) >= sizeof("2026-01-31") - 1 &&
	       clock_parse(text, 0, seconds) == 0 && *seconds > 0;
}

static bool
take_time(struct event *event, const char *text)
{
	return parse_time(text, &event->evidence.seen_at);
}

static bool
take_original_time(struct event *event, const char *text)
{
	return parse_time(text, &event->evidence.original_at);
}

static const struct {
	const char *name;
	uint32_t flag;
} flags[] = {
	{ "delay", EVIDENCE_DELAY },
	{ "submission", EVIDENCE_SUBMISSION },
	{ "success", EVIDENCE_SUCCESS },
	{ "web_form", EVIDENCE_WEB_FORM },
	{ "mdn_manual", EVIDENCE_MDN_MANUAL },
	{ "relayed", EVIDENCE_RELAYED },
};

static bool
take_flag(struct event *event, const char *text)
{
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (strcmp(flags[i].name, text) == 0) {
			event->evidence.flags |= flags[i].flag;
			return true;
		}
	}
	return false;
}

#define READ(take, words) .read = (take), .expected = (words)
#define TEXT(member)                                                           \
	.offset = offsetof(struct event, member),                              \
	.size = sizeof(((struct event *)0)->member)

/*
 * A text is copied where it has no `read`: in whole, or cut where that may be.
 */
static const struct member {
	const char *name;
	take_member *read;
	const char *expected;
	size_t offset, size;
	bool required, list, may_be_cut;
} members[] = {
	{ "address", READ(take_address, "an IP address"), .required = true },
	{ "kind", READ(take_kind, "dsn, auto, challenge, virus or callout"),
	    .required = true },
	{ "grade", READ(take_grade, "A, B, C or D"), .required = true },
	{ "trap", TEXT(trap), .required = true },
	{ "time", READ(take_time, "a time as 2026-01-31T12:00:00Z") },
	{ "id", TEXT(id) },
	{ "campaign", TEXT(campaign) },
	{ "message_id", TEXT(message_id) },
	{ "original_time",
	    READ(take_original_time, "a time as 2026-01-31T12:00:00Z") },
	{ "flags",
	    READ(take_flag, "a list of delay, submission, success, web_form, "
			    "mdn_manual, relayed"),
	    .list = true },
	{ "helo", TEXT(evidence.helo), .may_be_cut = true },
	{ "sender", TEXT(evidence.reverse_path), .may_be_cut = true },
	{ "reporting_mta", TEXT(evidence.reporting_mta), .may_be_cut = true },
	{ "software", TEXT(evidence.software), .may_be_cut = true },
	{ "queue_id", TEXT(evidence.queue_id), .may_be_cut = true },
	{ "status", TEXT(evidence.status), .may_be_cut = true },
	{ "diagnostic", TEXT(evidence.diagnostic), .may_be_cut = true },
};
#define MEMBERS (sizeof(members) / sizeof(members[0]))

static const struct member *
find_member(const char *name)
{
	for (size_t i = 0; i < MEMBERS; i++) {
		if (strcmp(members[i].name, name) == 0)
			return &members[i];
	}
	return NULL;
}

/* --- reading -------------------------------------------------------------- */

/* UTF-8 is not cut in the middle of a character. */
static bool
copy_text(struct event *event, const struct member *member, const char *text)
{
	char *to = (char *)event + member->offset;
	size_t len = strlen(text);

	if (len >= member->size && !member->may_be_cut)
		return false;
	if (len >= member->size) {
		len = member->size - 1;
		while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
			len--;
	}
	memcpy(to, text, len);
	to[len] = '\0';
	return true;
}

static bool
take_text(struct event *event, const struct member *member, const json_t *value)
{
	const char *text = json_string_value(value);

	if (text == NULL)
		return false;
	return member->read != NULL ? member->read(event, text)
				    : copy_text(event, member, text);
}

static bool
take_list(struct event *event, const struct member *member, const json_t *value)
{
	if (!json_is_array(value))
		return false;
	for (size_t i = 0; i < json_array_size(value); i++) {
		if (!take_text(event, member, json_array_get(value, i)))
			return false;
	}
	return true;
}

static int
take_value(const struct member *member, const json_t *value,
    struct event *event, char why[EVENT_WHY_MAX])
{
	bool good = member->list ? take_list(event, member, value)
				 : take_text(event, member, value);

	if (good)
		return 0;
	if (member->expected != NULL)
		snprintf(why, EVENT_WHY_MAX, "%s must be %s", member->name,
		    member->expected);
	else
		snprintf(why, EVENT_WHY_MAX,
		    "%s must be a text of at most %zu octets", member->name,
		    member->size - 1);
	return ERROR_FORMAT;
}

/* Names come from outside: what is shown of them is short and plain. */
static int
refuse_name(const char *name, char why[EVENT_WHY_MAX])
{
	char shown[32];
	size_t len = 0;

	for (; name[len] != '\0' && len < sizeof(shown) - 1; len++)
		shown[len] =
		    isalnum((unsigned char)name[len]) || name[len] == '_'
			? name[len]
			: '?';
	shown[len] = '\0';
	snprintf(why, EVENT_WHY_MAX, "there is no member %s", shown);
	return ERROR_FORMAT;
}

static int
take_all(json_t *object, struct event *event, char why[EVENT_WHY_MAX])
{
	const char *name;
	json_t *value;
	int code = 0;

	for (size_t i = 0; i < MEMBERS; i++) {
		if (members[i].required &&
		    json_object_get(object, members[i].name) == NULL) {
			snprintf(why, EVENT_WHY_MAX, "%s is missing",
			    members[i].name);
			return ERROR_FORMAT;
		}
	}
	json_object_foreach(object, name, value)
	{
		const struct member *member = find_member(name);

		if (member == NULL)
			return refuse_name(name, why);
		code = take_value(member, value, event, why);
		if (code != 0)
			return code;
	}
	return code;
}

/* A callout has no message that could prove more, and nothing else is D. */
static int
check(const struct event *event, char why[EVENT_WHY_MAX])
{
	bool callout = event->evidence.kind == BACKSCATTER_CALLOUT;

	if (callout == (event->evidence.grade == GRADE_D))
		return 0;
	snprintf(why, EVENT_WHY_MAX, "grade D is for callouts, no other is");
	return ERROR_FORMAT;
}

static json_t *
load(const char *json, size_t len, char why[EVENT_WHY_MAX])
{
	json_error_t error;
	json_t *value;

	if (len > EVENT_MAX) {
		snprintf(why, EVENT_WHY_MAX, "more than %d octets", EVENT_MAX);
		return NULL;
	}
	value = json_loadb(json, len, JSON_REJECT_DUPLICATES, &error);
	if (json_is_object(value))
		return value;
	/* Jansson's own words repeat what was sent. */
	if (value == NULL)
		snprintf(why, EVENT_WHY_MAX,
		    "not JSON, at octet %d, or a member stands twice",
		    error.position);
	else
		snprintf(why, EVENT_WHY_MAX, "not an object");
	json_decref(value);
	return NULL;
}

int
event_read(
    const char *json, size_t len, struct event *event, char why[EVENT_WHY_MAX])
{
	json_t *object = load(json, len, why);
	int code;

	memset(event, 0, sizeof(*event));
	if (object == NULL)
		return ERROR_FORMAT;
	code = take_all(object, event, why);
	json_decref(object);
	return code != 0 ? code : check(event, why);
}

/* --- what it stands for --------------------------------------------------- */

static int
find_trap(struct store_txn *txn, const char *mailbox, struct evidence *evidence)
{
	struct trap trap;
	int match = trap_find(txn, mailbox, &trap);

	if (match == TRAP_MATCH_TRAP && trap.state == TRAP_ACTIVE) {
		evidence->trap = trap.id;
		return 0;
	}
	if (match == TRAP_MATCH_ROLE) {
		evidence->flags |= EVIDENCE_UNCOUNTED;
		return 0;
	}
	return match < 0 ? match : ERROR_NOT_FOUND;
}

static uint64_t
hash_text(const uint8_t key[META_KEY_LEN], const char *text)
{
	return meta_hash(key, text, strlen(text));
}

/* As ingest has it: lower case, without brackets (ingest/message.h). */
static uint64_t
hash_message_id(const uint8_t key[META_KEY_LEN], const char *message_id)
{
	char plain[EVENT_TEXT_MAX + 1];
	size_t len = 0;

	for (; *message_id != '\0'; message_id++) {
		if (strchr("<> \t", *message_id) == NULL)
			plain[len++] =
			    (char)tolower((unsigned char)*message_id);
	}
	plain[len] = '\0';
	return len > 0 ? hash_text(key, plain) : 0;
}

/*
 * One that names itself is known by that; else by all that it says. What says
 * neither its name nor its time may well happen again.
 */
static uint64_t
digest(const uint8_t key[META_KEY_LEN], const struct event *event,
    const struct evidence *evidence)
{
	uint8_t octets[EVIDENCE_RECORD_MAX + EVENT_TEXT_MAX + 64];
	struct wire_writer to;
	int len;

	wire_write(&to, octets, sizeof(octets));
	wire_write_u32(&to, evidence->sensor);
	wire_write_octets(&to, (const uint8_t *)event->id, sizeof(event->id));
	if (event->id[0] == '\0') {
		len = evidence_encode(evidence, octets + wire_len(&to),
		    sizeof(octets) - wire_len(&to));
		return meta_hash(key, octets, wire_len(&to) + (size_t)len);
	}
	return meta_hash(key, octets, wire_len(&to));
}

int
event_evidence(struct store_txn *txn, const struct event *event,
    uint32_t sensor, int64_t now, struct evidence *evidence)
{
	uint8_t key[META_KEY_LEN];
	int code = meta_hash_key(txn, key);

	*evidence = event->evidence;
	evidence->sensor = sensor;
	if (code == 0)
		code = find_trap(txn, event->trap, evidence);
	if (code != 0)
		return code;
	evidence->original = hash_message_id(key, event->message_id);
	evidence->digest = digest(key, event, evidence);
	if (event->id[0] != '\0' || evidence->seen_at != 0)
		evidence->flags |= EVIDENCE_ONCE;
	else
		evidence->flags |= EVIDENCE_VAGUE;
	if (evidence->seen_at == 0 || evidence->seen_at > now)
		evidence->seen_at = now;
	if (event->campaign[0] != '\0') {
		evidence->campaign = hash_text(key, event->campaign);
		evidence->flags |= EVIDENCE_FINGERPRINTED;
	} else {
		evidence->campaign = evidence_hash_hour(evidence, key);
	}
	return 0;
}
