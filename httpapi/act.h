#ifndef HTTPAPI_ACT_H
#define HTTPAPI_ACT_H

#include <jansson.h>

#include "db/purge_act.h"
#include "db/record.h"
#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * What an operator does: one change on the writer's thread, in the name of
 * exchange->caller, by the functions of db/ that bsblctl calls. The answer
 * comes after the commit. Programs and the console do the same acts; they
 * differ in where the words come from and in what is answered.
 */
struct act {
	struct exchange *exchange;
	const json_t *input; /* an object: the body, or what fits it */
	const char *subject; /* what the path names, "" where it names none */
	struct store_txn *txn;
	struct recorder_rules rules; /* with the caller's name */
	int64_t now;
	/* A new password for once, and its hash: of act_with_password. */
	const char *password, *hash;
	const char *why; /* of a refusal, where the code says too little */
	const char *at;	 /* the member at fault, where one is; NULL */
	json_t *answer;	 /* an object, to be filled */
	uint64_t done;	 /* how far one of several steps has come */
};

/*
 * 0: commit and answer; ACT_AGAIN: commit, and call it once more, behind what
 * others have waiting; a negative code: nothing of this step is kept.
 */
#define ACT_AGAIN 1
typedef int act_run(struct act *act);

/*
 * Has it done, and answered by `reply`: on the writer's thread, with the code
 * of what came of it. act_answer is the one for programs.
 */
typedef void act_reply(struct act *act, int code);
enum handled act_later(
    struct exchange *exchange, act_run *run, act_reply *reply);
void act_answer(struct act *act, int code);
/*
 * The act of the exchange whose job it is, on the writer's thread: for those
 * who step by themselves. Its answer is the caller's.
 */
struct writer_job;
void act_begin(struct act *act, struct writer_job *job);
/* What went wrong, in a sentence for people. */
const char *act_words(const struct act *act, int code);

/* --- the acts (acts.c) ---------------------------------------------------- */

act_run act_list, act_unlist;	  /* prefix reason until; reason */
act_run act_exempt, act_unexempt; /* the same */
/* pattern state weight reason */
act_run act_trap_add, act_trap_set, act_trap_remove;
act_run act_request; /* decision: grant, refuse; reason */
act_run act_guard;   /* decision: release, reject; units; reason */
int act_guard_decision(struct act *act, bool *release);

/*
 * act_account.c: role, disabled, totp: new or none, sign_out; name and role;
 * a session by its id. All have a reason.
 */
act_run act_account, act_account_add, act_account_remove, act_session_end;
/* One of them on the hasher's thread, with a password for once. */
enum handled act_with_password(
    struct exchange *exchange, act_run *run, act_reply *reply);

/* act_token.c: name role sensor until clients. The answer has the secret. */
act_run act_token_add, act_token_revoke;

/*
 * act_purge.c: sensor, trap or campaign; from, to. With a campaign for
 * a subject, into: it is merged into that one. ERROR_FORMAT. Both are
 * undertakings (undertaking.h).
 */
int act_read_purge(struct act *act, struct purge *purge);
int act_read_merge(struct act *act, struct purge *purge);

#endif
