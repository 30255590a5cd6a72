#include "db/policy_text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* "3 days", "1 hour", "90 seconds": the largest unit that is whole. */
#define SPAN_MAX 32
static char *
span_of(int64_t seconds, char text[SPAN_MAX])
{
	static const struct {
		int64_t seconds;
		const char *name;
	} units[] = { { 86400, "day" }, { 3600, "hour" }, { 60, "minute" } };
	const char *name = "second";
	int64_t each = 1;

	for (size_t i = COUNT(units); i-- > 0;) {
		if (seconds > 0 && seconds % units[i].seconds == 0) {
			each = units[i].seconds;
			name = units[i].name;
		}
	}
	snprintf(text, SPAN_MAX, "%lld %s%s", (long long)(seconds / each), name,
	    seconds == each ? "" : "s");
	return text;
}

/* --- what counts ---------------------------------------------------------- */

static void
describe_grades(const struct policy *policy, FILE *out)
{
	char span[SPAN_MAX];

	fprintf(out,
	    "## What is looked at\n\n"
	    "A spamtrap is an address that has never sent a message, so every "
	    "bounce or automatic reply\nto it answers mail with a forged "
	    "sender. Each such message is a *sighting*, kept for %s.\nHow "
	    "much it counts depends on how well it is proved:\n\n"
	    "| grade | what was seen | counts |\n|---|---|---|\n",
	    span_of(policy->evidence_seconds, span));
	fprintf(out,
	    "| A | the forged mail itself is quoted, the address known from "
	    "the connection | %g |\n"
	    "| B | a report, or two signs of a bounce, without that mail | %g "
	    "|\n"
	    "| C | an automatic reply, a challenge or a notice, by its signs | "
	    "%g |\n"
	    "| D | a callout (sender verification); for the callout list alone "
	    "| %g |\n\n",
	    policy->weight[GRADE_A], policy->weight[GRADE_B],
	    policy->weight[GRADE_C], policy->weight[GRADE_D]);
}

static void
describe_exceptions(const struct policy *policy, FILE *out)
{
	char span[SPAN_MAX];

	fprintf(out,
	    "- Of mail that the server's own user or script had sent it counts "
	    "%g times that.\n",
	    policy->submission_weight);
	if (policy->quarantine_seconds > 0)
		fprintf(out,
		    "- What a new sensor sees counts %g times that for its "
		    "first %s.\n",
		    policy->quarantine_weight,
		    span_of(policy->quarantine_seconds, span));
	fputs("- Never counted: reports of success, read receipts that a "
	      "person sent, acknowledgements of web\n  forms, mail to "
	      "postmaster and abuse, and whatever is no backscatter.\n"
	      "- A delay notice and the failure of the same mail count "
	      "once.\n",
	    out);
}

static void
describe_corroboration(const struct policy *policy, FILE *out)
{
	if (policy->corroborating_networks == 0 || policy->immediate) {
		fputs("- A sighting counts whether others bear it out or "
		      "not.\n\n",
		    out);
		return;
	}
	fprintf(out,
	    "- One server alone proves nothing, for somebody may have made it "
	    "answer. A sighting counts when\n  servers in at least %u other "
	    "networks (/24, /48) answered mail of the same content within 24 "
	    "hours;\n  where the content is not known, mail from the same "
	    "trap.\n\n",
	    policy->corroborating_networks);
}

/* --- listing -------------------------------------------------------------- */

static void
describe_cap(const char *of, double cap, FILE *out)
{
	if (cap > 0)
		fprintf(out, " One %s adds %g at most.", of, cap);
}

static void
describe_breadth(const struct policy *policy, FILE *out)
{
	const struct {
		unsigned least;
		const char *what;
	} ways[] = {
		{ policy->least_traps, "different traps" },
		{ policy->least_campaigns, "campaigns (mail of different "
					   "content)" },
		{ policy->least_sightings, "answers to different messages" },
	};
	const char *before = ", and they come from at least ";

	for (size_t i = 0; i < COUNT(ways); i++) {
		if (ways[i].least == 0)
			continue;
		fprintf(out, "%s%u %s", before, ways[i].least, ways[i].what);
		before = " or ";
	}
}

static void
describe_threshold(const struct policy *policy, FILE *out)
{
	char span[SPAN_MAX];

	fprintf(out,
	    "An address is listed when its score reaches %g, its sightings "
	    "lie at least %s apart",
	    policy->list_score, span_of(policy->span_seconds, span));
	describe_breadth(policy, out);
	fprintf(out, ".\nAgain within %s after it was listed the score is %g.",
	    span_of(policy->history_seconds, span), policy->relist_score);
	fprintf(out,
	    " Where there are automatic replies only, it is %g\n(again %g)",
	    policy->auto_score, policy->auto_relist_score);
	if (policy->auto_least > 0)
		fprintf(out, ", and from at least %u traps or campaigns",
		    policy->auto_least);
	fputs(".\n\nTraps, campaigns and answers are counted only of what "
	      "quotes the forged mail (grade A, or its content\nis known), and "
	      "that no own user had sent.\n\n",
	    out);
}

static void
describe_listing(const struct policy *policy, FILE *out)
{
	char span[SPAN_MAX];

	fprintf(out,
	    "## When an address is listed\n\n"
	    "What counts is added up to a score, and loses half of its weight "
	    "in %s.",
	    span_of(policy->half_life_seconds, span));
	describe_cap("trap in 24 hours", policy->per_trap_cap, out);
	describe_cap("campaign", policy->per_campaign_cap, out);
	fputs("\n", out);
	if (policy->immediate)
		fputs("The first sighting that counts lists the address.\n\n",
		    out);
	else
		describe_threshold(policy, out);
	fputs("When much more would be listed at once than ever before, the "
	      "rest waits: until the operator has looked,\nor for six hours "
	      "and a second trap. What waits because these numbers changed, "
	      "waits for the operator, or\nuntil it is seen again.\n\n",
	    out);
	fprintf(out,
	    "IPv4 is listed by single address, IPv6 by /64. For %s after a "
	    "sighting the operator, and\nwhoever proves that the address is "
	    "theirs, sees a warning; it is in no list.\n\n",
	    span_of(policy->warning_seconds, span));
}

static void
describe_lists(const struct policy *policy, FILE *out)
{
	char span[SPAN_MAX];

	fprintf(out,
	    "## The lists\n\n"
	    "- The main list has whoever is listed; `dsn.`, `auto.`, "
	    "`challenge.` and `virus.` those of one kind.\n"
	    "- `strict.` asks for a score of %g of grade A alone, at least %u "
	    "traps or campaigns, and %s\n  between the first and the last.\n",
	    policy->strict_score, policy->strict_least,
	    span_of(policy->strict_span_seconds, span));
	fputs("- `callout.` has servers that verify senders by callouts, by "
	      "the same numbers, and no other list has them\n  for it.\n"
	      "- `shared.` has addresses that very many send through: big "
	      "providers' pools and forwarders. They are in no\n  other "
	      "list.\n"
	      "- `manual.` has what the operator lists by hand, with a reason "
	      "and an end.\n\n",
	    out);
}

/* --- the way off ---------------------------------------------------------- */

static void
describe_end(const struct policy *policy, FILE *out)
{
	char first[SPAN_MAX], most[SPAN_MAX], drain[SPAN_MAX],
	    history[SPAN_MAX];

	span_of(policy->expiry_seconds, first);
	span_of(policy->expiry_max_seconds, most);
	span_of(policy->drain_seconds, drain);
	span_of(policy->history_seconds, history);
	fprintf(out,
	    "## How it comes off\n\n"
	    "- By itself, %s after the last sighting that counts. Each listing "
	    "within %s of the one before\n  doubles that, up to %s.\n"
	    "- At once, when its operator asks: free, and without an account "
	    "the first time. The score is zero then.\n"
	    "- Repaired servers still empty their queues: bounces of mail that "
	    "came up to %s before the request\n  do not count after it.\n\n",
	    first, history, most, drain);
	fputs("## What is never listed\n\n"
	      "Private, reserved and special-purpose space (IANA's registries, "
	      "RFC 6890), the operator's own networks,\nand what the operator "
	      "has exempted.\n",
	    out);
}

void
policy_describe(const struct policy *policy, FILE *out)
{
	fprintf(out,
	    "# How this list decides\n\n"
	    "These are the numbers in force, preset `%s`. This is a list of "
	    "servers that answer forged mail, not of spammers.\n\n",
	    policy->preset);
	describe_grades(policy, out);
	describe_exceptions(policy, out);
	describe_corroboration(policy, out);
	describe_listing(policy, out);
	describe_lists(policy, out);
	describe_end(policy, out);
}
