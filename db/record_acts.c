#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/audit.h"
#include "db/guard.h"
#include "db/record_private.h"
#include "db/stored.h"
#include "db/verdict.h"

/* An import asks the clock after so many units, some 100 us. */
#define IMPORT_STRIDE 16

/* --- delisting ------------------------------------------------------------ */

static bool
is_listed_by_policy(const struct listing *listing)
{
	return listing->state == LISTING_LISTED || listing->callout_until != 0;
}

int
record_delisting(struct store_txn *txn, const struct recorder_rules *rules,
    struct delisting *delisting, int64_t now)
{
	struct ipaddr unit = listing_unit(&delisting->unit);
	struct record_case what = {
		.unit = &unit, .acts = true, .act = LISTING_DELISTED
	};
	const char *step = delisting_step_name(delisting->step);
	char address[IPPREFIX_TEXT_MAX];
	struct listing listing;
	int code = listing_get(txn, &unit, &listing);

	if (code != 0)
		return code;
	if (!is_listed_by_policy(&listing))
		return listing.manual_until != 0 ? ERROR_REFUSED
						 : ERROR_NOT_FOUND;
	delisting->unit = unit;
	delisting->at = now;
	code = delisting_put(txn, delisting);
	if (code == 0)
		code = record_judge_case(txn, rules, &what, now);
	if (code != 0)
		return code;
	listing_unit_format(&unit, address);
	record_note(rules, LOG_LEVEL_NOTICE,
	    "delisted address=%s step=%s score=%.2f", address, step,
	    listing.score);
	return audit_add(txn, now, rules->who, "delisted", address,
	    "step=%s score=%.2f listed_at=%lld", step, listing.score,
	    (long long)listing.listed_at);
}

/* --- by hand -------------------------------------------------------------- */

/*
 * An IPv4 prefix of at most 256 addresses, or one /64; else why not, in words
 * for people.
 */
static const char *
count_units(const struct ipprefix *prefix, unsigned *count)
{
	*count = 1;
	if (!ipprefix_is_ipv4(prefix))
		return prefix->length == 64
			   ? NULL
			   : "IPv6 is listed by /64 and nothing else";
	if (prefix->length < 120)
		return "nothing shorter than a /24 can be listed";
	*count = 1u << (128 - prefix->length);
	return NULL;
}

static struct ipaddr
unit_of(const struct ipprefix *prefix, unsigned n)
{
	if (!ipaddr_is_ipv4(&prefix->address))
		return prefix->address;
	return ipaddr_from_ipv4(ipaddr_to_ipv4(&prefix->address) + n);
}

static const char *
refuse_terms(const char *reason, int64_t until, int64_t now)
{
	if (reason == NULL || reason[0] == '\0')
		return "a reason must be given";
	if (strlen(reason) > LISTING_REASON_MAX)
		return "the reason is too long";
	if (until <= now)
		return "its end must lie ahead";
	if (until - now > RECORD_MANUAL_MAX_SECONDS)
		return "its end must be within 365 days";
	return NULL;
}

/* Why one of them can never be listed. */
static int
refuse_units(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipprefix *prefix, unsigned count, int64_t now,
    const char **refusal)
{
	int code = 0;

	*refusal = NULL;
	for (unsigned i = 0; code == 0 && *refusal == NULL && i < count; i++) {
		struct ipaddr unit = unit_of(prefix, i);

		code = record_refusal(txn, rules, &unit, now, refusal);
	}
	return code;
}

static int
list_by_hand(struct store_txn *txn, const struct ipaddr *unit,
    const char *reason, int64_t until, int64_t now)
{
	struct listing before, after;
	int code = listing_get(txn, unit, &before);

	if (code != 0 && code != ERROR_NOT_FOUND)
		return code;
	after = before;
	if (after.manual_at == 0)
		after.manual_at = now;
	after.manual_until = until;
	snprintf(
	    after.manual_reason, sizeof(after.manual_reason), "%s", reason);
	/* An earlier end that was due before only costs a judgement. */
	after.due_at = record_sooner(after.due_at, until);
	code = listing_put(txn, &after);
	return code != 0 ? code : record_publish(txn, &before, &after, now);
}

int
record_manual(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipprefix *prefix, const char *reason, int64_t until,
    int64_t now, const char **refusal)
{
	char text[IPPREFIX_TEXT_MAX], end[CLOCK_TEXT_MAX], why[LOG_TEXT_MAX];
	const char *unheard;
	unsigned count = 0;
	int code = 0;

	if (refusal == NULL)
		refusal = &unheard;
	*refusal = refuse_terms(reason, until, now);
	if (*refusal == NULL)
		*refusal = count_units(prefix, &count);
	if (*refusal == NULL)
		code = refuse_units(txn, rules, prefix, count, now, refusal);
	if (*refusal != NULL)
		return ERROR_REFUSED;
	for (unsigned i = 0; code == 0 && i < count; i++) {
		struct ipaddr unit = unit_of(prefix, i);

		code = list_by_hand(txn, &unit, reason, until, now);
	}
	if (code != 0)
		return code;
	ipprefix_format(prefix, text);
	clock_format(until, end);
	record_note(rules, LOG_LEVEL_NOTICE,
	    "manual prefix=%s until=%s reason=%s", text, end,
	    log_escape(reason, why));
	return audit_add(txn, now, rules->who, "manual", text,
	    "until=%s reason=%s", end, log_escape(reason, why));
}

/* What was listed by hand, and by nothing else. */
static int
end_by_hand(struct store_txn *txn, const struct listing *before, int64_t now)
{
	struct listing after = *before;
	int code;

	after.manual_at = after.manual_until = 0;
	after.manual_reason[0] = '\0';
	if (after.due_at == before->manual_until)
		after.due_at = now; /* what else was due, nobody knows */
	if (after.state == LISTING_NONE && after.episode_count == 0 &&
	    after.sightings == 0 && after.delisted_at == 0)
		after.due_at = 0;
	code = listing_put(txn, &after);
	return code != 0 ? code : record_publish(txn, before, &after, now);
}

int
record_remove_unit(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *unit, int64_t now)
{
	struct record_case what = {
		.unit = unit, .acts = true, .act = LISTING_REMOVED
	};
	struct listing before;
	int code = listing_get(txn, unit, &before);

	if (code == ERROR_DAMAGED) {
		code = listing_forget(txn, unit);
		if (code == 0)
			code = record_withdraw(txn, unit, now);
		/* Where it was counted, nobody can tell. */
		if (code == 0)
			code = guard_count_anew(txn, now);
		return code != 0 ? code : 1;
	}
	if (code != 0)
		return code == ERROR_NOT_FOUND ? 0 : code;
	if (is_listed_by_policy(&before) || listing_waits_since(&before) != 0)
		code = record_judge_case(txn, rules, &what, now);
	else if (before.manual_until != 0)
		code = end_by_hand(txn, &before, now);
	else
		return 0;
	return code != 0 ? code : 1;
}

int
record_removal(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipprefix *prefix, const char *reason, int64_t now)
{
	char text[IPPREFIX_TEXT_MAX], why[LOG_TEXT_MAX];
	unsigned count, removed = 0;

	if (count_units(prefix, &count) != NULL)
		return ERROR_REFUSED;
	for (unsigned i = 0; i < count; i++) {
		struct ipaddr unit = unit_of(prefix, i);
		int result = record_remove_unit(txn, rules, &unit, now);

		if (result < 0)
			return result;
		removed += (unsigned)result;
	}
	if (removed == 0)
		return ERROR_NOT_FOUND;
	ipprefix_format(prefix, text);
	record_note(rules, LOG_LEVEL_NOTICE,
	    "removed prefix=%s units=%u reason=%s", text, removed,
	    log_escape(reason, why));
	return audit_add(txn, now, rules->who, "removed", text,
	    "units=%u reason=%s", removed, log_escape(reason, why));
}

/* --- many by hand --------------------------------------------------------- */

/* 1 when it was listed, 0 when refused, or a negative code. */
static int
import_unit(struct store_txn *txn, const struct recorder_rules *rules,
    const struct record_import *import, const struct ipaddr *address,
    int64_t now)
{
	struct ipaddr unit = listing_unit(address);
	const char *refusal;
	int code = record_refusal(txn, rules, &unit, now, &refusal);

	if (code != 0)
		return code;
	if (refusal != NULL) {
		if (import->refused != NULL)
			import->refused(&unit, refusal, import->context);
		return 0;
	}
	code = list_by_hand(txn, &unit, import->reason, import->until, now);
	return code != 0 ? code : 1;
}

int
record_import(struct store_txn *txn, const struct recorder_rules *rules,
    const struct record_import *import, const struct ipaddr *units,
    size_t count, int64_t deadline_ms, int64_t now)
{
	char end[CLOCK_TEXT_MAX], why[LOG_TEXT_MAX];
	unsigned listed = 0;
	size_t i = 0;
	int code;

	if (refuse_terms(import->reason, import->until, now) != NULL)
		return ERROR_REFUSED;
	while (i < count) {
		int result = import_unit(txn, rules, import, &units[i++], now);

		if (result < 0)
			return result;
		listed += (unsigned)result;
		if (i % IMPORT_STRIDE == 0 &&
		    clock_monotonic_ms() >= deadline_ms)
			break;
	}
	if (listed == 0)
		return (int)i;
	clock_format(import->until, end);
	log_escape(import->reason, why);
	record_note(rules, LOG_LEVEL_NOTICE,
	    "imported units=%u until=%s reason=%s", listed, end, why);
	code = audit_add(txn, now, rules->who, "imported", "",
	    "units=%u until=%s reason=%s", listed, end, why);
	return code != 0 ? code : (int)i;
}

/* --- exemptions ----------------------------------------------------------- */

struct exempting {
	struct store_txn *txn;
	const struct recorder_rules *rules;
	const struct ipprefix *prefix;
	int64_t now;
	unsigned units;
};

/* Takes one off every list. */
static int
exempt_unit(struct exempting *exempting, const struct listing *listing)
{
	struct record_case what = {
		.unit = &listing->unit, .acts = true, .act = LISTING_EXEMPTED
	};

	exempting->units++;
	return record_judge_case(
	    exempting->txn, exempting->rules, &what, exempting->now);
}

/*
 * The first unit at or behind *from that lies in the prefix and stands in a
 * list, or may soon; *from then is where to go on.
 */
static int
next_covered(
    struct exempting *exempting, struct ipaddr *from, struct listing *listing)
{
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(exempting->txn, TABLE_LISTING, &cursor);

	if (code != 0)
		return code;
	code = store_seek(cursor, OCTETS(from->octets, 16), &key, &value);
	while (code == 0) {
		if (key.len != sizeof(from->octets)) {
			code = ERROR_DAMAGED;
			break;
		}
		memcpy(from->octets, key.data, key.len);
		if (!ipprefix_contains(exempting->prefix, from)) {
			code = ERROR_NOT_FOUND;
			break;
		}
		code = listing_decode(from, value, listing);
		if (!stored_pass_by(TABLE_LISTING, code) &&
		    (code != 0 || listing->state != LISTING_NONE ||
			listing_waits_since(listing) != 0 ||
			listing->callout_until != 0 ||
			listing->manual_until != 0))
			break;
		code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return code;
}

/* IPv4 stands among IPv6, and is none of ::/0: the search goes on behind it. */
static bool
pass_ipv4(const struct ipprefix *prefix, struct ipaddr *from)
{
	if (ipaddr_is_ipv4(&prefix->address) || !ipaddr_is_ipv4(from))
		return false;
	*from = ipaddr_from_ipv4(UINT32_MAX);
	return true;
}

static int
exempt_all(struct exempting *exempting)
{
	struct ipaddr from = exempting->prefix->address;
	struct listing listing;
	int code;

	do {
		code = next_covered(exempting, &from, &listing);
		if (code == 0)
			code = exempt_unit(exempting, &listing);
		else if (code == ERROR_NOT_FOUND &&
			 pass_ipv4(exempting->prefix, &from))
			code = 0;
	} while (code == 0 && ipaddr_step(&from));
	return code == ERROR_NOT_FOUND ? 0 : code;
}

int
record_exemption(struct store_txn *txn, const struct recorder_rules *rules,
    const struct exemption *exemption, int64_t now)
{
	char text[IPPREFIX_TEXT_MAX], end[CLOCK_TEXT_MAX] = "never";
	char why[LOG_TEXT_MAX];
	struct ipprefix prefix = exemption->prefix;
	struct exempting exempting = { txn, rules, &prefix, now, 0 };
	int code = exemption_put(txn, exemption);

	/* IPv6 is listed by /64, and a longer prefix stands for its own. */
	if (!ipaddr_is_ipv4(&prefix.address) && prefix.length > 64)
		prefix =
		    (struct ipprefix){ ipaddr_masked(&prefix.address, 64), 64 };
	if (code == 0)
		code = exempt_all(&exempting);
	if (code != 0)
		return code;
	if (exemption->until != 0)
		clock_format(exemption->until, end);
	ipprefix_format(&prefix, text);
	log_escape(exemption->reason, why);
	record_note(rules, LOG_LEVEL_NOTICE,
	    "exempt prefix=%s units=%u until=%s reason=%s", text,
	    exempting.units, end, why);
	return audit_add(txn, now, rules->who, "exempt", text,
	    "units=%u until=%s reason=%s", exempting.units, end, why);
}
