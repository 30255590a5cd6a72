#include "ctl/verb_table.h"

/* The end of the list; and bsblctl itself. */

static const struct verb verbs[] = {
	{
	    .name = "shutdown show",
	    .arguments = "",
	    .summary = "show whether the list is ending, and what comes next",
	    .details =
		"A list that ends must never list the world, and must say so "
		"in time (RFC 6471\nsection 3.4). It goes in stages: announce, "
		"close, end.\n",
	    .run = verb_shutdown_show,
	},
	{
	    .name = "shutdown announce",
	    .arguments = "--until WHEN --reason TEXT",
	    .summary = "say that the list ends, a month ahead or more",
	    .details = "All goes on as before; API and portal say when it "
		       "ends, and why. Once more\nchanges both.\n\n"
		       "  bsblctl shutdown announce --until 60d --reason 'no "
		       "time for it any more'\n",
	    .takes = OPTION_UNTIL | OPTION_REASON,
	    .needs = OPTION_UNTIL | OPTION_REASON,
	    .run = verb_shutdown_announce,
	},
	{
	    .name = "shutdown close",
	    .arguments = "[--confirm]",
	    .summary = "take everything off the list, and list no more",
	    .details = "Once the time that was announced is over. The test "
		       "entries still answer.\n",
	    .takes = OPTION_CONFIRM,
	    .run = verb_shutdown_close,
	},
	{
	    .name = "shutdown end",
	    .arguments = "[--confirm]",
	    .summary = "take the test entries away: the list is seen dead",
	    .details =
		"Last of all, so that mail servers which test the list (RFC "
		"5782 section 5) stop\nasking it. Keep the name registered and "
		"the name servers answering.\n",
	    .takes = OPTION_CONFIRM,
	    .run = verb_shutdown_end,
	},
	{
	    .name = "shutdown cancel",
	    .arguments = "",
	    .summary = "end no more: list again, as from now",
	    .details = "At any stage. The test entries come back; what was "
		       "seen while the list was\nclosed does not count.\n",
	    .run = verb_shutdown_cancel,
	},
	{
	    .name = "completion",
	    .arguments = "bash|zsh",
	    .summary = "print what makes a shell complete verbs and options",
	    .details = "`make install` puts both in place.\n\n"
		       "  . <(bsblctl completion bash)\n",
	    .least = 1,
	    .most = 1,
	    .needs_no_settings = true,
	    .run = verb_completion,
	},
	{
	    .name = "manual",
	    .arguments = "verbs|settings",
	    .details = "Prints a part of the manual's source.\n",
	    .least = 1,
	    .most = 1,
	    .run = verb_manual,
	},
};

const struct verb_family verbs_ending = VERB_FAMILY(verbs);
