#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "db/audit.h"
#include "db/policy_number.h"
#include "db/record_private.h"
#include "db/stored.h"

/*
 * Which policy decides is a decision, too, and how much of it is published
 * unseen: when its numbers, or the guard's, are others than those that decided
 * last, the audit says which, from what, to what. What was seen before is
 * judged by them then (record_anew.c).
 */

#define VERSION 1
#define NAME OCTETS("numbers in force", 16)
#define NUMBER_MAX 24

/* What decides beside the policy. */
static const struct {
	const char *name; /* of the setting */
	size_t offset;	  /* of a long in struct recorder_rules */
} guards[] = {
	{ "guard_additions", offsetof(struct recorder_rules, guard_additions) },
	{ "guard_seconds", offsetof(struct recorder_rules, guard_seconds) },
};
#define GUARD_COUNT (sizeof(guards) / sizeof(guards[0]))

/* The preset's name comes first, the guard's numbers last. */
#define GUARD_FIRST (1 + POLICY_NUMBER_COUNT)
#define TEXT_COUNT (GUARD_FIRST + GUARD_COUNT)
#define RECORD_MAX (1 + TEXT_COUNT * (2 + NUMBER_MAX))

struct texts {
	char of[TEXT_COUNT][NUMBER_MAX];
};

static const char *
name_of(size_t i)
{
	if (i >= GUARD_FIRST)
		return guards[i - GUARD_FIRST].name;
	return i == 0 ? "preset" : policy_numbers[i - 1].name;
}

static void
format_number(
    const struct policy *policy, const struct policy_number *number, char *text)
{
	const char *at = (const char *)policy + number->in_policy;
	int64_t seconds;
	unsigned count;
	double decimal;

	switch (number->kind) {
	case POLICY_DECIMAL:
		memcpy(&decimal, at, sizeof(decimal));
		snprintf(text, NUMBER_MAX, "%g", decimal);
		break;
	case POLICY_SECONDS:
		memcpy(&seconds, at, sizeof(seconds));
		snprintf(text, NUMBER_MAX, "%llds", (long long)seconds);
		break;
	case POLICY_COUNT:
		memcpy(&count, at, sizeof(count));
		snprintf(text, NUMBER_MAX, "%u", count);
		break;
	}
}

static void
format_guard(const struct recorder_rules *rules, size_t offset, char *text)
{
	long number;

	memcpy(&number, (const char *)rules + offset, sizeof(number));
	snprintf(text, NUMBER_MAX, "%ld", number);
}

static void
format_rules(const struct recorder_rules *rules, struct texts *texts)
{
	const struct policy *policy = &rules->policy;

	memset(texts, 0, sizeof(*texts));
	stored_copy_text(texts->of[0], NUMBER_MAX, policy->preset);
	for (size_t i = 0; i < POLICY_NUMBER_COUNT; i++)
		format_number(policy, &policy_numbers[i], texts->of[1 + i]);
	for (size_t i = 0; i < GUARD_COUNT; i++)
		format_guard(
		    rules, guards[i].offset, texts->of[GUARD_FIRST + i]);
}

/*
 * What another version of bsbl, that has fewer numbers, did not write is empty,
 * and a change.
 */
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

/* Whatever the guard's numbers are. */
static bool
same_policy(const struct texts *a, const struct texts *b)
{
	return memcmp(a->of, b->of, GUARD_FIRST * sizeof(a->of[0])) == 0;
}

/*
 * "list_score=1.4>2 least_traps=2>3", ">3" where it was not known, from *next
 * on, as many as there is room for; *next is the first that is left. Empty: no
 * other is.
 */
static void
format_changes(const struct texts *before, const struct texts *after,
    size_t *next, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (; *next < TEXT_COUNT; ++*next) {
		const char *was = before->of[*next], *is = after->of[*next];
		int len;

		if (strcmp(was, is) == 0)
			continue;
		len = snprintf(text + used, size - used, "%s%s=%s>%s",
		    used > 0 ? " " : "", name_of(*next), was, is);
		if ((size_t)len >= size - used) {
			text[used] = '\0';
			return;
		}
		used += (size_t)len;
	}
}

/* Every number that is another than before, in as many lines as it takes. */
static int
tell_changes(struct store_txn *txn, const struct recorder_rules *rules,
    const struct texts *before, const struct texts *after, int64_t now)
{
	char changes[200];
	size_t next = 0;
	int code = 0;

	while (code == 0 && next < TEXT_COUNT) {
		format_changes(before, after, &next, changes, sizeof(changes));
		if (changes[0] == '\0')
			break;
		record_note(rules, LOG_LEVEL_NOTICE,
		    "policy_changed preset=%s %s", rules->policy.preset,
		    changes);
		code = audit_add(
		    txn, now, rules->who, "policy_changed", "", "%s", changes);
	}
	return code;
}

static int
tell_first(
    struct store_txn *txn, const struct recorder_rules *rules, int64_t now)
{
	const struct policy *policy = &rules->policy;

	record_note(rules, LOG_LEVEL_NOTICE, "policy_in_force preset=%s",
	    policy->preset);
	return audit_add(txn, now, rules->who, "policy_in_force", "",
	    "preset=%s list_score=%g relist_score=%g networks=%u",
	    policy->preset, policy->list_score, policy->relist_score,
	    policy->corroborating_networks);
}

int
record_policy(
    struct store_txn *txn, const struct recorder_rules *rules, int64_t now)
{
	struct texts before, after;
	int code = read_texts(txn, &before);
	bool known = code == 0;

	format_rules(rules, &after);
	if (known && memcmp(&before, &after, sizeof(after)) == 0)
		return 0;
	if (!known && code != ERROR_NOT_FOUND &&
	    !stored_pass_by(TABLE_META, code))
		return code;
	code = put_texts(txn, &after);
	/* Whoever stands in judges nobody by them (db/record_sweep.c). */
	if (code == 0 && known && !same_policy(&before, &after))
		code = record_anew_begin(txn);
	if (code == 0)
		code = known ? tell_changes(txn, rules, &before, &after, now)
			     : tell_first(txn, rules, now);
	return code != 0 ? code : 1;
}
