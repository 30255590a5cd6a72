#include "ctl/verb_table.h"

/* Who may do what. */

static const struct verb verbs[] = {
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
	    .name = "session list",
	    .arguments = "",
	    .summary = "show who is signed in at the console",
	    .details = "With where each came from, since when, when it was "
		       "last used, and its id.\n",
	    .run = verb_session_list,
	},
	{
	    .name = "session end",
	    .arguments = "ACCOUNT [ID] [--reason TEXT]",
	    .summary = "sign an account out, everywhere or in one place",
	    .details =
		"Where a browser is lost, or was left signed in. Of ID, which "
		"`session list` has,\nthe first characters are enough.\n\n"
		"  bsblctl session end alice --reason 'the telephone is "
		"lost'\n",
	    .takes = OPTION_REASON,
	    .least = 1,
	    .most = 2,
	    .run = verb_session_end,
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
};

const struct verb_family verbs_people = VERB_FAMILY(verbs);
