#include "ctl/verb.h"

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
	    .name = "account add",
	    .arguments = "NAME --role ROLE [--reason TEXT]",
	    .summary = "let somebody sign in at the console",
	    .details =
		"A role is viewer (sees everything), operator (decides on "
		"listings, requests,\nexemptions, traps, the guard) or admin "
		"(accounts, tokens and purges, too). The\npassword is asked "
		"for twice, or read as one line where standard input is no\n"
		"terminal: 12 characters or more. Kept is its Argon2id hash "
		"alone.\n\n"
		"  bsblctl account add alice --role operator\n",
	    .takes = OPTION_ROLE | OPTION_REASON,
	    .needs = OPTION_ROLE,
	    .least = 1,
	    .most = 1,
	    .run = verb_account_add,
	},
	{
	    .name = "account list",
	    .arguments = "",
	    .summary = "show who may sign in, and when each last did",
	    .details = "With role, state, and whether one-time codes are "
		       "asked for.\n",
	    .run = verb_account_list,
	},
	{
	    .name = "account password",
	    .arguments = "NAME [--reason TEXT]",
	    .summary = "give an account a new password",
	    .details = "Asked for as by `account add`. Whoever is signed in "
		       "by that account is signed\nout.\n",
	    .takes = OPTION_REASON,
	    .least = 1,
	    .most = 1,
	    .run = verb_account_password,
	},
	{
	    .name = "account totp",
	    .arguments = "NAME on|off [--reason TEXT]",
	    .summary = "ask an account for one-time codes, or no longer",
	    .details =
		"Prints a new secret, once, with the address that "
		"authenticators read (RFC 6238:\nsix digits, thirty seconds). "
		"From then on signing in takes the code as well.\nWhoever is "
		"signed in by that account is signed out.\n",
	    .takes = OPTION_REASON,
	    .least = 2,
	    .most = 2,
	    .run = verb_account_totp,
	},
	{
	    .name = "account role",
	    .arguments = "NAME --role ROLE [--reason TEXT]",
	    .summary = "change what an account may",
	    .details = "The roles are those of `account add`.\n",
	    .takes = OPTION_ROLE | OPTION_REASON,
	    .needs = OPTION_ROLE,
	    .least = 1,
	    .most = 1,
	    .run = verb_account_role,
	},
	{
	    .name = "account disable",
	    .arguments = "NAME [--reason TEXT]",
	    .summary = "let an account sign in no longer, and sign it out",
	    .details = "`account enable` lets it again.\n",
	    .takes = OPTION_REASON,
	    .least = 1,
	    .most = 1,
	    .run = verb_account_disable,
	},
	{
	    .name = "account enable",
	    .arguments = "NAME [--reason TEXT]",
	    .summary = "let a disabled account sign in again",
	    .details = "With the password it had.\n",
	    .takes = OPTION_REASON,
	    .least = 1,
	    .most = 1,
	    .run = verb_account_enable,
	},
	{
	    .name = "account remove",
	    .arguments = "NAME [--reason TEXT]",
	    .summary = "forget an account",
	    .details = "What it did stays in the audit, under its name.\n",
	    .takes = OPTION_REASON,
	    .least = 1,
	    .most = 1,
	    .run = verb_account_remove,
	},
	{
	    .name = "token add",
	    .arguments = "NAME --role ROLE [--until WHEN] [--sensor NUMBER] "
			 "[--client PREFIX,...]",
	    .summary = "make a token, by which a program uses the API",
	    .details =
		"Prints it, once; kept is its hash. The roles are those of "
		"accounts, and sensor,\nwhich may hand in events and nothing "
		"else; --sensor says whose they are. It may\nend by itself, "
		"and be taken from some networks alone (four at most).\n\n"
		"  bsblctl token add nagios --role viewer --until 365d\n"
		"  bsblctl token add east --role sensor --sensor 7 --client "
		"198.51.100.0/24\n",
	    .takes = OPTION_ROLE | OPTION_UNTIL | OPTION_SENSOR | OPTION_CLIENT,
	    .needs = OPTION_ROLE,
	    .least = 1,
	    .most = 1,
	    .run = verb_token_add,
	},
	{
	    .name = "token list",
	    .arguments = "",
	    .summary = "show the tokens, with the day each was last used",
	    .details = "The tokens themselves are known to their owners "
		       "alone.\n",
	    .run = verb_token_list,
	},
	{
	    .name = "token revoke",
	    .arguments = "NAME",
	    .summary = "end a token, at once",
	    .details = "What was done with it stays in the audit, under its "
		       "name.\n",
	    .least = 1,
	    .most = 1,
	    .run = verb_token_revoke,
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
			 "--from WHEN [--to WHEN] [--reason TEXT] [--dry-run] "
			 "[--confirm]",
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
		"later.\nWhat waits in the intake log is not found yet: where "
		"ingest was killed, start it\nbefore. The reason goes to the "
		"audit. Exits with 1 when there is no such evidence.\n\n"
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
		"cannot see what is no longer kept\n(policy.evidence_seconds), "
		"nor what has no weight today. Changes nothing.\n\n"
		"  bsblctl replay --policy /etc/bsbl/tried.conf\n",
	    .takes = OPTION_POLICY | OPTION_ALL,
	    .needs = OPTION_POLICY,
	    .run = verb_replay,
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
	    .name = "health",
	    .arguments = "",
	    .summary = "tell a monitoring system how the list fares",
	    .details =
		"One line, and the exit status that Nagios and its like "
		"expect of a plugin: 0 all is\nwell, 1 warning, 2 critical, 3 "
		"the settings are refused. Behind | stand the figures\nwith "
		"their limits. Looks whether listings still end, whether the "
		"publish guard holds\nany back, whether bsbl-dnsd answers "
		"from the zone as it is (the first address of\ndnsd.listen "
		"is asked; where no dnsd runs, let that be empty), and at the "
		"room in\nmap, disk and reader slots.\n",
	    .run = verb_health,
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
		"1. Messages that wait in the intake log are\ncounted: with "
		"ingest gone, its next start takes them in.\n",
	    .run = verb_verify,
	},
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
		"anew, and what comes later is the other's\nat once. It cannot "
		"be undone. The reason goes to the audit. --dry-run\nshows "
		"what it would do.\n",
	    .takes = OPTION_REASON | OPTION_DRY_RUN | OPTION_CONFIRM,
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
		"addresses that were seen most; of very many only some are "
		"counted, and shown as\nat least so much. Hours are kept for "
		"thirty days, days for ten years.\n\n"
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
	    .details =
		"The copy is of one moment and compact, while writers "
		"go on. It opens as it is:\nname it as database.path. What "
		"still waits in the intake log is not in it.\n",
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
		"data.mdb.replaced. What waits in the intake log was for that "
		"one, and is not taken\nin: the next start of ingest keeps it "
		"as intake.log.replaced. Asks first, where\n--confirm is not "
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
		"do. Where nothing is to be done, nothing is done. What waits "
		"in the intake log\nstays there for the next start of "
		"ingest.\n",
	    .takes = OPTION_CONFIRM,
	    .most = 1,
	    .run = verb_upgrade,
	},
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
const size_t verb_count = sizeof(verbs) / sizeof(verbs[0]);
