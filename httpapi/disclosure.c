#include "httpapi/disclosure.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define HOUR ((int64_t)3600)
#define DAY (24 * HOUR)

/* Where ranges of counts begin. */
static const uint32_t steps[] = { 0, 1, 2, 5, 10, 20, 50, 100, 500 };
#define STEPS (sizeof(steps) / sizeof(steps[0]))

struct disclosure_range
disclosure_range(uint32_t count)
{
	size_t i = STEPS - 1;

	while (count < steps[i])
		i--;
	return (struct disclosure_range){
		.least = steps[i],
		.most = i + 1 < STEPS ? steps[i + 1] - 1 : 0,
	};
}

uint64_t
disclosure_about(uint64_t count, uint64_t doubt)
{
	uint64_t tens = 10;
	uint64_t less = doubt % (count / 2 > tens ? count / 2 : tens);

	count -= less < count ? less : count;
	if (count < tens)
		return 0;
	while (count / tens >= 10)
		tens *= 10;
	return (count / tens >= 5 ? 5 : count / tens >= 2 ? 2 : 1) * tens;
}

/* Times of records are never negative; 0 stays 0. */
static int64_t
round_down(int64_t at, int64_t to)
{
	return at - at % to;
}

static int64_t
round_up(int64_t at, int64_t to)
{
	return round_down(at + to - 1, to);
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Bands that double: [0, 1), [1, 2), [2, 4), [4, 8), [8 ...) thresholds. */
static struct disclosure_score
score_band(const struct disclosure_facts *facts, int64_t now)
{
	const struct listing *listing = &facts->listing;
	struct disclosure_score band = { .threshold = facts->threshold };
	int64_t age = now - listing->last_counted_at;
	double score = listing->score;

	if (facts->threshold <= 0)
		return band;
	if (age > 0 && facts->half_life_seconds > 0)
		score *= exp2(-(double)age / (double)facts->half_life_seconds);
	band.below = facts->threshold;
	while (score >= band.below && band.below < 8 * facts->threshold) {
		band.least = band.below;
		band.below *= 2;
	}
	if (score >= band.below) {
		band.least = band.below;
		band.below = 0;
	}
	return band;
}

/* The newest sighting whose cause is known speaks for all. */
static const char *
cause_of(const struct disclosure_facts *facts)
{
	for (unsigned i = 0; i < facts->sighting_count; i++) {
		if (facts->sightings[i].cause[0] != '\0')
			return facts->sightings[i].cause;
	}
	return "";
}

/* --- what a server says of itself ----------------------------------------- */

/* Which texts of a sighting its sender may make up. */
static const size_t made_up[] = {
	offsetof(struct disclosure_sighting, status),
	offsetof(struct disclosure_sighting, reporting_mta),
};
#define MADE_UP (sizeof(made_up) / sizeof(made_up[0]))

static char *
text_of(struct disclosure_sighting *sighting, size_t offset)
{
	return (char *)sighting + offset;
}

static bool
several_traps_have_it(
    struct disclosure_facts *facts, unsigned which, size_t offset)
{
	struct disclosure_sighting *own = &facts->sightings[which];

	for (unsigned i = 0; i < facts->sighting_count; i++) {
		struct disclosure_sighting *other = &facts->sightings[i];

		if (other->trap != own->trap &&
		    strcmp(text_of(own, offset), text_of(other, offset)) == 0)
			return true;
	}
	return false;
}

static void
hush(struct disclosure_facts *facts, size_t offset)
{
	bool stays[DISCLOSURE_SIGHTINGS_MAX];

	for (unsigned i = 0; i < facts->sighting_count; i++)
		stays[i] = several_traps_have_it(facts, i, offset);
	for (unsigned i = 0; i < facts->sighting_count; i++) {
		if (!stays[i])
			*text_of(&facts->sightings[i], offset) = '\0';
	}
}

void
disclosure_hush(struct disclosure_facts *facts)
{
	for (size_t i = 0; i < MADE_UP; i++)
		hush(facts, made_up[i]);
}

/* --- a listed address ----------------------------------------------------- */

static bool
are_alike(
    const struct disclosure_sighting *a, const struct disclosure_sighting *b)
{
	return round_down(a->seen_at, HOUR) == round_down(b->seen_at, HOUR) &&
	       a->kind == b->kind && strcmp(a->cause, b->cause) == 0 &&
	       strcmp(a->software, b->software) == 0 &&
	       strcmp(a->status, b->status) == 0 &&
	       strcmp(a->reporting_mta, b->reporting_mta) == 0;
}

static void
show(const struct disclosure_sighting *sighting, struct disclosure *shown)
{
	unsigned count = shown->evidence_count;

	for (unsigned i = 0; i < count; i++) {
		if (are_alike(shown->evidence[i].sighting, sighting))
			return;
	}
	if (count == DISCLOSURE_SHOWN_MAX)
		return;
	shown->evidence[count].hour_at = round_down(sighting->seen_at, HOUR);
	shown->evidence[count].sighting = sighting;
	shown->evidence_count++;
}

/* last_seen_at of the listing has what nobody else bears out, too. */
static int64_t
last_seen(const struct disclosure_facts *facts)
{
	int64_t newest =
	    facts->sighting_count > 0 ? facts->sightings[0].seen_at : 0;

	return later(facts->listing.last_counted_at, newest);
}

/* Nor is its first_seen_at told, but the oldest that it was listed for. */
static int64_t
first_seen(const struct disclosure_facts *facts)
{
	const struct listing *listing = &facts->listing;
	unsigned count = listing->episode_count;
	int64_t rests_on_at = listing->listed_at != 0 && count > 0
				  ? listing->episodes[count - 1].rests_on_at
				  : 0;

	if (rests_on_at != 0)
		return rests_on_at;
	return facts->sighting_count > 0
		   ? facts->sightings[facts->sighting_count - 1].seen_at
		   : 0;
}

static void
disclose_listed(
    const struct disclosure_facts *facts, int64_t now, struct disclosure *shown)
{
	const struct listing *listing = &facts->listing;

	shown->first_seen_at = round_down(first_seen(facts), HOUR);
	shown->last_seen_at = round_down(last_seen(facts), HOUR);
	shown->listed_at = round_down(listing->listed_at, HOUR);
	shown->expires_at =
	    round_up(later(listing->expires_at, listing->callout_until), HOUR);
	shown->sightings = disclosure_range(listing->corroborated);
	shown->traps = disclosure_range(listing->traps);
	shown->score = score_band(facts, now);
	shown->cause = cause_of(facts);
	for (unsigned i = 0; i < facts->sighting_count; i++)
		show(&facts->sightings[i], shown);
}

static void
disclose_unlisted(
    const struct disclosure_facts *facts, int64_t now, struct disclosure *shown)
{
	for (unsigned i = 0; i < facts->sighting_count; i++) {
		const struct disclosure_sighting *sighting =
		    &facts->sightings[i];

		if (sighting->seen_at > now - DISCLOSURE_DELAY_SECONDS)
			continue;
		shown->kinds |= BACKSCATTER_BIT(sighting->kind);
		shown->seen_day_at = later(
		    shown->seen_day_at, round_down(sighting->seen_at, DAY));
	}
}

void
disclosure_make(
    const struct disclosure_facts *facts, int64_t now, struct disclosure *shown)
{
	unsigned flags = 0, codes = 0;

	memset(shown, 0, sizeof(*shown));
	shown->cause = shown->manual_reason = "";
	for (int list = 0; list < SUBLIST_COUNT; list++) {
		codes |= facts->entries[list].codes;
		flags |= facts->entries[list].flags;
		shown->kinds |= facts->entries[list].kinds;
	}
	shown->listed = codes != 0;
	shown->test = (flags & ZONE_ENTRY_TEST) != 0;
	shown->manual = (flags & ZONE_ENTRY_MANUAL) != 0;
	shown->judged = shown->kinds != 0 && !shown->test;
	if (shown->test)
		shown->kinds = 0;
	if (shown->judged)
		disclose_listed(facts, now, shown);
	else if (!shown->test)
		disclose_unlisted(facts, now, shown);
	if (shown->manual) {
		shown->manual_reason = facts->listing.manual_reason;
		shown->manual_until = facts->listing.manual_until;
	}
}
