#include "ctl/verb_table.h"

/* The database as a whole. */

static const struct verb verbs[] = {
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
		"The first line is for Nagios and its like, and so is the "
		"exit status: 0 all is well,\n1 warning, 2 critical, 3 the "
		"settings are refused. Behind | stand the figures with\ntheir "
		"limits. Looks whether listings still end, whether the "
		"publish guard holds any\nback, and for how long a purge or "
		"merge has, at the room in map, disk and reader\nslots. Tells "
		"of each program whether it\nruns, "
		"since when, and its last sign of life, which it gives once a "
		"second; bsbl-dnsd\nis asked besides, at the first address "
		"of dnsd.listen, whether it answers from the\nzone as it is. "
		"Where no dnsd runs, let that be empty; where no httpapi "
		"does,\nhttpapi.listen and httpapi.tls_listen.\n",
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
	    .name = "intake list",
	    .arguments = "",
	    .summary = "show what was acknowledged and the database refused",
	    .details =
		"Where a record that a message needs is damaged, bsbl-ingest "
		"sets it aside, so that\nthose behind it are recorded, and "
		"says so in its log. Nothing of it is lost: it\nwaits in "
		"intake.aside beside the database. `verify` tells what is "
		"damaged.\n",
	    .run = verb_intake_list,
	},
	{
	    .name = "intake retry",
	    .arguments = "",
	    .summary = "record what was set aside, now that it is mended",
	    .details =
		"What is recorded goes from there; what is refused again "
		"stays, and is shown with\nits reason. Exits with 1 when "
		"something stays.\n",
	    .run = verb_intake_retry,
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
		"as intake.log.replaced. What the\nbackup has half done, a "
		"purge or a decision about many, goes on with the next\nstart "
		"of bsbl-ingest or bsbl-httpapi; `undertaking stop` has it "
		"end before that.\nAsks first, where --confirm is not "
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
		"ingest. Where something else counts since the\nolder format, "
		"ingest judges everybody anew then, under the publish guard.\n",
	    .takes = OPTION_CONFIRM,
	    .most = 1,
	    .run = verb_upgrade,
	},
};

const struct verb_family verbs_database = VERB_FAMILY(verbs);
