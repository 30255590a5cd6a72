#include "db/backscatter.h"

#include <string.h>

static const struct {
	const char *name;
	const char *words;
	uint8_t code;
	enum sublist list;
} kinds[BACKSCATTER_KIND_COUNT] = {
	[BACKSCATTER_NONE] = { "none", "no backscatter", 0, SUBLIST_MAIN },
	[BACKSCATTER_DSN] = { "dsn", "bounces", 3, SUBLIST_DSN },
	[BACKSCATTER_AUTOREPLY] = { "auto", "automatic replies", 4,
	    SUBLIST_AUTO },
	[BACKSCATTER_CHALLENGE] = { "challenge", "challenge-response", 5,
	    SUBLIST_CHALLENGE },
	[BACKSCATTER_VIRUS_NOTICE] = { "virus", "virus and filter notices", 6,
	    SUBLIST_VIRUS },
	[BACKSCATTER_CALLOUT] = { "callout", "sender verification callouts", 7,
	    SUBLIST_CALLOUT },
};

#define ONLY(n) .codes = CODE_BIT(n), .test_code = (n)

const struct sublist_info sublists[SUBLIST_COUNT] = {
	[SUBLIST_MAIN] = { .label = "",
	    .codes = CODE_BIT(CODE_BACKSCATTER) | CODE_BIT(3) | CODE_BIT(4) |
		     CODE_BIT(5) | CODE_BIT(6) | CODE_BIT(CODE_MANUAL),
	    .test_code = CODE_BACKSCATTER,
	    .contains = "backscatter of any kind" },
	[SUBLIST_STRICT] = { .label = "strict",
	    ONLY(CODE_BACKSCATTER),
	    .contains = "backscatter proved many times over" },
	[SUBLIST_DSN] = { .label = "dsn", ONLY(3), .contains = "bounces" },
	[SUBLIST_AUTO] = { .label = "auto",
	    ONLY(4),
	    .contains = "automatic replies" },
	[SUBLIST_CHALLENGE] = { .label = "challenge",
	    ONLY(5),
	    .contains = "challenge-response" },
	[SUBLIST_VIRUS] = { .label = "virus",
	    ONLY(6),
	    .contains = "virus and filter notices" },
	[SUBLIST_CALLOUT] = { .label = "callout",
	    ONLY(7),
	    .contains = "sender verification callouts" },
	[SUBLIST_SHARED] = { .label = "shared",
	    ONLY(CODE_SHARED),
	    .contains = "shared outbound pools, for scoring" },
	[SUBLIST_MANUAL] = { .label = "manual",
	    ONLY(CODE_MANUAL),
	    .contains = "listed by the operator by hand" },
};

const char *
backscatter_name(enum backscatter_kind kind)
{
	return kinds[kind].name;
}

const char *
backscatter_words(enum backscatter_kind kind)
{
	return kinds[kind].words;
}

enum backscatter_kind
backscatter_parse(const char *name)
{
	int kind = 0;

	while (kind < BACKSCATTER_KIND_COUNT &&
	       strcmp(kinds[kind].name, name) != 0)
		kind++;
	return (enum backscatter_kind)kind;
}

char
proof_grade_letter(enum proof_grade grade)
{
	return (char)('A' + grade);
}

uint8_t
backscatter_code(enum backscatter_kind kind)
{
	return kinds[kind].code;
}

enum sublist
backscatter_sublist(enum backscatter_kind kind)
{
	return kinds[kind].list;
}
