#ifndef DB_BACKSCATTER_H
#define DB_BACKSCATTER_H

#include <stdint.h>

/*
 * The kinds of backscatter, the lists a kind appears in, and the codes
 * (127.0.0.N) by which DNS says so. One table for all of it: backscatter.c.
 */
enum backscatter_kind {
	BACKSCATTER_NONE, /* no backscatter, or nothing that counts as such */
	BACKSCATTER_DSN,
	BACKSCATTER_AUTOREPLY,
	BACKSCATTER_CHALLENGE,
	BACKSCATTER_VIRUS_NOTICE,
	BACKSCATTER_CALLOUT,
	BACKSCATTER_KIND_COUNT
};

/* A set of kinds: one bit each, 1 << kind. */
#define BACKSCATTER_BIT(kind) (1u << (kind))

/* "dsn", "auto", "challenge", "virus", "callout"; "none". */
const char *backscatter_name(enum backscatter_kind kind);
/* In a sentence: "bounces", "automatic replies", ... */
const char *backscatter_words(enum backscatter_kind kind);
/* The kind of that name, or BACKSCATTER_KIND_COUNT. */
enum backscatter_kind backscatter_parse(const char *name);

/* How well one sighting is proved (docs/listing-policy.md). */
enum proof_grade { GRADE_A, GRADE_B, GRADE_C, GRADE_D, GRADE_E, GRADE_COUNT };
char proof_grade_letter(enum proof_grade grade); /* 'A'..'E' */

/* The lists in one zone: the main one at its apex, the others below a label. */
enum sublist {
	SUBLIST_MAIN,
	SUBLIST_STRICT,
	SUBLIST_DSN,
	SUBLIST_AUTO,
	SUBLIST_CHALLENGE,
	SUBLIST_VIRUS,
	SUBLIST_CALLOUT,
	SUBLIST_SHARED,
	SUBLIST_MANUAL,
	SUBLIST_COUNT
};

/* Codes are a set: bit N stands for 127.0.0.N. */
#define CODE_BACKSCATTER 2
#define CODE_SHARED 8
#define CODE_MANUAL 9
#define CODE_BIT(n) ((uint16_t)(1u << (n)))

struct sublist_info {
	const char *label;    /* "" for the main list */
	uint16_t codes;	      /* every code that can stand in it */
	uint8_t test_code;    /* what 127.0.0.2 answers there */
	const char *contains; /* words for people */
};
extern const struct sublist_info sublists[SUBLIST_COUNT];

/* The code and the list of one kind. */
uint8_t backscatter_code(enum backscatter_kind kind);
enum sublist backscatter_sublist(enum backscatter_kind kind);

#endif
