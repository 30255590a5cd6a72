#include "ctl/verb.h"

#include <string.h>

const struct verb verbs[] = {
	{
	    .name = "init",
	    .arguments = "",
	    .summary = "make the database, with its zone, from bsbl.conf",
	    .details =
		"Makes the directory database.path and the files in it, for "
		"the group\ndatabase.group, and puts the zone's settings in "
		"force. A database that is\nthere already is left alone.\n\n"
		"  bsblctl -c bsbl.conf init\n"
		"  bsblctl -c bsbl.conf trap add @trap.example.org\n",
	    .run = verb_init,
	},
	{
	    .name = "zone apply",
	    .arguments = "",
	    .summary = "put the zone's settings of bsbl.conf in force",
	    .details =
		"Origin, name servers, TTLs, texts and the apex' addresses "
		"live in the database.\nAfter a change in bsbl.conf this puts "
		"them in force for all programs at once,\nunder a new serial; "
		"where nothing differs, nothing happens.\n",
	    .run = verb_zone_apply,
	},
	{
	    .name = "trap add",
	    .arguments = "PATTERN... [--state STATE] [--weight PERCENT]",
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
		"set`.\n",
	    .takes = OPTION_STATE | OPTION_WEIGHT,
	    .least = 1,
	    .most = -1,
	    .run = verb_trap_add,
	},
	{
	    .name = "trap set",
	    .arguments = "PATTERN... [--state STATE] [--weight PERCENT]",
	    .summary = "change a trap's state, or what its evidence weighs",
	    .details =
		"A state is active; conditioning, as long as a recycled domain "
		"answers 550 (twelve\nmonths are usual) and nothing counts; or "
		"retired. A weight of 100 percent is\nthat of every trap; less "
		"is for a trap that may be known. It holds for what is\nseen "
		"from now on.\n\n"
		"  bsblctl trap set @old.example.org --state conditioning\n",
	    .takes = OPTION_STATE | OPTION_WEIGHT,
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
	    .name = "trap remove",
	    .arguments = "PATTERN...",
	    .summary = "let an address or domain be a trap no longer",
	    .details = "The pattern as it was given to `trap add`. What it "
		       "has seen stays recorded.\n",
	    .least = 1,
	    .most = -1,
	    .run = verb_trap_remove,
	},
	{
	    .name = "lookup",
	    .arguments = "ADDRESS...",
	    .summary = "tell whether an address is listed, why, how long",
	    .details = "Exits with 1 when one of the addresses is not "
		       "listed.\n\n"
		       "  bsblctl lookup 192.0.2.99 2001:db8::25\n",
	    .least = 1,
	    .most = -1,
	    .run = verb_lookup,
	},
	{
	    .name = "add",
	    .arguments = "ADDRESS|PREFIX --reason TEXT --until WHEN",
	    .summary = "list an address by hand, for a time",
	    .details =
		"An IPv4 address, a prefix down to a /24, or an IPv6 /64 (an "
		"address stands for\nits /64). It is published with its own "
		"code, 127.0.0.9; the reason is shown to\neverybody. WHEN is "
		"a distance (12h, 30d), a day (2026-12-31) or a time\n"
		"(2026-12-31T12:00:00Z), at most a year ahead.\n\n"
		"  bsblctl add 192.0.2.99 --reason 'bounces to forged "
		"senders' --until 30d\n",
	    .takes = OPTION_REASON | OPTION_UNTIL,
	    .needs = OPTION_REASON | OPTION_UNTIL,
	    .least = 1,
	    .most = 1,
	    .run = verb_add,
	},
	{
	    .name = "remove",
	    .arguments = "ADDRESS|PREFIX [--reason TEXT]",
	    .summary = "take an address off the list, whatever put it there",
	    .details = "Its score is zero afterwards, its history stays. New "
		       "evidence can list it\nagain; `exempt` keeps it off.\n",
	    .takes = OPTION_REASON,
	    .least = 1,
	    .most = 1,
	    .run = verb_remove,
	},
	{
	    .name = "exempt",
	    .arguments = "ADDRESS|PREFIX --reason TEXT [--until WHEN]",
	    .summary = "never list these addresses",
	    .details = "Without --until it holds for good. What is listed "
		       "there now comes off.\nTo end an exemption, give it "
		       "again with --until 1s.\n",
	    .takes = OPTION_REASON | OPTION_UNTIL,
	    .needs = OPTION_REASON,
	    .least = 1,
	    .most = 1,
	    .run = verb_exempt,
	},
	{
	    .name = "exempt list",
	    .arguments = "",
	    .summary = "show the exemptions",
	    .details = "One that has run out is marked as over.\n",
	    .run = verb_exempt_list,
	},
	{
	    .name = "guard show",
	    .arguments = "",
	    .summary = "show what the publish guard holds back, and why",
	    .details =
		"When more is listed within safety.guard_seconds than "
		"safety.guard_additions, and\nthan the list ever held in seven "
		"days, the guard holds the rest back: a flood,\na bad sensor "
		"or "
		"a fault never lists the world. Shows who waits, and which "
		"traps,\ncampaigns and sensors their evidence came from. After "
		"six hours what a second\ntrap bears out is listed by "
		"itself.\n",
	    .run = verb_guard_show,
	},
	{
	    .name = "guard release",
	    .arguments = "ADDRESS|PREFIX...|--all [--reason TEXT] [--confirm]",
	    .summary = "put on the list what the guard holds back",
	    .details = "As when a forged run is as large as it looks. Asks "
		       "first, where --confirm is not\ngiven.\n\n"
		       "  bsblctl guard release --all --reason 'a real run'\n",
	    .takes = OPTION_ALL | OPTION_REASON | OPTION_CONFIRM,
	    .most = -1,
	    .run = verb_guard_release,
	},
	{
	    .name = "guard reject",
	    .arguments = "ADDRESS|PREFIX...|--all [--reason TEXT] [--confirm]",
	    .summary = "forget the score of what the guard holds back",
	    .details =
		"Their score is zero then, as after `remove`; new evidence "
		"can list them. Where the\nevidence itself is bad, `purge` "
		"takes it away. Asks first, where --confirm is not\ngiven.\n",
	    .takes = OPTION_ALL | OPTION_REASON | OPTION_CONFIRM,
	    .most = -1,
	    .run = verb_guard_reject,
	},
	{
	    .name = "purge",
	    .arguments = "--sensor NUMBER|--trap PATTERN|--campaign ID "
			 "--from WHEN [--to WHEN] [--dry-run] [--confirm]",
	    .summary = "take back evidence, and all that followed from it",
	    .details =
		"Evidence of one sensor, trap or campaign that was seen from "
		"--from until --to (now,\nwhere it is not given) goes as if it "
		"had never come: it bears nobody out any more,\nand whoever "
		"was "
		"listed by it is judged anew, all in one transaction. WHEN is "
		"how\nlong ago (12h, 30d), a day (2026-12-31) or a time "
		"(2026-12-31T12:00:00Z).\n--dry-run does the whole work and "
		"throws it away: what it shows is what would be\ndone. Other "
		"writers wait meanwhile. The same messages can be fed in again "
		"later.\nExits with 1 when there is no such evidence.\n\n"
		"  bsblctl purge --sensor 3 --from 2d --dry-run\n"
		"  bsblctl purge --trap @trap.example.org --from 2026-11-01 "
		"--confirm\n",
	    .takes = OPTION_SENSOR | OPTION_TRAP | OPTION_CAMPAIGN |
		     OPTION_FROM | OPTION_TO | OPTION_DRY_RUN | OPTION_CONFIRM,
	    .needs = OPTION_FROM,
	    .run = verb_purge,
	},
	{
	    .name = "import",
	    .arguments = "[FILE] --reason TEXT --until WHEN --confirm",
	    .summary = "list many addresses by hand, from a file",
	    .details =
		"Reads FILE, or standard input: one address a line, or the "
		"ip4set, ip4trie and\nip6trie forms of rbldnsd. Ranges cover "
		"at most 256 addresses, IPv6 is listed by\nits /64, !ranges "
		"are left out; values, default lines (:code:text) and\n"
		"$directives are skipped and counted. Wrong lines are "
		"counted, and the first ten\nshown; the others are imported "
		"all the same. Without --confirm it only says\nwhat it would "
		"do. Exits with 1 when something was left out.\n\n"
		"  bsblctl import old.rbldnsd --reason 'from the old list' "
		"--until 14d --confirm\n",
	    .takes = OPTION_REASON | OPTION_UNTIL | OPTION_CONFIRM,
	    .needs = OPTION_REASON | OPTION_UNTIL,
	    .most = 1,
	    .run = verb_import,
	},
	{
	    .name = "export",
	    .arguments = "FORMAT [FILE] [--list NAME] [--watch]",
	    .summary = "write the list for programs that read files",
	    .details =
		"All of one version, whatever changes meanwhile. FILE is "
		"replaced when the new\none is whole and on disk; without it "
		"the list goes to standard output.\n\n"
		"  plain     one address or /64 a line\n"
		"  csv       comma separated, with codes, kinds, day and text\n"
		"  jsonl     the same as JSON, an object a line; the first "
		"tells the version\n"
		"  zone      zone file, for BIND and others\n"
		"  rpz       response policy zone: no answer with a listed "
		"address\n"
		"  rbldnsd   the whole zone, for rbldnsd's combined dataset\n"
		"  ip4set    IPv4 alone, for rbldnsd's dataset of that name\n"
		"  ip6trie   IPv6 alone, with the lowest code, likewise\n"
		"  nft       sets of nftables, for `nft -f`: main4 and main6 "
		"in the table inet bsbl\n"
		"  postfix   cidr table for check_client_access\n\n"
		"The first line tells zone, list, serial, lineage and time. "
		"Test entries stand only\nin what name servers read. csv, "
		"jsonl, zone and rbldnsd have every list, the others\nthe "
		"main one; --list names one: main, strict, dsn, auto, "
		"challenge, virus, callout,\nshared, manual. With --watch it "
		"stays, and writes FILE again seconds after a\nchange.\n\n"
		"  bsblctl export nft /etc/nftables.d/bsbl --list strict "
		"--watch\n",
	    .takes = OPTION_LIST | OPTION_WATCH,
	    .least = 1,
	    .most = 2,
	    .run = verb_export,
	},
	{
	    .name = "stats",
	    .arguments = "",
	    .summary = "show the zone's version, tables, room and readers",
	    .details = "A reader that lags behind the last transaction keeps "
		       "old pages in use.\n",
	    .run = verb_stats,
	},
	{
	    .name = "verify",
	    .arguments = "",
	    .summary = "check that the database agrees with itself",
	    .details =
		"Reads every record of every table, and looks whether each "
		"says of the others what\nthey say of it: listings, the "
		"published zone and its journal, what is due, evidence\nand "
		"its indexes, traps, delistings. Writers go on meanwhile. "
		"What is wrong is\nshown, a line each; then it exits with "
		"1.\n",
	    .run = verb_verify,
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
		       "was merged into another, that\nother.\n",
	    .least = 1,
	    .most = 1,
	    .run = verb_campaign_show,
	},
	{
	    .name = "campaign merge",
	    .arguments = "CAMPAIGN INTO [--dry-run] [--confirm]",
	    .summary = "make two campaigns one, as a person sees they are",
	    .details =
		"As when a run changed its subject. The evidence of the first "
		"becomes the other's,\nwhoever it bears out or lists is judged "
		"anew, and what comes later is the other's\nat once. It cannot "
		"be undone. --dry-run shows what it would do.\n",
	    .takes = OPTION_DRY_RUN | OPTION_CONFIRM,
	    .least = 2,
	    .most = 2,
	    .run = verb_campaign_merge,
	},
	{
	    .name = "trends",
	    .arguments = "[--from WHEN] [--to WHEN]",
	    .summary = "draw how much was seen and listed, and of what most",
	    .details =
		"By the hour where it is three days or less, else by the day; "
		"thirty days where\nnothing is said. Below stand the trap "
		"domains, campaigns, languages, software,\nnetworks and "
		"addresses that were seen most; of many, a number is at most "
		"so "
		"much\n(~). Hours are kept for thirty days, days for ten "
		"years.\n\n"
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
	{
	    .name = "backup",
	    .arguments = "DIRECTORY",
	    .summary = "copy the whole database into a new directory",
	    .details = "The copy is of one moment and compact, while writers "
		       "go on. It opens as it is:\nname it as database.path.\n",
	    .least = 1,
	    .most = 1,
	    .run = verb_backup,
	},
	{
	    .name = "restore",
	    .arguments = "DIRECTORY [--confirm]",
	    .summary = "put a backup in the place of the database",
	    .details =
		"While no other program has the database open; else it says "
		"which ones do. The\nlist is cut then: it gets a new lineage, "
		"and "
		"a serial well past the old one, so\nthat every secondary "
		"takes "
		"the zone anew. What was there is kept beside it, as\n"
		"data.mdb.replaced. Asks first, where --confirm is not "
		"given.\n\n"
		"  bsblctl restore /var/backups/bsbl/2026-11-27\n",
	    .takes = OPTION_CONFIRM,
	    .least = 1,
	    .most = 1,
	    .run = verb_restore,
	},
	{
	    .name = "upgrade",
	    .arguments = "[DIRECTORY] [--confirm]",
	    .summary = "bring a database of an older bsbl up to this one",
	    .details =
		"Makes a backup first, in DIRECTORY or beside the database; "
		"then rewrites what\nneeds it, in one transaction. While no "
		"other program has the database open;\nelse it says which ones "
		"do. Where nothing is to be done, nothing is done.\n",
	    .takes = OPTION_CONFIRM,
	    .most = 1,
	    .run = verb_upgrade,
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
const size_t verb_count = sizeof(verbs) / sizeof(verbs[0]);

/* How many of the words make the verb's name; 0 when they do not. */
static int
matches(const struct verb *verb, int count, char *words[])
{
	const char *space = strchr(verb->name, ' ');
	size_t len =
	    space != NULL ? (size_t)(space - verb->name) : strlen(verb->name);

	if (count < 1 || strlen(words[0]) != len ||
	    memcmp(words[0], verb->name, len) != 0)
		return 0;
	if (space == NULL)
		return 1;
	return count > 1 && strcmp(words[1], space + 1) == 0 ? 2 : 0;
}

const struct verb *
verb_find(int count, char *words[], int *used)
{
	const struct verb *found = NULL;

	*used = 0;
	for (size_t i = 0; i < verb_count; i++) {
		int n = matches(&verbs[i], count, words);

		if (n > *used) {
			*used = n;
			found = &verbs[i];
		}
	}
	return found;
}

static bool
begins_with_word(const struct verb *verb, const char *word)
{
	size_t len = strlen(word);

	return strncmp(verb->name, word, len) == 0 &&
	       (verb->name[len] == ' ' || verb->name[len] == '\0');
}

bool
verb_is_group(const char *word)
{
	for (size_t i = 0; i < verb_count; i++) {
		if (begins_with_word(&verbs[i], word))
			return true;
	}
	return false;
}

void
verb_help(const struct verb *verb, FILE *out)
{
	fprintf(out, "usage: bsblctl [-c FILE] [--json] %s%s%s\n\n", verb->name,
	    verb->arguments[0] != '\0' ? " " : "", verb->arguments);
	if (verb->summary != NULL)
		fprintf(out, "%c%s.\n\n", verb->summary[0] - 'a' + 'A',
		    verb->summary + 1);
	fputs(verb->details, out);
}

void
verb_list(const char *word, FILE *out)
{
	fputs("usage: bsblctl [-c FILE] [--json] VERB ...\n\n", out);
	for (size_t i = 0; i < verb_count; i++) {
		if (verbs[i].summary != NULL &&
		    (word == NULL || begins_with_word(&verbs[i], word)))
			fprintf(out, "  %-15s %s\n", verbs[i].name,
			    verbs[i].summary);
	}
	fputs("\n  -c FILE  settings, /etc/bsbl/bsbl.conf where not given\n"
	      "  --json   answer in JSON\n"
	      "  -h       help; `bsblctl VERB -h` tells what a verb does\n"
	      "\nExit status: 0 done or yes, 1 not found or no, 2 wrong usage,"
	      "\n3 database or settings refused, 4 refused by the rules.\n",
	    out);
}
