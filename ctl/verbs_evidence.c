#include "ctl/verb_table.h"

/* What was seen, and what follows from it. */

static const struct verb verbs[] = {
	{
	    .name = "sensor list",
	    .arguments = "",
	    .summary = "show who reports, how much, and what it counts",
	    .details =
		"Sensor 0 is this machine with its own feeds. A new one is in "
		"quarantine for its\nfirst days (policy.quarantine_seconds): "
		"what it sees counts a part and bears\nnobody else out. Those "
		"that have a token and sent nothing yet are silent.\n`purge "
		"--sensor` takes back what one has sent.\n",
	    .run = verb_sensor_list,
	},
	{
	    .name = "campaign list",
	    .arguments = "[--from WHEN] [--to WHEN] [--most NUMBER|--all]",
	    .summary = "show the forged runs, by how many servers answered",
	    .details =
		"A campaign is all evidence whose quoted original has the same "
		"forged domain and the\nsame subject, as a hash. Seven days "
		"where nothing is said, twenty lines unless\n--most says "
		"otherwise. The language is that of the replies.\n",
	    .takes = OPTION_FROM | OPTION_TO | OPTION_MOST | OPTION_ALL,
	    .run = verb_campaign_list,
	},
	{
	    .name = "campaign show",
	    .arguments = "CAMPAIGN",
	    .summary = "show one forged run: when, who answered, samples",
	    .details = "Addresses in the samples are left out. Of one that "
		       "was merged into another, that\nother. The first eight "
		       "figures of a campaign are a hash of its subject alone: "
		       "so\nalike ones forge other senders with the same "
		       "subject.\n",
	    .least = 1,
	    .most = 1,
	    .run = verb_campaign_show,
	},
	{
	    .name = "campaign merge",
	    .arguments =
		"CAMPAIGN INTO [--reason TEXT] [--dry-run] [--confirm]",
	    .summary = "make two campaigns one, as a person sees they are",
	    .details =
		"As when a run changed its subject. The evidence of the first "
		"becomes the other's,\nwhoever it bears out or lists is judged "
		"anew, and what comes later is the other's\nat once. It is "
		"done in steps, as a purge is; stopped on the way, what was "
		"not\nmerged yet stays as it was, and so does what comes "
		"later. It cannot be undone. The\nreason goes to the audit. "
		"--dry-run shows what it would do.\n",
	    .takes = OPTION_REASON | OPTION_DRY_RUN | OPTION_CONFIRM,
	    .least = 2,
	    .most = 2,
	    .run = verb_campaign_merge,
	},
	{
	    .name = "purge",
	    .arguments = "--sensor NUMBER|--trap PATTERN|--campaign ID "
			 "--from WHEN [--to WHEN] [--reason TEXT] [--dry-run] "
			 "[--confirm]",
	    .summary = "take back evidence, and all that followed from it",
	    .details =
		"Evidence of one sensor, trap or campaign that was seen from "
		"--from until --to (now,\nwhere it is not given) goes as if it "
		"had never come: it bears nobody out any more,\nand whoever "
		"was listed by it is judged anew. WHEN is how long ago (12h, "
		"30d), a day\n(2026-12-31) or a time (2026-12-31T12:00:00Z). "
		"--dry-run shows what would be done,\nand holds nobody up.\n\n"
		"It is done in steps, between which others write: first all "
		"its evidence goes, then\nwho it touched is judged, once. "
		"Until that is over nobody else is newly listed,\nsince it "
		"might be by what is being taken back. Where bsblctl falls, "
		"bsbl-httpapi\ngoes on, or bsbl-ingest. Stopped at the "
		"keyboard or by `undertaking stop`, it takes\nno more away, "
		"and "
		"carries through what it has taken; the same command goes "
		"on\nwith what is left. One purge or merge is under way at a "
		"time.\n\nThe same messages can be fed in again later. What "
		"waits in the intake log is not\nfound yet: where ingest was "
		"killed, start it before. The reason goes to the audit,\nwhich "
		"has one entry at the end. Exits with 1 when there is no such "
		"evidence.\n\n"
		"  bsblctl purge --sensor 3 --from 2d --dry-run\n"
		"  bsblctl purge --trap @trap.example.org --from 2026-11-01 "
		"--reason 'it sent'\n",
	    .takes = OPTION_SENSOR | OPTION_TRAP | OPTION_CAMPAIGN |
		     OPTION_FROM | OPTION_TO | OPTION_REASON | OPTION_DRY_RUN |
		     OPTION_CONFIRM,
	    .needs = OPTION_FROM,
	    .run = verb_purge,
	},
	{
	    .name = "policy",
	    .arguments = "",
	    .summary = "print how the list decides, in words for the listed",
	    .details =
		"Made of the policy in bsbl.conf, as Markdown: what counts and "
		"how much, when an\naddress is listed, and how it comes off. "
		"Put it where those who are listed find\nit.\n\n"
		"  bsblctl policy > listing-policy.md\n",
	    .run = verb_policy,
	},
	{
	    .name = "replay",
	    .arguments = "--policy FILE [--all]",
	    .summary = "judge what is recorded by another policy, and compare",
	    .details =
		"FILE is a bsbl.conf; the policy in it judges the recorded "
		"sightings as if it had\nalways been in force. Shows for each "
		"list how many stand in it now and would\nthen, whose place "
		"differs, and by which traps; with --all everybody who would "
		"be\nlisted. Delistings, exemptions and what is listed by "
		"hand stay as they are; the\npublish guard is left out. It "
		"cannot see what is no longer kept\n(policy.evidence_seconds). "
		"Changes nothing.\n\n"
		"  bsblctl replay --policy /etc/bsbl/tried.conf\n",
	    .takes = OPTION_POLICY | OPTION_ALL,
	    .needs = OPTION_POLICY,
	    .run = verb_replay,
	},
	{
	    .name = "trends",
	    .arguments = "[--from WHEN] [--to WHEN]",
	    .summary = "draw how much was seen and listed, and of what most",
	    .details =
		"By the hour where it is three days or less, else by the day; "
		"thirty days where\nnothing is said. Below stand the trap "
		"domains, campaigns, languages, software,\nnetworks and "
		"addresses that were seen most; of very many only some are "
		"counted, and shown as\nat least so much. Hours are kept for "
		"thirty days, days for ten years.\nIn JSON, borne_out is how "
		"much of it servers of several networks bear out: that,\n"
		"rounded down, is what the public is told of a day, 24 hours "
		"after its end; null of hours,\nand of days that were not "
		"counted.\n\n"
		"  bsblctl trends --from 1d\n"
		"  bsblctl --json trends --from 2026-01-01 --to 2026-07-01\n",
	    .takes = OPTION_FROM | OPTION_TO,
	    .run = verb_trends,
	},
	{
	    .name = "audit",
	    .arguments = "[ADDRESS|PREFIX] [--from WHEN] [--to WHEN] "
			 "[--most NUMBER|--all] [--public]",
	    .summary = "show who decided what, when and why",
	    .details =
		"Listings, expiries, delistings, purges, the guard, changes of "
		"the policy and what\nthe operator did, with the numbers then "
		"in force; the newest last, forty of them\nunless --most says "
		"otherwise. --public shows what the portal shows everybody: "
		"no\nnames, networks for addresses, no traps.\n\n"
		"The entries are a chain of hashes: one that was changed or "
		"left out shows, and\n`verify` tells. Note the chain's end now "
		"and then, elsewhere: whoever rewrote all\nof it cannot know "
		"what you noted.\n\n"
		"  bsblctl audit 192.0.2.0/24 --from 30d\n",
	    .takes = OPTION_FROM | OPTION_TO | OPTION_MOST | OPTION_ALL |
		     OPTION_PUBLIC,
	    .most = 1,
	    .run = verb_audit,
	},
};

const struct verb_family verbs_evidence = VERB_FAMILY(verbs);
