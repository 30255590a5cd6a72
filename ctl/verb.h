#ifndef CTL_VERB_H
#define CTL_VERB_H

#include <stdio.h>

#include "ctl/ctl.h"

/*
 * The verbs of bsblctl: one table (verb_table.h) is the command line, its help
 * and what the manual is made of. `run` gets the words behind the verb and
 * returns a ctl_status.
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

struct verb {
	const char *name;      /* one word or two */
	const char *arguments; /* as help shows them */
	const char *summary;   /* one line, no full stop; NULL: not shown */
	const char *details;   /* what one should know, with examples */
	unsigned takes, needs; /* options */
	bool needs_no_settings;
	int least, most; /* words behind it; most < 0: any number */
	int (*run)(struct ctl *ctl, int count, char *words[]);
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

/* database.c */
int verb_init(struct ctl *ctl, int count, char *words[]);
int verb_zone_apply(struct ctl *ctl, int count, char *words[]);
int verb_stats(struct ctl *ctl, int count, char *words[]);
/* intake.c */
int verb_intake_list(struct ctl *ctl, int count, char *words[]);
int verb_intake_retry(struct ctl *ctl, int count, char *words[]);
/* health.c */
int verb_health(struct ctl *ctl, int count, char *words[]);
/* traps.c */
int verb_trap_add(struct ctl *ctl, int count, char *words[]);
int verb_trap_list(struct ctl *ctl, int count, char *words[]);
int verb_trap_remove(struct ctl *ctl, int count, char *words[]);
int verb_trap_set(struct ctl *ctl, int count, char *words[]);
/* trap_check.c */
int verb_trap_check(struct ctl *ctl, int count, char *words[]);
/* lookup.c */
int verb_lookup(struct ctl *ctl, int count, char *words[]);
/* listings.c */
int verb_add(struct ctl *ctl, int count, char *words[]);
int verb_remove(struct ctl *ctl, int count, char *words[]);
int verb_exempt(struct ctl *ctl, int count, char *words[]);
int verb_exempt_list(struct ctl *ctl, int count, char *words[]);
/* accounts.c */
int verb_account_add(struct ctl *ctl, int count, char *words[]);
int verb_account_list(struct ctl *ctl, int count, char *words[]);
int verb_account_password(struct ctl *ctl, int count, char *words[]);
int verb_account_totp(struct ctl *ctl, int count, char *words[]);
int verb_account_role(struct ctl *ctl, int count, char *words[]);
int verb_account_disable(struct ctl *ctl, int count, char *words[]);
int verb_account_enable(struct ctl *ctl, int count, char *words[]);
int verb_account_remove(struct ctl *ctl, int count, char *words[]);
/* sessions.c */
int verb_session_list(struct ctl *ctl, int count, char *words[]);
int verb_session_end(struct ctl *ctl, int count, char *words[]);
/* tokens.c */
int verb_token_add(struct ctl *ctl, int count, char *words[]);
int verb_token_list(struct ctl *ctl, int count, char *words[]);
int verb_token_revoke(struct ctl *ctl, int count, char *words[]);
/* guard.c */
int verb_guard_show(struct ctl *ctl, int count, char *words[]);
int verb_guard_release(struct ctl *ctl, int count, char *words[]);
int verb_guard_reject(struct ctl *ctl, int count, char *words[]);
/* undertakings.c */
int verb_undertaking_list(struct ctl *ctl, int count, char *words[]);
int verb_undertaking_stop(struct ctl *ctl, int count, char *words[]);
/* purge.c */
int verb_purge(struct ctl *ctl, int count, char *words[]);
/* sensors.c */
int verb_sensor_list(struct ctl *ctl, int count, char *words[]);
/* campaigns.c, purge.c */
int verb_campaign_list(struct ctl *ctl, int count, char *words[]);
int verb_campaign_show(struct ctl *ctl, int count, char *words[]);
int verb_campaign_merge(struct ctl *ctl, int count, char *words[]);
/* shutdown.c */
int verb_shutdown_show(struct ctl *ctl, int count, char *words[]);
int verb_shutdown_announce(struct ctl *ctl, int count, char *words[]);
int verb_shutdown_close(struct ctl *ctl, int count, char *words[]);
int verb_shutdown_end(struct ctl *ctl, int count, char *words[]);
int verb_shutdown_cancel(struct ctl *ctl, int count, char *words[]);
/* completion.c */
int verb_completion(struct ctl *ctl, int count, char *words[]);
/* trends.c */
int verb_trends(struct ctl *ctl, int count, char *words[]);
/* audit.c */
int verb_audit(struct ctl *ctl, int count, char *words[]);
/* keeping.c */
int verb_backup(struct ctl *ctl, int count, char *words[]);
int verb_restore(struct ctl *ctl, int count, char *words[]);
int verb_upgrade(struct ctl *ctl, int count, char *words[]);
/* import.c */
int verb_import(struct ctl *ctl, int count, char *words[]);
/* export_verb.c */
int verb_export(struct ctl *ctl, int count, char *words[]);
/* policy.c */
int verb_policy(struct ctl *ctl, int count, char *words[]);
/* replay.c */
int verb_replay(struct ctl *ctl, int count, char *words[]);
/* verify.c */
int verb_verify(struct ctl *ctl, int count, char *words[]);
/* manual.c */
int verb_manual(struct ctl *ctl, int count, char *words[]);

#endif
