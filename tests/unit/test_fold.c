#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/charset.h"
#include "ingest/fold.h"
#include "ingest/html.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
makes_texts_comparable(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ "  Réponse \t Automatique\r\n", "reponse automatique" },
		{ "ÄÖÜß ÅØ Łódź Ştiri Đồng", "aous ao lodz stiri dong" },
		{ "НЕ ДОСТАВЛЕНО ещё Ѐ", "не доставлено еще ѐ" },
		{ "Αυτόματη ΑΠΆΝΤΗΣΗΣ", "αυτοματη απαντησησ" },
		{ "ҚАЗАҚ Әріп Ґанок Ավտոմատ", "қазақ әріп ґанок ավտոմատ" },
		{ "Ｍａｉｌ　配信", "mail 配信" },
		{ "it’s “so” – so", "it's \"so\" - so" },
		{ "zero\xe2\x80\x8bwidth so\xc2\xad"
		  "ft",
		    "zerowidth soft" },
		{ "e\xcc\x81", "e" },
		{ "bad \xff\xfe octets \xc3", "bad octets" },
		{ "a\x01\x7f"
		  "b",
		    "ab" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char out[128];
		size_t n = fold_text(
		    cases[i][0], strlen(cases[i][0]), out, sizeof(out));

		assert_string_equal(out, cases[i][1]);
		assert_int_equal(n, strlen(out));
	}
}

static void
folds_no_character_further_the_second_time(void **state)
{
	(void)state;
	for (uint32_t c = 0x80; c <= 0xffff; c++) {
		char text[4] = { (char)(0xe0 | c >> 12),
			(char)(0x80 | (c >> 6 & 0x3f)),
			(char)(0x80 | (c & 0x3f)) };
		char once[8], twice[8];
		size_t n;

		if (c < 0x800) {
			text[0] = (char)(0xc0 | c >> 6);
			text[1] = (char)(0x80 | (c & 0x3f));
			text[2] = '\0';
		}
		n = fold_text(text, strlen(text), once, sizeof(once));
		fold_text(once, n, twice, sizeof(twice));
		assert_string_equal(once, twice);
	}
}

static void
never_writes_beyond_what_it_is_given(void **state)
{
	static const char text[] = "ñandú Ж 配信";

	(void)state;
	for (size_t size = 1; size <= sizeof(text); size++) {
		char out[sizeof(text) + 1];

		memset(out, '#', sizeof(out));
		fold_text(text, sizeof(text) - 1, out, size);
		assert_true(memchr(out, '\0', size) != NULL);
		assert_true(out[size] == '#');
	}
}

static void
tells_utf8_from_other_octets(void **state)
{
	static const struct {
		const char *text;
		int is;
	} cases[] = {
		{ "plain", 1 },
		{ "d\xc3\xa9j\xc3\xa0", 1 },
		{ "cut \xe9\x85", 1 }, /* within a character, at the end */
		{ "d\xe9j\xe0 vu", 0 },
		{ "\xc0\x80", 0 },
		{ "\xed\xa0\x80x", 0 },
		{ "\xf5\x80\x80\x80x", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
		    fold_is_utf8(cases[i].text, strlen(cases[i].text)),
		    cases[i].is);
}

/* --- charsets ------------------------------------------------------------- */

static const struct {
	const char *charset; /* as declared, NULL not at all */
	const char *octets;
	const char *utf8;
} texts[] = {
	{ NULL, "plain", "plain" },
	{ NULL, "d\xc3\xa9j\xc3\xa0 vu", "déjà vu" },
	{ NULL, "d\xe9j\xe0 vu", "déjà vu" },
	{ "us-ascii", "d\xe9j\xe0 vu", "déjà vu" },
	{ "utf-8", "d\xe9j\xe0 vu", "déjà vu" },
	{ "iso-8859-1", "\x80 uro", "€ uro" },
	{ "iso-8859-2",
	    "\xb3\xf3"
	    "d\xbc",
	    "łódź" },
	{ NULL,
	    "wiadomo\xb6\xe6 nie zosta\xb3"
	    "a",
	    "wiadomość nie została" },
	{ "koi8-r", "\xd0\xcf\xde\xd4\xc1", "почта" },
	{ NULL,
	    "\xf3\xcf\xcf\xc2\xdd\xc5\xce\xc9\xc5 \xce\xc5 \xc4\xcf\xd3"
	    "\xd4\xc1\xd7\xcc\xc5\xce\xcf",
	    "Сообщение не доставлено" },
	{ NULL,
	    "\xd1\xee\xee\xe1\xf9\xe5\xed\xe8\xe5 \xed\xe5 \xe4\xee\xf1"
	    "\xf2\xe0\xe2\xeb\xe5\xed\xee",
	    "Сообщение не доставлено" },
	{ "iso-2022-jp", "\x1b$BG[?.\x1b(B", "配信" },
	{ NULL, "\x1b$BG[?.\x1b(B", "配信" },
	{ "iso-2022-jp",
	    "\xc7\xdb\xbf\xae\xa4\xc7\xa4\xad\xa4\xde\xa4\xbb"
	    "\xa4\xf3",
	    "配信できません" },
	{ NULL, "\xc7\xdb\xbf\xae\xa4\xc7\xa4\xad\xa4\xde\xa4\xbb\xa4\xf3",
	    "配信できません" },
	{ NULL, "\x94\x7a\x90\x4d\x82\xc5\x82\xab\x82\xdc\x82\xb9\x82\xf1",
	    "配信できません" },
	{ NULL, "\xd3\xca\xbc\xfe\xce\xde\xb7\xa8\xcb\xcd\xb4\xef",
	    "邮件无法送达" },
	{ "gb2312", "\xd3\xca\xbc\xfe", "邮件" },
	{ "big5", "\xb6\x6c\xa5\xf3", "郵件" },
	{ "euc-kr", "\xb8\xde\xc0\xcf", "메일" },
	{ "no-such-charset", "d\xc3\xa9j\xc3\xa0", "déjà" },
};

static void
reads_any_charset_declared_or_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		char out[128];

		charset_to_utf8(texts[i].charset, texts[i].octets,
		    strlen(texts[i].octets), out, sizeof(out));
		assert_string_equal(out, texts[i].utf8);
	}
}

static void
cuts_between_characters(void **state)
{
	char out[4];

	(void)state;
	assert_int_equal(
	    charset_to_utf8("utf-8", "a\xc3\xa9\xc3\xa9", 5, out, sizeof(out)),
	    3);
	assert_string_equal(out, "a\xc3\xa9");
	assert_int_equal(
	    charset_to_utf8("utf-8", "ab\xc3\xa9", 4, out, sizeof(out)), 2);
}

/* --- HTML ----------------------------------------------------------------- */

static void
makes_html_readable(void **state)
{
	static const char *const cases[][2] = {
		{ "plain", "plain" },
		{ "<p>one<br>two</p>", "\none\ntwo\n" },
		{ "<style>p { x }</style>a<script>b</script>c", "ac" },
		{ "a<!-- <b> not -->b", "ab" },
		{ "x &amp; y &lt;z&gt; &#233;&#x20AC;&nbsp;!",
		    "x & y <z> é€ !" },
		{ "<a href=\"http://example.org/x\">here</a>",
		    "http://example.org/x here" },
		{ "a < b", "a " },
		{ "<", "" },
		{ "<!--", "" },
		{ "<style>", "" },
		{ "&#;&#x;&", "&#;&#x;&" },
		{ "&#0;&#55296;&#99999999;", "&#0;&#55296;&#99999999;" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[128];
		size_t n;

		strcpy(text, cases[i][0]);
		n = html_to_text(text, strlen(text));
		assert_string_equal(text, cases[i][1]);
		assert_int_equal(n, strlen(text));
	}
}

static void
finds_words_in_any_case(void **state)
{
	static const struct {
		const char *text, *word;
		int at; /* -1: nowhere */
	} cases[] = {
		{ "Mailbox Full", "mailbox full", 0 },
		{ "the MAILBOX is full", "mailbox is", 4 },
		{ "full fulfilled", "fulf", 5 },
		{ "x said: y", " said:", 1 },
		{ "fulfil", "full", -1 },
		{ "", "x", -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *found = fold_find(cases[i].text, cases[i].word);

		assert_int_equal(
		    found == NULL ? -1 : (int)(found - cases[i].text),
		    cases[i].at);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_texts_comparable),
		cmocka_unit_test(folds_no_character_further_the_second_time),
		cmocka_unit_test(never_writes_beyond_what_it_is_given),
		cmocka_unit_test(finds_words_in_any_case),
		cmocka_unit_test(tells_utf8_from_other_octets),
		cmocka_unit_test(reads_any_charset_declared_or_not),
		cmocka_unit_test(cuts_between_characters),
		cmocka_unit_test(makes_html_readable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
