#ifndef CTL_VERB_H
#define CTL_VERB_H

#include <stdio.h>

#include "ctl/ctl.h"

/*
 * The verbs of bsblctl: one table (verb_table.h) is the command line, its help
 * and what the manual is made of.
 */
enum verb_option {
	OPTION_REASON = 1 << 0,	  /* --reason TEXT */
	OPTION_UNTIL = 1 << 1,	  /* --until WHEN */
	OPTION_CONFIRM = 1 << 2,  /* --confirm */
	OPTION_FROM = 1 << 3,	  /* --from WHEN */
	OPTION_TO = 1 << 4,	  /* --to WHEN */
	OPTION_SENSOR = 1 << 5,	  /* --sensor NUMBER */
	OPTION_TRAP = 1 << 6,	  /* --trap PATTERN */
	OPTION_CAMPAIGN = 1 << 7, /* --campaign ID */
	OPTION_DRY_RUN = 1 << 8,  /* --dry-run */
	OPTION_ALL = 1 << 9,	  /* --all */
	OPTION_LIST = 1 << 10,	  /* --list NAME */
	OPTION_WATCH = 1 << 11,	  /* --watch */
	OPTION_PUBLIC = 1 << 12,  /* --public */
	OPTION_MOST = 1 << 13,	  /* --most NUMBER */
	OPTION_WEIGHT = 1 << 14,  /* --weight PERCENT */
	OPTION_STATE = 1 << 15,	  /* --state STATE */
	OPTION_SERVER = 1 << 16,  /* --server ADDRESS */
	OPTION_POLICY = 1 << 17,  /* --policy FILE */
	OPTION_ROLE = 1 << 18,	  /* --role ROLE */
	OPTION_CLIENT = 1 << 19	  /* --client PREFIX[,PREFIX...] */
};

/* Gets the `count` words behind the verb; a ctl_status. */
typedef int verb_run(struct ctl *ctl, int count, char *words[]);

struct verb {
	const char *name;      /* one word or two */
	const char *arguments; /* as help shows them */
	const char *summary;   /* one line, no full stop; NULL: not shown */
	const char *details;   /* what one should know, with examples */
	unsigned takes, needs; /* options */
	bool needs_no_settings;
	int least, most; /* words behind it; most < 0: any number */
	verb_run *run;
};
/* In the order in which they are shown; NULL behind the last. */
const struct verb *verb_at(size_t place);

/*
 * The verb that the first one or two of `count` words name, or NULL; `*used`
 * is how many it took.
 */
const struct verb *verb_find(int count, char *words[], int *used);

/* Help: for one verb; or for all, or those that begin with `word`. */
void verb_help(const struct verb *verb, FILE *out);
void verb_list(const char *word, FILE *out);
/* Does any verb of two words begin with this one? */
bool verb_is_group(const char *word);

/* --- what they do, by the file that has it -------------------------------- */

/* database.c */
verb_run verb_init, verb_zone_apply, verb_stats;
/* intake.c */
verb_run verb_intake_list, verb_intake_retry;
/* health.c */
verb_run verb_health;
/* traps.c */
verb_run verb_trap_add, verb_trap_list, verb_trap_remove, verb_trap_set;
/* trap_check.c */
verb_run verb_trap_check;
/* lookup.c */
verb_run verb_lookup;
/* listings.c */
verb_run verb_add, verb_remove, verb_exempt, verb_exempt_list;
/* accounts.c */
verb_run verb_account_add, verb_account_list, verb_account_password,
    verb_account_totp, verb_account_role, verb_account_disable,
    verb_account_enable, verb_account_remove;
/* sessions.c */
verb_run verb_session_list, verb_session_end;
/* tokens.c */
verb_run verb_token_add, verb_token_list, verb_token_revoke;
/* guard.c */
verb_run verb_guard_show, verb_guard_release, verb_guard_reject;
/* undertakings.c */
verb_run verb_undertaking_list, verb_undertaking_stop;
/* purge.c */
verb_run verb_purge;
/* sensors.c */
verb_run verb_sensor_list;
/* campaigns.c, purge.c */
verb_run verb_campaign_list, verb_campaign_show, verb_campaign_merge;
/* shutdown.c */
verb_run verb_shutdown_show, verb_shutdown_announce, verb_shutdown_close,
    verb_shutdown_end, verb_shutdown_cancel;
/* completion.c */
verb_run verb_completion;
/* trends.c */
verb_run verb_trends;
/* audit.c */
verb_run verb_audit;
/* keeping.c */
verb_run verb_backup, verb_restore, verb_upgrade;
/* import.c */
verb_run verb_import;
/* export_verb.c */
verb_run verb_export;
/* policy.c */
verb_run verb_policy;
/* replay.c */
verb_run verb_replay;
/* verify.c */
verb_run verb_verify;
/* manual.c */
verb_run verb_manual;

#endif
