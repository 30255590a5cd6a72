#include "db/episodes.h"

#include <string.h>

void
episodes_init(struct episodes *episodes, const struct policy *policy)
{
	episodes->policy = policy;
	episodes->count = 0;
	episodes->running = false;
	episodes->until = INT64_MAX;
	episodes->expiry_seconds = 0;
}

const struct listing_episode *
episodes_last(const struct episodes *episodes)
{
	return &episodes->list[episodes->count - 1];
}

static struct listing_episode *
last(struct episodes *episodes)
{
	return &episodes->list[episodes->count - 1];
}

static struct listing_episode *
add(struct episodes *episodes)
{
	if (episodes->count == LISTING_EPISODES_MAX) {
		memmove(&episodes->list[0], &episodes->list[1],
		    sizeof(episodes->list) - sizeof(episodes->list[0]));
		episodes->count--;
	}
	episodes->count++;
	return last(episodes);
}

static bool
is_mere_act(const struct listing_episode *episode)
{
	return episode->rests_on_at == 0;
}

static unsigned
count_before(const struct episodes *episodes, int64_t at)
{
	unsigned count = 0;

	for (unsigned i = 0; i < episodes->count; i++) {
		const struct listing_episode *episode = &episodes->list[i];

		if (!is_mere_act(episode) &&
		    at - episode->ended_at < episodes->policy->history_seconds)
			count++;
	}
	return count;
}

bool
episodes_before(const struct episodes *episodes, int64_t at)
{
	return count_before(episodes, at) > 0;
}

void
episodes_begin(struct episodes *episodes, int64_t at, int64_t rests_on_at)
{
	const struct policy *policy = episodes->policy;
	unsigned before = count_before(episodes, at);
	int64_t seconds = policy->expiry_seconds;

	while (before-- > 0 && seconds < policy->expiry_max_seconds)
		seconds *= 2;
	if (seconds > policy->expiry_max_seconds)
		seconds = policy->expiry_max_seconds;
	episodes->expiry_seconds = seconds;
	episodes->running = true;
	episodes->until = at + seconds;
	*add(episodes) = (struct listing_episode){
		.listed_at = at,
		.ended_at = episodes->until,
		.rests_on_at = rests_on_at,
		.end = LISTING_EXPIRED,
	};
}

void
episodes_extend(struct episodes *episodes, int64_t until)
{
	if (episodes->until < until)
		last(episodes)->ended_at = episodes->until = until;
}

void
episodes_extend_by_evidence(struct episodes *episodes, int64_t seen_at)
{
	episodes_extend(episodes, seen_at + episodes->expiry_seconds);
}

void
episodes_expire(struct episodes *episodes, int64_t at)
{
	if (episodes->until > at)
		return;
	episodes->running = false;
	episodes->until = INT64_MAX;
}

void
episodes_act(struct episodes *episodes, int64_t at, enum listing_end act)
{
	struct listing_episode *episode;

	if (!episodes->running) {
		episode = add(episodes);
		episode->listed_at = at;
		episode->rests_on_at = 0;
	}
	episode = last(episodes);
	episode->ended_at = at;
	episode->end = act;
	episodes->running = false;
	episodes->until = INT64_MAX;
}

static bool
ends_in_an_exemption(const struct episodes *episodes)
{
	const struct listing_episode *episode;

	if (episodes->running || episodes->count == 0)
		return false;
	episode = episodes_last(episodes);
	return is_mere_act(episode) && episode->end == LISTING_EXEMPTED;
}

void
episodes_exempt(struct episodes *episodes, int64_t at)
{
	if (ends_in_an_exemption(episodes))
		episodes->count--;
	episodes_act(episodes, at, LISTING_EXEMPTED);
}

void
episodes_forget(struct episodes *episodes, int64_t since, int64_t now)
{
	int64_t from = now;
	unsigned kept = 0;

	for (unsigned i = 0; i < episodes->count; i++) {
		const struct listing_episode *episode = &episodes->list[i];

		if (episode->listed_at < from &&
		    (episode->ended_at > now || episode->rests_on_at > since))
			from = episode->listed_at;
	}
	for (unsigned i = 0; i < episodes->count; i++) {
		const struct listing_episode *episode = &episodes->list[i];

		if (from - episode->ended_at <
		    episodes->policy->history_seconds)
			episodes->list[kept++] = *episode;
	}
	episodes->count = kept;
}
