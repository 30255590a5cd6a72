#ifndef TESTS_SUPPORT_POLICY_HISTORY_H
#define TESTS_SUPPORT_POLICY_HISTORY_H

/*
 * Histories of evidence in one line, and what policy makes of them. Include it
 * after cmocka.h.
 */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/policy.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define HOUR 3600
#define DAY (24 * HOUR)
#define T0 (INT64_C(20000) * DAY) /* "0h" of every case */
#define EVENTS_MAX 3000

/*
 * A history in one line, items parted by ';', each a time and words:
 *
 *	2d1h A t2 c3 m4		a sighting of grade A (B, C, D, E) for trap 2,
 *				campaign 3 (fingerprinted), original 4
 *	  auto chal virus callout none	its kind, else dsn
 *	  delay submission form mdn success uncounted
 *	  new			a new sensor's
 *	  alone			not corroborated
 *	  from-2d		the original arrived two days before
 *	  x5/6h			five of them, six hours apart;
 *	  t+ c+ m+		a new trap, campaign, original each time
 *	2d delist		an act; or: remove
 *	-40d was 3d		an episode three days long
 *
 * Without t it is trap 1; without c the campaign is of trap and hour.
 */
struct history {
	struct policy_event events[EVENTS_MAX];
	size_t count;
	struct listing_episode episodes[LISTING_EPISODES_MAX];
	struct policy_past past;
};

static inline int64_t
read_span(const char **text)
{
	int64_t sign = **text == '-' ? -1 : 1, seconds = 0;

	*text += **text == '-';
	while (isdigit((unsigned char)**text)) {
		int64_t n = strtoll(*text, (char **)text, 10);

		switch (*(*text)++) {
		case 'd':
			n *= DAY;
			break;
		case 'h':
			n *= HOUR;
			break;
		case 'm':
			n *= 60;
			break;
		case 's':
			break;
		default:
			fail_msg("no time: %s", *text);
		}
		seconds += n;
	}
	return sign * seconds;
}

static inline char *
write_span(int64_t seconds, char text[64])
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = { { 'd', DAY }, { 'h', HOUR }, { 'm', 60 }, { 's', 1 } };
	int len = 0;

	text[0] = '\0';
	if (seconds < 0) {
		len = sprintf(text, "-");
		seconds = -seconds;
	}
	for (size_t i = 0; i < COUNT(units); i++) {
		if (seconds >= units[i].seconds)
			len += sprintf(text + len, "%lld%c",
			    (long long)(seconds / units[i].seconds),
			    units[i].unit);
		seconds %= units[i].seconds;
	}
	return len == 0 ? strcpy(text, "0h") : text;
}

struct item {
	struct policy_event event;
	unsigned times;
	int64_t step;
	bool new_trap, new_campaign, new_original;
};

static const struct {
	const char *word;
	enum backscatter_kind kind;
	uint32_t flag;
} words[] = {
	{ "auto", BACKSCATTER_AUTOREPLY, 0 },
	{ "chal", BACKSCATTER_CHALLENGE, 0 },
	{ "virus", BACKSCATTER_VIRUS_NOTICE, 0 },
	{ "callout", BACKSCATTER_CALLOUT, 0 },
	{ "delay", BACKSCATTER_DSN, EVIDENCE_DELAY },
	{ "submission", BACKSCATTER_DSN, EVIDENCE_SUBMISSION },
	{ "form", BACKSCATTER_AUTOREPLY, EVIDENCE_WEB_FORM },
	{ "mdn", BACKSCATTER_AUTOREPLY, EVIDENCE_MDN_MANUAL },
	{ "success", BACKSCATTER_DSN, EVIDENCE_SUCCESS },
	{ "uncounted", BACKSCATTER_DSN, EVIDENCE_UNCOUNTED },
	{ "new", BACKSCATTER_DSN, EVIDENCE_QUARANTINED },
	{ "none", BACKSCATTER_NONE, 0 },
};

static inline void
read_number(const char *word, uint64_t *number, bool *grows)
{
	*grows = strcmp(word, "+") == 0;
	*number = *grows ? 1 : strtoull(word, NULL, 10);
	assert_true(*number > 0);
}

static inline void
read_word(const char *word, struct item *item)
{
	struct policy_event *event = &item->event;
	const char *rest = word + 1;

	for (size_t i = 0; i < COUNT(words); i++) {
		if (strcmp(word, words[i].word) == 0) {
			event->kind = words[i].kind;
			event->flags |= words[i].flag;
			return;
		}
	}
	if (strlen(word) == 1 && *word >= 'A' && *word <= 'E') {
		event->grade = (enum proof_grade)(*word - 'A');
	} else if (strcmp(word, "alone") == 0) {
		event->corroborated = false;
	} else if (strncmp(word, "from-", 5) == 0) {
		rest = word + 5;
		event->original_at = event->seen_at - read_span(&rest);
	} else if (*word == 't') {
		read_number(rest, &event->trap, &item->new_trap);
	} else if (*word == 'c') {
		read_number(rest, &event->campaign, &item->new_campaign);
		event->flags |= EVIDENCE_FINGERPRINTED;
	} else if (*word == 'm') {
		read_number(rest, &event->original, &item->new_original);
	} else if (*word == 'x') {
		item->times = (unsigned)strtoul(rest, (char **)&rest, 10);
		assert_int_equal(*rest++, '/');
		item->step = read_span(&rest);
	} else {
		fail_msg("no word: %s", word);
	}
}

static inline int
compare(const void *a, const void *b)
{
	return policy_event_compare(a, b);
}

static inline void
add_item(struct history *history, const struct item *item)
{
	for (unsigned i = 0; i < item->times; i++) {
		struct policy_event *event = &history->events[history->count++];

		assert_true(history->count <= EVENTS_MAX);
		*event = item->event;
		event->seen_at += i * item->step;
		event->trap += item->new_trap ? i : 0;
		event->campaign += item->new_campaign ? i : 0;
		/* Their own ranges, as hashes have. */
		event->original += item->new_original ? i : 0;
		if (event->original != 0)
			event->original += 1000000;
		if ((event->flags & EVIDENCE_FINGERPRINTED) == 0)
			event->campaign =
			    2000000 + event->trap * 10000 +
			    (uint64_t)(event->seen_at - T0 + 100 * DAY) / HOUR;
	}
}

static inline void
read_item(struct history *history, char *text)
{
	struct policy_past *past = &history->past;
	struct item item = { .times = 1 };
	char *save, *word = strtok_r(text, " ", &save);
	const char *rest = word;
	int64_t at = T0 + read_span(&rest);

	word = strtok_r(NULL, " ", &save);
	assert_non_null(word);
	if (strcmp(word, "delist") == 0 || strcmp(word, "remove") == 0) {
		past->delisted_at = at;
		past->delisted_as =
		    *word == 'd' ? LISTING_DELISTED : LISTING_REMOVED;
		return;
	}
	if (strcmp(word, "was") == 0) {
		rest = strtok_r(NULL, " ", &save);
		history->episodes[past->episode_count++] =
		    (struct listing_episode){ .listed_at = at,
			    .ended_at = at + read_span(&rest),
			    .rests_on_at = at - 40 * DAY,
			    .end = LISTING_EXPIRED };
		return;
	}
	item.event = (struct policy_event){
		.seen_at = at,
		.trap = 1,
		.kind = BACKSCATTER_DSN,
		.corroborated = true,
	};
	for (; word != NULL; word = strtok_r(NULL, " ", &save))
		read_word(word, &item);
	add_item(history, &item);
}

static inline struct history *
read_history(const char *text)
{
	static struct history history;
	char copy[1000], *save, *item;

	assert_true(strlen(text) < sizeof(copy));
	strcpy(copy, text);
	memset(&history, 0, sizeof(history));
	for (item = strtok_r(copy, ";", &save); item != NULL;
	     item = strtok_r(NULL, ";", &save))
		read_item(&history, item);
	qsort(
	    history.events, history.count, sizeof(history.events[0]), compare);
	history.past.episodes = history.episodes;
	return &history;
}

static inline struct policy
preset(const char *name)
{
	struct policy policy;

	assert_int_equal(policy_preset(name, &policy), 0);
	return policy;
}

static inline struct policy_result
judge(const struct policy *policy, const struct history *history, int64_t now)
{
	struct policy_result result;

	policy_judge(policy, history->events, history->count, &history->past,
	    now, &result);
	return result;
}

/* "none", "warned", "listed 1h..3d1h", with " strict" and " callout..3d". */
static inline char *
write_result(const struct policy_result *result, char *text)
{
	static const char *const states[] = { "none", "warned", "pending",
		"listed" };
	char from[64], to[64];
	int len = sprintf(text, "%s", states[result->state]);

	if (result->state == LISTING_LISTED)
		len += sprintf(text + len, " %s..%s",
		    write_span(result->listed_at - T0, from),
		    write_span(result->expires_at - T0, to));
	if (result->strict)
		len += sprintf(text + len, " strict");
	if (result->callout_until != 0)
		sprintf(text + len, " callout..%s",
		    write_span(result->callout_until - T0, to));
	return text;
}

static inline void
write_episodes(const struct policy_result *result, char *text)
{
	static const char *const ends[] = { "expired", "delisted", "exempted",
		"removed" };
	char from[64], to[64];
	int len = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < result->episode_count; i++) {
		const struct listing_episode *episode = &result->episodes[i];

		len += sprintf(text + len, "%s%s%s..%s %s", i > 0 ? ", " : "",
		    episode->rests_on_at == 0 ? "act " : "",
		    write_span(episode->listed_at - T0, from),
		    write_span(episode->ended_at - T0, to), ends[episode->end]);
	}
}

static inline void
feed_back(struct history *history, const struct policy_result *result)
{
	memcpy(history->episodes, result->episodes, sizeof(result->episodes));
	history->past.episode_count = result->episode_count;
}

/* --- rules ---------------------------------------------------------------- */

struct rule {
	const char *preset, *history, *at, *result;
};

static inline void
check_rules(const struct rule *rules, size_t count)
{
	unsigned broken = 0;

	for (size_t i = 0; i < count; i++) {
		const struct rule *rule = &rules[i];
		struct history *history = read_history(rule->history);
		struct policy policy = preset(rule->preset);
		const char *at = rule->at;
		char text[200];
		struct policy_result result =
		    judge(&policy, history, T0 + read_span(&at));

		if (strcmp(write_result(&result, text), rule->result) == 0)
			continue;
		print_error("%s, %s at %s: %s, not %s\n", rule->preset,
		    rule->history, rule->at, text, rule->result);
		broken++;
	}
	assert_int_equal(broken, 0);
}
#define CHECK_RULES(rules) check_rules(rules, COUNT(rules))

#endif
