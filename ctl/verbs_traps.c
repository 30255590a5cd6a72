#include "ctl/verb_table.h"

/* Traps. */

static const struct verb verbs[] = {
	{
	    .name = "trap add",
	    .arguments = "PATTERN... [--state STATE] [--weight PERCENT] "
			 "[--reason TEXT]",
	    .summary = "make an address or a whole domain a trap",
	    .details =
		"A trap never sends mail, so every answer to it is "
		"misdirected. A pattern is\n\n"
		"  user@example.org    this address\n"
		"  @example.org        every address of the domain\n"
		"  @.example.org       the domain and all domains below it\n\n"
		"A whole domain counts as ONE trap, however many of its "
		"addresses are hit.\nOf an address the local part is kept as "
		"a keyed hash only. State and weight are\nthose of `trap "
		"set`. The reason is for those who run the list: where the "
		"trap comes\nfrom, say; `trap list` shows it.\n\n"
		"  bsblctl trap add @old.example.org --reason 'sold by them in "
		"2019'\n",
	    .takes = OPTION_STATE | OPTION_WEIGHT | OPTION_REASON,
	    .least = 1,
	    .most = -1,
	    .run = verb_trap_add,
	},
	{
	    .name = "trap set",
	    .arguments = "PATTERN... [--state STATE] [--weight PERCENT] "
			 "[--reason TEXT]",
	    .summary = "change a trap's state, or what its evidence weighs",
	    .details =
		"A state is active; conditioning, as long as a recycled domain "
		"answers 550 and\nnothing counts: it becomes active by itself "
		"when policy.conditioning_seconds (a\nyear) are over; or "
		"retired. A weight of 100 percent is\nthat of every trap; less "
		"is for a trap that may be known. It holds for what is\nseen "
		"from now on.\n\n"
		"  bsblctl trap set @old.example.org --state conditioning\n",
	    .takes = OPTION_STATE | OPTION_WEIGHT | OPTION_REASON,
	    .least = 1,
	    .most = -1,
	    .run = verb_trap_set,
	},
	{
	    .name = "trap list",
	    .arguments = "",
	    .summary = "show the traps, with how often each was hit",
	    .details = "Local parts are shown as the start of their hash: the "
		       "database does not know\nthe address itself.\n",
	    .run = verb_trap_list,
	},
	{
	    .name = "trap check",
	    .arguments = "[DOMAIN...] [--server ADDRESS[@PORT]]",
	    .summary = "look whether trap domains could be sending",
	    .details =
		"A trap never sends; then SPF says -all and nothing else, "
		"DMARC "
		"says reject, its\nown mail servers are in nobody's evidence, "
		"and no bounce shows that mail in its\nname was submitted by "
		"somebody's own users. Warns of each that is not so, "
		"and\nprints "
		"the DNS records to publish. Asks the resolvers of "
		"/etc/resolv.conf, or\n--server; half a minute at most. Exits "
		"with 1 when there was a warning.\n",
	    .takes = OPTION_SERVER,
	    .most = -1,
	    .run = verb_trap_check,
	},
	{
	    .name = "trap remove",
	    .arguments = "PATTERN... [--reason TEXT]",
	    .summary = "let an address or domain be a trap no longer",
	    .details =
		"The pattern as it was given to `trap add`. What it "
		"has seen stays recorded.\nThe reason goes to the audit.\n",
	    .takes = OPTION_REASON,
	    .least = 1,
	    .most = -1,
	    .run = verb_trap_remove,
	},
};

const struct verb_family verbs_traps = VERB_FAMILY(verbs);
