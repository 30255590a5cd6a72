#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/fold.h"
#include "ingest/phrase.h"

static const struct phrase phrases[] = {
	{ "held for you", "held", BACKSCATTER_CHALLENGE, FAMILY_TEXT,
	    PHRASE_ANYWHERE },
	{ "confirm*your message", "confirm", BACKSCATTER_CHALLENGE,
	    FAMILY_SUBJECT, PHRASE_ANYWHERE },
	{ "bestätig*nachricht", "confirm", BACKSCATTER_CHALLENGE,
	    FAMILY_SUBJECT, PHRASE_ANYWHERE },
	{ "クリック*認証", "confirm", BACKSCATTER_CHALLENGE, FAMILY_SUBJECT,
	    PHRASE_ANYWHERE },
	{ "**** command", "stars", BACKSCATTER_AUTOREPLY, FAMILY_TEXT,
	    PHRASE_ANYWHERE },
	{ "away", "start", BACKSCATTER_AUTOREPLY, FAMILY_SUBJECT,
	    PHRASE_START },
	{ "auto-reply", "whole", BACKSCATTER_AUTOREPLY, FAMILY_SUBJECT,
	    PHRASE_WHOLE },
	{ "your letter", NULL, BACKSCATTER_NONE, FAMILY_TEXT, PHRASE_MESSAGE },
	{ "on the shelf", "fate", BACKSCATTER_CHALLENGE, FAMILY_LINK,
	    PHRASE_FATE },
	{ "answer", "act", BACKSCATTER_CHALLENGE, FAMILY_ACT, PHRASE_ACT },
};
static const struct phrase_table table = { phrases,
	sizeof(phrases) / sizeof(phrases[0]) };

/* The signs found in a text, with a space behind each. */
static void
expect(const char *text, const char *expected)
{
	struct phrase_index *index = phrase_index_new(&table, 1);
	struct signs signs = { .count = 0 };
	struct findings findings = { .signs = &signs };
	char folded[512], found[128];
	size_t len = fold_text(text, strlen(text), folded, sizeof(folded));

	assert_non_null(index);
	phrase_find(index, folded, len, &findings);
	assert_string_equal(
	    signs_format(&signs, found, sizeof(found)), expected);
	phrase_index_free(index);
}

static void
finds_phrases_anywhere_or_at_the_start(void **state)
{
	(void)state;
	expect("It is HELD  for you.", "held");
	expect("away for a week", "start");
	expect("[garden] away", "start");
	expect("gone away", "");
	expect("held for yo", "");
	expect("", "");
}

static void
finds_words_apart_within_a_sentence(void **state)
{
	(void)state;
	expect("Please confirm that it was your message", "confirm");
	expect("confirm (at www.example.net) your message", "confirm");
	expect("Bitte bestätigen Sie einmalig Ihre Nachricht", "confirm");
	expect("クリックして認証してください", "confirm");
	expect("Bestätigen Sie bis 3. Mai Ihre Nachricht", "confirm");
	expect("your message, please confirm", "");
	expect("confirm", "");
}

static void
seeks_no_word_beyond_the_sentence(void **state)
{
	(void)state;
	expect("I confirm it. Thanks for your message", "");
	expect("Do you confirm? It was your message", "");
	expect("クリックしました。認証", "");
	expect("confirm what has been agreed upon by all who have come here "
	       "last Monday and have seen what is in your message",
	    "");
}

static void
finds_words_beside_each_other_in_any_order(void **state)
{
	(void)state;
	expect("We put your letter on the shelf.", "fate");
	expect("On the shelf is a letter, your letter", "fate");
	expect("An answer takes your letter from on the shelf", "fate act");
	expect("What is on the shelf comes with an answer", "act");
	expect("your letter", "");
	expect("on the shelf", "");
	expect("your letter has an answer", "");
}

static void
finds_no_words_of_different_sentences(void **state)
{
	(void)state;
	expect("Thanks for your letter. It was on the shelf", "");
	expect("The book is on the shelf! Please answer", "");
	expect("your letter came to us with the post of last Monday and was "
	       "read by all who had the time for it, while the parcel that "
	       "came two days before it lies unopened among the others on the "
	       "shelf",
	    "");
	expect("your letter came. Yes, your letter is on the shelf", "fate");
}

static void
finds_a_title_that_is_all(void **state)
{
	(void)state;
	expect("Auto-Reply", "whole");
	expect("Auto-reply!", "whole");
	expect("Auto-reply: shovels", "");
	expect("Auto-reply on Mondays", "");
	expect("No auto-reply", "");
}

static void
takes_stars_at_the_start_as_they_are(void **state)
{
	(void)state;
	expect("**** Command 'subscribe' not recognized", "stars");
	expect("Command", "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_phrases_anywhere_or_at_the_start),
		cmocka_unit_test(finds_words_apart_within_a_sentence),
		cmocka_unit_test(seeks_no_word_beyond_the_sentence),
		cmocka_unit_test(finds_words_beside_each_other_in_any_order),
		cmocka_unit_test(finds_no_words_of_different_sentences),
		cmocka_unit_test(finds_a_title_that_is_all),
		cmocka_unit_test(takes_stars_at_the_start_as_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
