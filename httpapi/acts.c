#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "db/appeal.h"
#include "db/audit.h"
#include "db/told.h"
#include "db/trap.h"
#include "httpapi/act.h"
#include "httpapi/act_input.h"
#include "httpapi/target.h"
#include "httpapi/view.h"

/* --- what was given ------------------------------------------------------- */

static void
tell_prefix(struct act *act, const struct ipprefix *prefix, const char *state)
{
	char text[IPPREFIX_TEXT_MAX];

	if (prefix->length == 128)
		ipaddr_format(&prefix->address, text);
	else
		ipprefix_format(prefix, text);
	json_object_set_new(act->answer, "prefix", json_string(text));
	json_object_set_new(act->answer, "state", json_string(state));
}

/* --- listings ------------------------------------------------------------- */

/* What the rules say of its end or its reason is no fault of the address. */
static int
put_by_hand(struct act *act, const struct ipprefix *prefix, const char *reason,
    int64_t until)
{
	if (until == 0 || until - act->now > RECORD_MANUAL_MAX_SECONDS)
		act->at = "until";
	if (reason[0] == '\0')
		act->at = "reason";
	return record_manual(
	    act->txn, &act->rules, prefix, reason, until, act->now, &act->why);
}

int
act_list(struct act *act)
{
	struct ipprefix prefix;
	const char *reason;
	int64_t until;
	int code = act_prefix(act, act_text(act, "prefix"), &prefix);

	if (code == 0)
		code = act_reason(act, &reason);
	if (code == 0)
		code = act_until(act, &until);
	if (code == 0)
		code = put_by_hand(act, &prefix, reason, until);
	if (code == 0)
		tell_prefix(act, &prefix, "listed");
	return code;
}

int
act_unlist(struct act *act)
{
	struct ipprefix prefix;
	const char *reason;
	int code = act_prefix(act, act->subject, &prefix);

	if (code == 0)
		code = act_reason(act, &reason);
	if (code == 0)
		code = record_removal(
		    act->txn, &act->rules, &prefix, reason, act->now);
	if (code == 0)
		tell_prefix(act, &prefix, "removed");
	return code;
}

/* --- exemptions ----------------------------------------------------------- */

int
act_exempt(struct act *act)
{
	struct exemption exemption = { .added_at = act->now };
	const char *reason;
	int code = act_prefix(act, act_text(act, "prefix"), &exemption.prefix);

	if (code == 0)
		code = act_reason(act, &reason);
	if (code == 0 && reason[0] == '\0') {
		act->at = "reason";
		code =
		    act_refuse(act, ERROR_REFUSED, "A reason must be given.");
	}
	if (code == 0)
		code = act_until(act, &exemption.until);
	if (code != 0)
		return code;
	strcpy(exemption.reason, reason);
	code = record_exemption(act->txn, &act->rules, &exemption, act->now);
	if (code == 0)
		tell_prefix(act, &exemption.prefix, "exempt");
	return code;
}

int
act_unexempt(struct act *act)
{
	char text[IPPREFIX_TEXT_MAX];
	char why[LOG_TEXT_MAX];
	struct ipprefix prefix;
	const char *reason;
	int code = act_prefix(act, act->subject, &prefix);

	if (code == 0)
		code = act_reason(act, &reason);
	if (code == 0)
		code = exemption_remove(act->txn, &prefix);
	if (code == ERROR_NOT_FOUND)
		act->why = "There is no exemption of that, or no longer.";
	if (code == 0)
		code = audit_add(act->txn, act->now, act->rules.who,
		    "exemption_removed", ipprefix_format(&prefix, text),
		    reason[0] != '\0' ? "reason=%s" : "%s",
		    log_escape(reason, why));
	if (code == 0)
		tell_prefix(act, &prefix, "no_longer_exempt");
	return code;
}

/* --- traps ---------------------------------------------------------------- */

/* State and weight, where they are given. */
static int
read_trap(struct act *act, int *state, int *weight)
{
	const char *text = act_text(act, "state");
	const json_t *number = json_object_get(act->input, "weight");

	*state = TRAP_KEEP;
	*weight = TRAP_KEEP;
	if (text != NULL && text[0] != '\0')
		*state = trap_state_parse(text);
	if (*state == ERROR_FORMAT)
		return act_refuse(act, ERROR_FORMAT,
		    "A state is active, conditioning or retired.");
	if (number == NULL)
		return 0;
	*weight = (int)json_integer_value(number);
	if (!json_is_integer(number) || json_integer_value(number) < 1 ||
	    json_integer_value(number) > 100)
		return act_refuse(act, ERROR_FORMAT,
		    "A weight is a whole number from 1 to 100.");
	return 0;
}

static int
explain_trap(struct act *act, int code)
{
	static const struct {
		int code;
		const char *why;
	} reasons[] = {
		{ ERROR_FORMAT,
		    "A pattern is user@domain, @domain or @.domain." },
		{ ERROR_EXISTS, "That is a trap already." },
		{ ERROR_NOT_FOUND, "That is no trap." },
		{ ERROR_REFUSED,
		    "That cannot be a trap: every domain must have it." },
		{ ERROR_LIMIT, "The reason is too long." },
	};

	for (size_t i = 0; act->why == NULL && i < 5; i++) {
		if (reasons[i].code == code)
			act->why = reasons[i].why;
	}
	return code;
}

static int
set_trap(struct act *act, const char *pattern, const char *what)
{
	char text[TRAP_TEXT_MAX];
	char why[LOG_TEXT_MAX];
	struct trap_change change = { .reason = act_text(act, "reason") };
	struct trap trap;
	int code = read_trap(act, &change.state, &change.weight);

	/* A form has an empty field where nothing is said. */
	if (change.reason != NULL && change.reason[0] == '\0')
		change.reason = NULL;
	if (code == 0)
		code = trap_set(act->txn, pattern, &change, act->now, &trap);
	if (code != 0)
		return code;
	json_object_set_new(
	    act->answer, "trap", json_string(trap_format(&trap, text)));
	json_object_set_new(
	    act->answer, "state", json_string(trap_state_name(trap.state)));
	json_object_set_new(act->answer, "weight", json_integer(trap.weight));
	json_object_set_new(act->answer, "reason", told_text(trap.reason));
	return audit_add(act->txn, act->now, act->rules.who, what, "",
	    "trap=%s state=%s weight=%u reason=%s", text,
	    trap_state_name(trap.state), trap.weight,
	    log_escape(trap.reason, why));
}

int
act_trap_add(struct act *act)
{
	const char *pattern = act_text(act, "pattern");
	struct trap trap;
	int code = pattern != NULL
		       ? trap_add(act->txn, pattern, act->now, &trap)
		       : ERROR_FORMAT;

	if (code == 0)
		code = set_trap(act, pattern, "trap_added");
	return explain_trap(act, code);
}

int
act_trap_set(struct act *act)
{
	return explain_trap(act, set_trap(act, act->subject, "trap_set"));
}

int
act_trap_remove(struct act *act)
{
	char why[LOG_TEXT_MAX];
	struct trap_pattern parts;
	const char *reason;
	int code = trap_pattern_parse(act->subject, &parts);

	if (code == 0)
		code = act_reason(act, &reason);
	if (code == 0)
		code = trap_remove(act->txn, act->subject);
	if (code == 0)
		code = audit_add(act->txn, act->now, act->rules.who,
		    "trap_removed", "", "domain=%s whole=%d reason=%s",
		    parts.domain, parts.local[0] == '\0',
		    log_escape(reason, why));
	if (code == 0)
		json_object_set_new(
		    act->answer, "removed", json_string(parts.domain));
	return explain_trap(act, code);
}

/* --- requests ------------------------------------------------------------- */

static int
grant(struct act *act, const struct appeal *appeal, const char *reason)
{
	struct delisting delisting = {
		.unit = appeal->unit,
		.requester = appeal->requester,
		.step = DELISTING_BY_OPERATOR,
	};
	int code;

	snprintf(delisting.note, sizeof(delisting.note), "%s", reason);
	code = record_delisting(act->txn, &act->rules, &delisting, act->now);
	/* It has come off meanwhile: that is what was asked for. */
	if (code == ERROR_NOT_FOUND)
		code = 0;
	if (code == ERROR_REFUSED)
		return act_refuse(act, code,
		    "It is listed by hand: remove the listing instead.");
	return code != 0 ? code : appeal_remove(act->txn, &appeal->unit);
}

/* Is it the request that was looked at? Where none is named, any is. */
static bool
is_the_one(const struct act *act, const struct appeal *appeal)
{
	const char *asked_at = act_text(act, "asked_at");
	char at[CLOCK_TEXT_MAX];

	return asked_at == NULL ||
	       strcmp(asked_at, clock_format(appeal->at, at)) == 0;
}

/* The one that waits for the address of the path. */
static int
find_request(struct act *act, struct appeal *appeal)
{
	struct subject subject;
	struct ipaddr unit;
	int code;

	if (subject_parse_loosely(act->subject, &subject) != 0)
		return act_refuse(act, ERROR_FORMAT, "An address is expected.");
	unit = listing_unit(&subject.address);
	code = appeal_get(act->txn, &unit, appeal);
	if (code == ERROR_NOT_FOUND)
		return act_refuse(act, code,
		    "Nobody asks for that address, or somebody else has "
		    "decided meanwhile: the audit tells.");
	if (code == 0 && !is_the_one(act, appeal))
		return act_refuse(act, ERROR_REFUSED,
		    "Somebody else has decided meanwhile, and it was asked "
		    "anew: please look at the new request.");
	return code;
}

int
act_request(struct act *act)
{
	const char *decision = act_text(act, "decision"), *reason;
	bool granted = decision != NULL && strcmp(decision, "grant") == 0;
	struct appeal appeal;
	int code = act_reason(act, &reason);

	if (code != 0)
		return code;
	if (!granted && (decision == NULL || strcmp(decision, "refuse") != 0))
		return act_refuse(
		    act, ERROR_FORMAT, "A decision is grant or refuse.");
	code = find_request(act, &appeal);
	if (code == 0)
		code = granted ? grant(act, &appeal, reason)
			       : appeal_refuse(act->txn, &appeal.unit, reason,
				     act->rules.who, act->now);
	if (code == 0)
		json_object_set_new(act->answer, "decision",
		    json_string(granted ? "granted" : "refused"));
	return code;
}

/* --- guard ---------------------------------------------------------------- */

/* As many as a /24 has: all at once. */
#define UNITS_MAX 256

struct named {
	struct ipaddr units[UNITS_MAX];
	size_t count;
};

static int
read_named(struct act *act, struct named *named)
{
	const json_t *units = json_object_get(act->input, "units");
	struct subject subject;

	if (!json_is_array(units) || json_array_size(units) == 0 ||
	    json_array_size(units) > UNITS_MAX)
		return act_refuse(
		    act, ERROR_FORMAT, "Name 1 to 256 units, or all of them.");
	for (size_t i = 0; i < json_array_size(units); i++) {
		const char *text = json_string_value(json_array_get(units, i));

		if (text == NULL || subject_parse(text, &subject) != 0)
			return act_refuse(
			    act, ERROR_FORMAT, "One of them is no address.");
		named->units[named->count++] = listing_unit(&subject.address);
	}
	return 0;
}

int
act_guard_decision(struct act *act, bool *release)
{
	const char *decision = act_text(act, "decision");

	*release = decision != NULL && strcmp(decision, "release") == 0;
	return *release || (decision != NULL && strcmp(decision, "reject") == 0)
		   ? 0
		   : act_refuse(
			 act, ERROR_FORMAT, "A decision is release or reject.");
}

int
act_guard(struct act *act)
{
	struct named named = { .count = 0 };
	const char *reason;
	unsigned done = 0;
	bool release;
	int taken, code = act_reason(act, &reason);

	if (code == 0)
		code = act_guard_decision(act, &release);
	if (code == 0)
		code = read_named(act, &named);
	if (code != 0)
		return code;
	taken = record_guard(act->txn, &act->rules,
	    release ? RECORD_GUARD_RELEASE : RECORD_GUARD_REJECT, named.units,
	    named.count, reason, INT64_MAX, act->now, &done);
	if (taken < 0)
		return taken;
	json_object_set_new(act->answer, release ? "released" : "rejected",
	    json_integer((json_int_t)done));
	return 0;
}
