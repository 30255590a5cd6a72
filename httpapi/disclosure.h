#ifndef HTTPAPI_DISCLOSURE_H
#define HTTPAPI_DISCLOSURE_H

#include <stdbool.h>
#include <stdint.h>

#include "db/evidence.h"
#include "db/listing.h"
#include "db/verdict.h"

/*
 * What of an address the public may know. The exact time of a sighting names
 * the trap in the listed server's own log, and an instant answer is an oracle:
 * bounce to a guess, look yourself up. So:
 *
 *	not listed	nothing of a sighting until 24 h after it, then its
 *			day and kind
 *	listed		the hours, ranges of counts, the cause; of the newest
 *			sightings the hour, the kind, and what the server said
 *			of itself to several traps (its name, its software, a
 *			status code)
 *	test entry	that it is one
 *	by hand		the operator's reason and end date, always
 *
 * Which trap, which campaign, the queue id, the diagnostic text and the
 * reverse path: never. Exact facts take proof of control of the address.
 *
 * A sighting that no other network bears out: never (sighting_may_be_told);
 * the facts have none.
 *
 * What a server says of itself is its own to choose: told at once, a name made
 * up for one guess would say which guess met a trap.
 *
 * A day's count of sightings has none, either, else a thousand bounces to a
 * guess were a jump a day later (db/trend_day.h). It is told rounded down to 0,
 * 10, 20, 50, 100, 200 and so on: on a quiet list an exact one would tell who
 * answers a real run, with a guess for its sender, whether he met a trap. Nor
 * is it known where it is rounded: whoever knows one trap could fill up a day
 * with it to just below a bound, and see whether a guess crossed that. What
 * begins and ends in the list is counted exactly, since the list itself shows
 * each.
 *
 * Whatever follows from a sighting by plain arithmetic is rounded with it: the
 * end of a listing, its score. Pure.
 */
#define DISCLOSURE_DELAY_SECONDS ((int64_t)24 * 3600)

/* One showable sighting, as far as it may ever be shown. */
struct disclosure_sighting {
	int64_t seen_at;
	uint64_t trap; /* for disclosure_hush; never told */
	enum backscatter_kind kind;
	char cause[sizeof(((struct evidence *)0)->cause)];
	char software[sizeof(((struct evidence *)0)->software)];
	char status[sizeof(((struct evidence *)0)->status)];
	char reporting_mta[sizeof(((struct evidence *)0)->reporting_mta)];
};
#define DISCLOSURE_SIGHTINGS_MAX 32

/* Of a listed address: alike ones are shown once, since a count is none of
 * the public's business. */
#define DISCLOSURE_SHOWN_MAX 4

struct disclosure_facts {
	struct zone_entry entries[SUBLIST_COUNT]; /* as published */
	struct listing listing;
	struct disclosure_sighting sightings[DISCLOSURE_SIGHTINGS_MAX];
	unsigned sighting_count;   /* newest first */
	double threshold;	   /* score at which policy lists; 0 any */
	int64_t half_life_seconds; /* of the score */
};

/* A count somewhere from `least` to `most`; `most` 0: no upper end. */
struct disclosure_range {
	uint32_t least, most;
};

/* Score in shares of the threshold: at least, less than (0: no end). */
struct disclosure_score {
	double least, below, threshold;
};

struct disclosure {
	bool listed; /* in any list */
	bool test;
	bool manual;
	bool judged;	/* listed for what was seen, not only by hand */
	uint32_t kinds; /* BACKSCATTER_BIT(kind) of what may be shown */

	/* Listed: whole hours, 0 where there is none. */
	int64_t first_seen_at, last_seen_at;
	int64_t listed_at, expires_at;
	struct disclosure_range sightings, traps;
	struct disclosure_score score;
	const char *cause; /* points into the facts; "" unknown */
	/* Newest first, point into the facts; their times are whole hours. */
	struct {
		int64_t hour_at;
		const struct disclosure_sighting *sighting;
	} evidence[DISCLOSURE_SHOWN_MAX];
	unsigned evidence_count;

	/* Not listed: midnight of the day, 0 where there is none. */
	int64_t seen_day_at;

	int64_t manual_until;
	const char *manual_reason; /* points into the facts */
};
void disclosure_make(const struct disclosure_facts *facts, int64_t now,
    struct disclosure *disclosure);

/*
 * What is told of a day's count of sightings: at least so many. `doubt` is a
 * secret number, always the same for the same day and kind: it moves the bounds
 * up to half of the count, and to ten at least.
 */
uint64_t disclosure_about(uint64_t count, uint64_t doubt);

/*
 * Takes away what the server said of itself, but for what sightings of several
 * traps have alike. Its software stays, as far as it is one we know: that is a
 * word of a table.
 */
void disclosure_hush(struct disclosure_facts *facts);

/* The range that a count is shown as. */
struct disclosure_range disclosure_range(uint32_t count);

#endif
