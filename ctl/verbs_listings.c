#include "ctl/verb_table.h"

/* Who is listed, and who is not to be. */

static const struct verb verbs[] = {
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
	    .arguments = "ADDRESS|PREFIX [--reason TEXT] [--confirm]",
	    .summary = "take an address off the list, whatever put it there",
	    .details = "Its score is zero afterwards, its history stays. New "
		       "evidence can list it\nagain; `exempt` keeps it off. Of "
		       "a network larger than a /24 asks first, where\n"
		       "--confirm is not given, and takes its listings off in "
		       "steps.\n",
	    .takes = OPTION_REASON | OPTION_CONFIRM,
	    .least = 1,
	    .most = 1,
	    .run = verb_remove,
	},
	{
	    .name = "exempt",
	    .arguments = "ADDRESS|PREFIX --reason TEXT [--until WHEN]",
	    .summary = "never list these addresses",
	    .details = "Without --until it holds for good. What is listed "
		       "there now comes off,\nof a network larger than a /24 "
		       "in steps. To end an exemption, give it again with\n"
		       "--until 1s.\n",
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
	    .name = "guard show",
	    .arguments = "",
	    .summary = "show what the publish guard holds back, and why",
	    .details =
		"When more is listed within safety.guard_seconds than "
		"safety.guard_additions, and\nthan the list ever held in seven "
		"days, the guard holds the rest back: a flood,\na bad sensor "
		"or a fault never lists the world. The main list and that of "
		"callouts count\neach by itself: neither takes of the other's "
		"allowance. Shows who waits, for which\nlist, and which traps, "
		"campaigns and sensors their evidence came from. After six\n"
		"hours what a second trap bears out is listed by itself. What "
		"other numbers of the\npolicy would list, or an upgrade, waits "
		"for you or until it is seen again; a wrong\nnumber that is "
		"corrected takes it away.\n",
	    .run = verb_guard_show,
	},
	{
	    .name = "guard release",
	    .arguments = "ADDRESS|PREFIX...|--all [--reason TEXT] [--confirm]",
	    .summary = "put on the list what the guard holds back",
	    .details = "As when a forged run is as large as it looks. Asks "
		       "first, where --confirm is not\ngiven. Many are "
		       "released in steps; Ctrl-C ends it behind one, and the "
		       "same\ncommand goes on with what is left.\n\n"
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
		"Their score is zero then, as after `remove`, and they are in "
		"no list, not in one\nthat did not wait either, but where they "
		"are listed by hand; new evidence can list\nthem. Where the "
		"evidence itself is bad, `purge` takes it away. Asks first, "
		"where\n--confirm is not given.\n",
	    .takes = OPTION_ALL | OPTION_REASON | OPTION_CONFIRM,
	    .most = -1,
	    .run = verb_guard_reject,
	},
	{
	    .name = "undertaking list",
	    .arguments = "",
	    .summary = "show what is being done in steps",
	    .details =
		"Decisions about many listings, purges and merges, of whoever "
		"began them: by\nbsblctl, the API or the console. Where that "
		"program fell, "
		"bsbl-httpapi goes on within a second, or\nbsbl-ingest where "
		"no httpapi runs. Of a purge or merge whose record is damaged "
		"it\ngoes on with what is known: begun by unknown, or "
		"stopped; the audit has it as\nundertaking_mended.\n",
	    .run = verb_undertaking_list,
	},
	{
	    .name = "undertaking stop",
	    .arguments = "NUMBER",
	    .summary = "end one of them behind its step",
	    .details = "What was done until then stays; what is left is not "
		       "done. A purge or merge carries\nthrough what it has "
		       "taken, and cannot be stopped once that is all.\n",
	    .least = 1,
	    .most = 1,
	    .run = verb_undertaking_stop,
	},
};

const struct verb_family verbs_listings = VERB_FAMILY(verbs);
