#ifndef DB_EPISODES_H
#define DB_EPISODES_H

#include "db/policy.h"

/*
 * One address' times on the list while policy walks through its evidence; see
 * struct listing_episode. policy.c alone uses it.
 */
struct episodes {
	const struct policy *policy;
	struct listing_episode list[LISTING_EPISODES_MAX];
	unsigned count;
	bool running;		/* the last one is ... */
	int64_t until;		/* ... until then; the walk looks often */
	int64_t expiry_seconds; /* of the running one */
};

void episodes_init(struct episodes *episodes, const struct policy *policy);

/* Has an episode ended within the history before `at`? */
bool episodes_before(const struct episodes *episodes, int64_t at);

/* None may be running. The more there were lately, the later it expires. */
void episodes_begin(struct episodes *episodes, int64_t at, int64_t rests_on_at);
/* The running one lasts until then at least; or as long as evidence says. */
void episodes_extend(struct episodes *episodes, int64_t until);
void episodes_extend_by_evidence(struct episodes *episodes, int64_t seen_at);
void episodes_expire(struct episodes *episodes, int64_t at);
/* Ends the running one, or keeps the act as such. */
void episodes_act(struct episodes *episodes, int64_t at, enum listing_end act);
/*
 * The same of an exemption, which acts whenever something is seen of an
 * exempted address: the last time alone is kept.
 */
void episodes_exempt(struct episodes *episodes, int64_t at);

/*
 * Drops what makes no episode graver any more: none that begins at `now` or
 * later, is running, or is derived anew since it rests on evidence newer than
 * `since`.
 */
void episodes_forget(struct episodes *episodes, int64_t since, int64_t now);

/* There must be one. */
const struct listing_episode *episodes_last(const struct episodes *episodes);

#endif
