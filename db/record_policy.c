#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "db/audit.h"
#include "db/record_private.h"
#include "db/stored.h"

/*
 * Which policy decides is a decision, too: when its numbers are others than
 * those that decided last, the audit says which, from what, to what.
 */

#define VERSION 1
#define NAME OCTETS("policy in force", 15)
#define NUMBER_MAX 24

/* What is told, in this order; the record holds each number as text. */
static const struct number {
	const char *name;
	size_t offset;
	enum { DECIMAL, SECONDS, COUNT } type;
} numbers[] = {
#define NUMBER(type, field)                                                    \
	{                                                                      \
#field, offsetof(struct policy, field), type                   \
	}
	NUMBER(DECIMAL, list_score),
	NUMBER(DECIMAL, relist_score),
	NUMBER(DECIMAL, auto_score),
	NUMBER(DECIMAL, auto_relist_score),
	NUMBER(DECIMAL, strict_score),
	NUMBER(DECIMAL, per_trap_cap),
	NUMBER(DECIMAL, per_campaign_cap),
	NUMBER(SECONDS, half_life_seconds),
	NUMBER(SECONDS, span_seconds),
	NUMBER(SECONDS, expiry_seconds),
	NUMBER(SECONDS, expiry_max_seconds),
	NUMBER(COUNT, least_traps),
	NUMBER(COUNT, least_campaigns),
	NUMBER(COUNT, least_sightings),
	NUMBER(COUNT, corroborating_networks),
#undef NUMBER
};
#define NUMBER_COUNT (sizeof(numbers) / sizeof(numbers[0]))

/* The preset's name comes first. */
#define TEXT_COUNT (1 + NUMBER_COUNT)
#define RECORD_MAX (1 + TEXT_COUNT * (2 + NUMBER_MAX))

struct texts {
	char of[TEXT_COUNT][NUMBER_MAX];
};

static const char *
name_of(size_t i)
{
	return i == 0 ? "preset" : numbers[i - 1].name;
}

static void
format_number(
    const struct policy *policy, const struct number *number, char *text)
{
	const char *at = (const char *)policy + number->offset;
	int64_t seconds;
	unsigned count;
	double decimal;

	switch (number->type) {
	case DECIMAL:
		memcpy(&decimal, at, sizeof(decimal));
		snprintf(text, NUMBER_MAX, "%g", decimal);
		break;
	case SECONDS:
		memcpy(&seconds, at, sizeof(seconds));
		snprintf(text, NUMBER_MAX, "%llds", (long long)seconds);
		break;
	case COUNT:
		memcpy(&count, at, sizeof(count));
		snprintf(text, NUMBER_MAX, "%u", count);
		break;
	}
}

static void
format_policy(const struct policy *policy, struct texts *texts)
{
	stored_copy_text(texts->of[0], NUMBER_MAX, policy->preset);
	for (size_t i = 0; i < NUMBER_COUNT; i++)
		format_number(policy, &numbers[i], texts->of[1 + i]);
}

/* Another number of numbers, of another version of bsbl, is a change. */
static int
read_texts(struct store_txn *txn, struct texts *texts)
{
	struct wire_reader from;
	struct octets value;
	int code = store_get(txn, TABLE_META, NAME, &value);

	memset(texts, 0, sizeof(*texts));
	if (code != 0)
		return code;
	code = stored_begin(&from, value, VERSION);
	for (size_t i = 0; code == 0 && i < TEXT_COUNT; i++)
		wire_read_text(&from, texts->of[i], NUMBER_MAX);
	return code;
}

static int
put_texts(struct store_txn *txn, const struct texts *texts)
{
	uint8_t record[RECORD_MAX];
	struct wire_writer to;

	wire_write(&to, record, sizeof(record));
	wire_write_u8(&to, VERSION);
	for (size_t i = 0; i < TEXT_COUNT; i++)
		wire_write_text(&to, texts->of[i]);
	return store_put(txn, TABLE_META, NAME, OCTETS(record, wire_len(&to)));
}

/* "list_score=1.4>2 least_traps=2>3"; as many as the audit has room for. */
static void
format_changes(const struct texts *before, const struct texts *after,
    char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < TEXT_COUNT; i++) {
		int len;

		if (strcmp(before->of[i], after->of[i]) == 0)
			continue;
		len = snprintf(text + used, size - used, "%s%s=%s>%s",
		    used > 0 ? " " : "", name_of(i), before->of[i],
		    after->of[i]);
		if ((size_t)len >= size - used) {
			text[used] = '\0';
			return;
		}
		used += (size_t)len;
	}
}

int
record_policy(
    struct store_txn *txn, const struct recorder_rules *rules, int64_t now)
{
	struct texts before, after;
	char changes[200];
	int code = read_texts(txn, &before);
	bool first = code == ERROR_NOT_FOUND;

	memset(&after, 0, sizeof(after));
	format_policy(&rules->policy, &after);
	if (code == 0 && memcmp(&before, &after, sizeof(after)) == 0)
		return 0;
	if (code != 0 && !first && !stored_pass_by(TABLE_META, code))
		return code;
	code = put_texts(txn, &after);
	if (code != 0)
		return code;
	format_changes(&before, &after, changes, sizeof(changes));
	record_note(rules, LOG_LEVEL_NOTICE, "%s preset=%s%s%s",
	    first ? "policy_in_force" : "policy_changed", rules->policy.preset,
	    first ? "" : " ", first ? "" : changes);
	if (first)
		code = audit_add(txn, now, rules->who, "policy_in_force", "",
		    "preset=%s list_score=%s relist_score=%s networks=%u",
		    rules->policy.preset, after.of[1], after.of[2],
		    rules->policy.corroborating_networks);
	else
		code = audit_add(
		    txn, now, rules->who, "policy_changed", "", "%s", changes);
	return code != 0 ? code : 1;
}
