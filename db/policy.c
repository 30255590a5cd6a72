#include "db/policy.h"

#include <string.h>

#include "db/episodes.h"
#include "db/tally_add.h"

/* When evidence falls out of the 30 days need not show to the second. */
#define AGEING_STEP_SECONDS 3600

/* What is given, in the order of time: episodes that began, and acts. */
struct mark {
	int64_t at;
	bool is_act;
	enum listing_end act;
	int64_t until;	     /* of an episode */
	int64_t rests_on_at; /* 0: nothing was listed */
};
#define MARKS_MAX (2 * LISTING_EPISODES_MAX + 1)

struct walk {
	const struct policy *policy;
	const struct policy_past *past;
	int64_t since; /* older evidence is not looked at */
	struct policy_result *result;
	struct tally main, callout;
	bool has_callouts; /* else that tally is not even made */
	bool has_any;	   /* since the last act, whatever it weighs now */
	struct episodes episodes;
	int64_t quiet_until; /* nothing given, nothing that ends, before */
	int64_t act_at;	     /* the last one passed, 0 none */
	bool exempt;	     /* as from that act: nothing begins */
	struct mark marks[MARKS_MAX];
	unsigned mark_count, next_mark;
};

/* --- single sightings ----------------------------------------------------- */

void
policy_event_from(const struct evidence *evidence, bool corroborated,
    struct policy_event *event)
{
	*event = (struct policy_event){
		.seen_at = evidence->seen_at,
		.original_at = evidence->original_at,
		.trap = evidence->trap,
		.campaign = evidence->campaign,
		.original = evidence->original,
		.flags = evidence->flags,
		.kind = evidence->kind,
		.grade = evidence->grade,
		.corroborated = corroborated,
	};
}

#define COMPARE(field)                                                         \
	if (a->field != b->field)                                              \
	return a->field < b->field ? -1 : 1

int
policy_event_compare(const struct policy_event *a, const struct policy_event *b)
{
	COMPARE(seen_at);
	COMPARE(grade); /* of repetitions the best proved one counts */
	COMPARE(kind);
	COMPARE(trap);
	COMPARE(campaign);
	COMPARE(original);
	COMPARE(flags);
	COMPARE(original_at);
	COMPARE(discount);
	COMPARE(corroborated);
	return 0;
}

bool
policy_can_count(const struct policy_event *event)
{
	const uint32_t never = EVIDENCE_WEB_FORM | EVIDENCE_MDN_MANUAL |
			       EVIDENCE_UNCOUNTED | EVIDENCE_SUCCESS;

	return event->kind != BACKSCATTER_NONE && (event->flags & never) == 0 &&
	       event->grade != GRADE_E;
}

bool
policy_counts(const struct policy *policy, const struct policy_event *event)
{
	return policy_can_count(event) && policy->weight[event->grade] > 0;
}

static bool
is_for_callout_list(const struct policy_event *event)
{
	return event->kind == BACKSCATTER_CALLOUT || event->grade == GRADE_D;
}

static bool
is_borne_out(const struct policy *policy, const struct policy_event *event)
{
	return event->corroborated || policy->corroborating_networks == 0 ||
	       policy->immediate;
}

/* A queue from before the last act that drains; older claims are no excuse. */
static bool
is_drained(const struct walk *walk, const struct policy_event *event)
{
	return walk->act_at != 0 && event->kind == BACKSCATTER_DSN &&
	       event->original_at > 0 && event->original_at <= walk->act_at &&
	       event->seen_at - event->original_at <=
		   walk->policy->drain_seconds;
}

/* --- what is given -------------------------------------------------------- */

static void
insert_mark(struct walk *walk, const struct mark *mark)
{
	unsigned i = walk->mark_count++;

	while (i > 0 && walk->marks[i - 1].at > mark->at) {
		walk->marks[i] = walk->marks[i - 1];
		i--;
	}
	walk->marks[i] = *mark;
}

static void
insert_act(
    struct walk *walk, int64_t at, int64_t rests_on_at, enum listing_end act)
{
	for (unsigned i = 0; i < walk->mark_count; i++) {
		if (walk->marks[i].is_act && walk->marks[i].at == at)
			return;
	}
	insert_mark(walk, &(struct mark){ .at = at,
			      .is_act = true,
			      .act = act,
			      .rests_on_at = rests_on_at });
}

static void
insert_past(struct walk *walk)
{
	const struct policy_past *past = walk->past;

	for (unsigned i = 0; i < past->episode_count; i++) {
		const struct listing_episode *episode = &past->episodes[i];
		bool by_act = episode->end != LISTING_EXPIRED;

		if (episode->rests_on_at != 0 &&
		    episode->rests_on_at <= walk->since)
			insert_mark(walk,
			    &(struct mark){ .at = episode->listed_at,
				.until = by_act ? INT64_MAX : episode->ended_at,
				.rests_on_at = episode->rests_on_at });
		if (by_act)
			insert_act(walk, episode->ended_at,
			    episode->rests_on_at, episode->end);
	}
	if (past->delisted_at != 0)
		insert_act(walk, past->delisted_at, 0, past->delisted_as);
}

/* Nothing that was seen until now counts any more. */
static void
start_anew(struct walk *walk, int64_t at)
{
	struct policy_result *result = walk->result;

	walk->act_at = at;
	tally_clear(&walk->main);
	walk->has_callouts = walk->has_any = false;
	result->strict = false;
	result->callout_until = result->callout_seen_at = 0;
	result->sightings = result->corroborated = 0;
	result->first_seen_at = result->last_seen_at = 0;
}

/* Only now is it asked how long what counted holds the listing up. */
static void
expire(struct walk *walk, int64_t at)
{
	struct episodes *episodes = &walk->episodes;

	if (episodes->running)
		episodes_extend_by_evidence(episodes, walk->main.last_at);
	if (episodes->until <= at) {
		episodes_expire(episodes, at);
		walk->result->strict = false;
	}
	if (walk->result->callout_until <= at)
		walk->result->callout_until = walk->result->callout_seen_at = 0;
}

/*
 * An exemption acts whenever something is seen meanwhile; what it last acted
 * upon is kept (episodes_exempt). So it lasted until then, or still does.
 */
static bool
exempts_on(const struct walk *walk)
{
	const struct mark *mark = &walk->marks[walk->next_mark];
	const struct mark *next = mark + 1;

	if (mark->act != LISTING_EXEMPTED)
		return walk->exempt && walk->past->exempt;
	if (walk->next_mark + 1 == walk->mark_count)
		return walk->past->exempt;
	return next->is_act && next->act == LISTING_EXEMPTED &&
	       next->rests_on_at == 0;
}

static void
apply_mark(struct walk *walk, const struct mark *mark)
{
	expire(walk, mark->at);
	if (mark->is_act) {
		episodes_act(&walk->episodes, mark->at, mark->act);
		start_anew(walk, mark->at);
		walk->exempt = exempts_on(walk);
		return;
	}
	if (!walk->episodes.running)
		episodes_begin(&walk->episodes, mark->at, mark->rests_on_at);
	episodes_extend(&walk->episodes, mark->until);
}

static void
wake_at(struct walk *walk, int64_t at)
{
	if (at < walk->quiet_until)
		walk->quiet_until = at;
}

/*
 * What was given before the sighting of `at`. An episode that began with it
 * comes first, an act at its second afterwards.
 */
static void
advance(struct walk *walk, int64_t at)
{
	while (walk->next_mark < walk->mark_count) {
		const struct mark *mark = &walk->marks[walk->next_mark];

		if (mark->at > at || (mark->is_act && mark->at == at))
			break;
		apply_mark(walk, mark);
		walk->next_mark++;
	}
	expire(walk, at);
	walk->quiet_until = walk->episodes.until;
	if (walk->next_mark < walk->mark_count)
		wake_at(walk, walk->marks[walk->next_mark].at);
	if (walk->result->callout_until != 0)
		wake_at(walk, walk->result->callout_until);
}

/* Whatever the clock says: what was decided holds even when it steps back. */
static void
advance_to_end(struct walk *walk, int64_t now)
{
	for (; walk->next_mark < walk->mark_count; walk->next_mark++)
		apply_mark(walk, &walk->marks[walk->next_mark]);
	expire(walk, now);
}

/* --- evidence ------------------------------------------------------------- */

static struct tally *
callout_of(struct walk *walk)
{
	if (!walk->has_callouts)
		tally_init(&walk->callout, walk->policy);
	walk->has_callouts = true;
	return &walk->callout;
}

static void
list_callout(struct walk *walk, int64_t seen_at)
{
	const struct policy *policy = walk->policy;
	int64_t *until = &walk->result->callout_until;

	if (*until != 0 || policy->immediate ||
	    tally_lists(&walk->callout, false)) {
		*until = seen_at + policy->expiry_seconds;
		walk->result->callout_seen_at = seen_at;
		wake_at(walk, *until);
	}
}

static void
begin_if_enough(struct walk *walk, int64_t seen_at)
{
	struct episodes *episodes = &walk->episodes;
	const struct tally *tally = &walk->main;

	if (walk->exempt)
		return;
	if (!walk->policy->immediate &&
	    !tally_lists(tally, episodes_before(episodes, seen_at)))
		return;
	episodes_begin(episodes, seen_at, tally_first_at(tally));
	wake_at(walk, episodes->until);
}

static void
take(struct walk *walk, const struct policy_event *event)
{
	struct policy_result *result = walk->result;
	bool callout;

	if (!policy_can_count(event) || is_drained(walk, event))
		return;
	walk->has_any = true;
	if (!policy_counts(walk->policy, event))
		return;
	if (result->first_seen_at == 0)
		result->first_seen_at = event->seen_at;
	result->last_seen_at = event->seen_at;
	result->sightings += 1 + event->more;
	if (!is_borne_out(walk->policy, event))
		return;
	result->corroborated += 1 + event->more;
	callout = is_for_callout_list(event);
	if (!tally_add(callout ? callout_of(walk) : &walk->main, event))
		return;
	if (callout) {
		list_callout(walk, event->seen_at);
		return;
	}
	if (!walk->episodes.running)
		begin_if_enough(walk, event->seen_at);
	if (walk->episodes.running && !walk->result->strict)
		walk->result->strict = tally_is_strict(&walk->main);
}

/* --- what came out -------------------------------------------------------- */

static void
due(struct policy_result *result, int64_t at, int64_t now)
{
	if (at > now && (result->due_at == 0 || at < result->due_at))
		result->due_at = at;
}

static void
find_due(const struct policy *policy, int64_t now, struct policy_result *result)
{
	int64_t aged;

	due(result, result->expires_at, now);
	due(result, result->callout_until, now);
	if (result->state == LISTING_WARNED)
		due(result, result->last_seen_at + policy->warning_seconds,
		    now);
	if (result->first_seen_at != 0) {
		aged = result->first_seen_at + policy->evidence_seconds;
		aged += AGEING_STEP_SECONDS - aged % AGEING_STEP_SECONDS;
		due(result, aged, now);
	}
	/* What is kept for longer goes when something else is due. */
	for (unsigned i = 0; i < result->episode_count; i++)
		due(result,
		    result->episodes[i].ended_at + policy->history_seconds,
		    now);
}

static void
conclude_state(struct walk *walk, int64_t now)
{
	struct policy_result *result = walk->result;
	const struct listing_episode *running;

	if (walk->episodes.running) {
		running = episodes_last(&walk->episodes);
		result->state = LISTING_LISTED;
		result->listed_at = running->listed_at;
		result->expires_at = running->ended_at;
	} else if (result->last_seen_at != 0 &&
		   now - result->last_seen_at < walk->policy->warning_seconds) {
		result->state = LISTING_WARNED;
	}
}

static void
conclude(struct walk *walk, int64_t now)
{
	struct policy_result *result = walk->result;
	struct episodes *episodes = &walk->episodes;
	const struct tally *tally = &walk->main;

	if (walk->past->exempt && (episodes->running || walk->has_any)) {
		episodes_exempt(episodes, now);
		start_anew(walk, now);
	}
	conclude_state(walk, now);
	result->strict &= !walk->past->shared;
	result->score = tally_score(tally);
	result->last_counted_at = tally->last_at;
	result->kinds = tally->kinds;
	result->traps = tally->all.traps;
	result->campaigns = tally->all.campaigns;
	if (walk->has_callouts)
		result->callout_traps = walk->callout.all.traps;
	episodes_forget(episodes, walk->since, now);
	result->episode_count = episodes->count;
	memcpy(result->episodes, episodes->list,
	    episodes->count * sizeof(episodes->list[0]));
	find_due(walk->policy, now, result);
}

void
policy_judge(const struct policy *policy, const struct policy_event *events,
    size_t count, const struct policy_past *past, int64_t now,
    struct policy_result *result)
{
	struct walk walk; /* not zeroed as a whole: it is large */
	size_t i = 0;

	memset(result, 0, sizeof(*result));
	walk.policy = policy;
	walk.past = past;
	walk.exempt = false;
	walk.result = result;
	walk.since = now - policy->evidence_seconds;
	if (walk.since < past->whole_since)
		walk.since = past->whole_since;
	walk.mark_count = walk.next_mark = 0;
	episodes_init(&walk.episodes, policy);
	tally_init(&walk.main, policy);
	walk.has_callouts = walk.has_any = false;
	walk.act_at = 0;
	walk.quiet_until = INT64_MIN;
	insert_past(&walk);
	while (count > 0 && events[count - 1].seen_at > now)
		count--;
	while (i < count && events[i].seen_at <= walk.since)
		i++;
	for (; i < count; i++) {
		if (events[i].seen_at >= walk.quiet_until)
			advance(&walk, events[i].seen_at);
		take(&walk, &events[i]);
	}
	advance_to_end(&walk, now);
	conclude(&walk, now);
}
