#include "ingest/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "ingest/fold.h"

/* A guess needs no more than this much of a text. */
#define GUESS_MAX 4096

/* --- guessing ------------------------------------------------------- */

/* How often each octet occurs, and in which company. */
struct census {
	unsigned counts[256];
	unsigned high;	/* octets above 0x7f */
	unsigned words; /* runs of three or more of them */
	bool dense;	/* they are about half of their words, or more */
};

static void
census_take(struct census *census, const uint8_t *at, size_t len)
{
	size_t octets = 0, word = 0, word_high = 0;
	unsigned run = 0;

	memset(census, 0, sizeof(*census));
	for (size_t i = 0; i < len; i++) {
		census->counts[at[i]]++;
		run = at[i] >= 0x80 ? run + 1 : 0;
		census->high += run > 0;
		census->words += run == 3;
		word++;
		word_high += run > 0;
		if (at[i] > ' ' && i + 1 < len)
			continue;
		octets += word_high > 0 ? word : 0;
		word = word_high = 0;
	}
	census->dense = census->high * 20 >= octets * 9;
}

/*
 * East Asian charsets: pairs of a lead octet and a second one. `common` is the
 * range of lead octets that hold what every text of that language is full of.
 */
static const struct pair_charset {
	const char *name;
	uint8_t lead_low, lead_high;
	uint8_t common_low, common_high;
	bool second_low;  /* second octets below 0x80 are allowed */
	unsigned percent; /* of pairs that must be common */
} pair_charsets[] = {
	{ "EUC-JP", 0xa1, 0xf4, 0xa4, 0xa5, false, 25 },
	{ "SHIFT_JIS", 0x81, 0xef, 0x82, 0x83, true, 25 },
	{ "EUC-KR", 0xa1, 0xc8, 0xb0, 0xc8, false, 90 },
	{ "GB18030", 0xa1, 0xf7, 0xb0, 0xd7, false, 70 },
	{ "BIG5", 0xa1, 0xf9, 0xa4, 0xc6, true, 75 },
};

static bool
is_second(const struct pair_charset *pair, uint8_t c)
{
	if (c >= 0xa1 && c <= 0xfe)
		return true;
	return pair->second_low && c >= 0x40 && c != 0x7f && c <= 0xfc;
}

static bool
fits_pairs(const struct pair_charset *pair, const uint8_t *at, size_t len)
{
	unsigned pairs = 0, common = 0, wrong = 0;

	for (size_t i = 0; i + 1 < len; i++) {
		if (at[i] < 0x80)
			continue;
		/* Half-width katakana stand alone in Shift_JIS. */
		if (pair->lead_low == 0x81 && at[i] >= 0xa1 && at[i] <= 0xdf)
			continue;
		if (at[i] < pair->lead_low || at[i] > pair->lead_high ||
		    !is_second(pair, at[i + 1])) {
			wrong++;
			continue;
		}
		pairs++;
		common +=
		    at[i] >= pair->common_low && at[i] <= pair->common_high;
		i++;
	}
	return pairs >= 2 && wrong * 20 <= pairs &&
	       common * 100 >= pairs * pair->percent;
}

/*
 * Alphabets that are not Latin, one octet a letter: the six most frequent
 * small letters of the language (Russian: o e a i n t; Greek: a o i e t s).
 */
static const struct {
	const char *name;
	const char *letters;
} alphabets[] = {
	{ "WINDOWS-1251", "\xee\xe5\xe0\xe8\xed\xf2" },
	{ "KOI8-R", "\xcf\xc5\xc1\xc9\xce\xd4" },
	{ "ISO-8859-5", "\xde\xd5\xd0\xd8\xdd\xe2" },
	{ "CP866", "\xae\xa5\xa0\xa8\xad\xe2" },
	{ "ISO-8859-7", "\xe1\xef\xe9\xe5\xf4\xf3" },
};

static const char *
guess_alphabet(const struct census *census)
{
	const char *name = "WINDOWS-1251";
	unsigned best = 0;

	for (size_t i = 0; i < sizeof(alphabets) / sizeof(alphabets[0]); i++) {
		unsigned score = 0;

		for (const char *c = alphabets[i].letters; *c != '\0'; c++)
			score += census->counts[(uint8_t)*c];
		if (score > best) {
			best = score;
			name = alphabets[i].name;
		}
	}
	return name;
}

/*
 * Letters of Central Europe stand where Western charsets have signs that no
 * word contains: l-stroke, a-ogonek, s- and z-caron, z-dot.
 */
static bool
looks_central(const uint8_t *at, size_t len)
{
	for (size_t i = 1; i < len; i++) {
		bool after_letter =
		    (at[i - 1] | 0x20) >= 'a' && (at[i - 1] | 0x20) <= 'z';

		if (after_letter &&
		    strchr("\xb9\xbe\xb3\xb1\xb6\xbc\xbf", at[i]) != NULL &&
		    at[i] != '\0')
			return true;
	}
	return false;
}

const char *
charset_guess(const char *octets, size_t len)
{
	const uint8_t *at = (const uint8_t *)octets;
	struct census census;

	if (len > GUESS_MAX)
		len = GUESS_MAX;
	if (memmem(octets, len, "\x1b$)C", 4) != NULL)
		return "ISO-2022-KR";
	if (memmem(octets, len, "\x1b$", 2) != NULL)
		return "ISO-2022-JP-2";
	if (fold_is_utf8(octets, len))
		return "UTF-8";
	census_take(&census, at, len);
	for (size_t i = 0; census.dense &&
			   i < sizeof(pair_charsets) / sizeof(pair_charsets[0]);
	     i++) {
		if (fits_pairs(&pair_charsets[i], at, len))
			return pair_charsets[i].name;
	}
	if (census.words >= 2 && census.words * 12 >= census.high)
		return guess_alphabet(&census);
	return looks_central(at, len) ? "ISO-8859-2" : "WINDOWS-1252";
}

/* --- conversion ----------------------------------------------------- */

static size_t
copy_utf8(const char *octets, size_t len, char *out, size_t size)
{
	if (len >= size) {
		len = size - 1;
		/* Not through the middle of a character. */
		while (len > 0 && ((uint8_t)octets[len] & 0xc0) == 0x80)
			len--;
	}
	memcpy(out, octets, len);
	out[len] = '\0';
	return len;
}

static size_t
convert(iconv_t cd, const char *octets, size_t len, char *out, size_t size)
{
	char *from = (char *)(uintptr_t)octets, *to = out;
	size_t from_left = len, to_left = size - 1;

	while (from_left > 0) {
		if (iconv(cd, &from, &from_left, &to, &to_left) != (size_t)-1)
			break;
		if (errno == E2BIG)
			break;
		from++;
		from_left--;
	}
	*to = '\0';
	return (size_t)(to - out);
}

static bool
is_plain(const char *octets, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((uint8_t)octets[i] >= 0x80 || octets[i] == 0x1b)
			return false;
	}
	return true;
}

/* Charsets whose plain octets are not ASCII: they must be converted. */
static bool
is_seven_bit(const char *charset)
{
	return strncasecmp(charset, "iso-2022", 8) == 0 ||
	       strncasecmp(charset, "hz", 2) == 0 ||
	       strncasecmp(charset, "utf-7", 5) == 0 ||
	       strncasecmp(charset, "utf-16", 6) == 0 ||
	       strncasecmp(charset, "utf-32", 6) == 0;
}

/* Names that say nothing, or that are put on anything. */
static bool
is_meaningless(const char *charset)
{
	static const char *const names[] = { "", "us-ascii", "ascii",
		"ansi_x3.4-1968", "unknown-8bit", "x-unknown", "unknown",
		"default", "default_charset", "8bit", "binary" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcasecmp(charset, names[i]) == 0)
			return true;
	}
	return false;
}

/*
 * The superset that is really meant: Microsoft's software writes these and
 * declares the smaller ones.
 */
static const char *
superset(const char *charset)
{
	static const char *const pairs[][2] = { { "iso-8859-1",
						    "WINDOWS-1252" },
		{ "iso8859-1", "WINDOWS-1252" }, { "latin1", "WINDOWS-1252" },
		{ "iso-8859-9", "WINDOWS-1254" }, { "gb2312", "GB18030" },
		{ "gb_2312-80", "GB18030" }, { "gbk", "GB18030" },
		{ "iso-8859-8-i", "ISO-8859-8" }, { "ks_c_5601-1987", "CP949" },
		{ "euc-kr", "CP949" }, { "shift_jis", "CP932" },
		{ "shift-jis", "CP932" }, { "x-sjis", "CP932" },
		{ "sjis", "CP932" }, { "big5", "BIG5-HKSCS" },
		{ "cp-850", "CP850" }, { "iso-2022-jp", "ISO-2022-JP-3" } };

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (strcasecmp(charset, pairs[i][0]) == 0)
			return pairs[i][1];
	}
	return charset;
}

static bool
says_utf8(const char *charset)
{
	return strcasecmp(charset, "utf-8") == 0 ||
	       strcasecmp(charset, "utf8") == 0;
}

static bool
has_high(const char *octets, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((uint8_t)octets[i] >= 0x80)
			return true;
	}
	return false;
}

/* Octets that the charset cannot have. */
static bool
contradicts(const char *charset, const char *octets, size_t len)
{
	if (says_utf8(charset))
		return !fold_is_utf8(octets, len);
	return strncasecmp(charset, "iso-2022", 8) == 0 &&
	       has_high(octets, len);
}

size_t
charset_to_utf8(
    const char *charset, const char *octets, size_t len, char *out, size_t size)
{
	iconv_t cd = (iconv_t)-1;
	size_t n;

	if (charset == NULL || is_meaningless(charset))
		charset = NULL;
	if (is_plain(octets, len) &&
	    (charset == NULL || !is_seven_bit(charset)))
		return copy_utf8(octets, len, out, size);
	/* What declares another charset and is UTF-8 nevertheless is rare. */
	if (charset == NULL || contradicts(charset, octets, len))
		charset = charset_guess(octets, len);
	if (says_utf8(charset))
		return copy_utf8(octets, len, out, size);
	cd = iconv_open("UTF-8", superset(charset));
	if (cd == (iconv_t)-1)
		cd = iconv_open("UTF-8", charset_guess(octets, len));
	if (cd == (iconv_t)-1)
		return copy_utf8(octets, len, out, size);
	n = convert(cd, octets, len, out, size);
	iconv_close(cd);
	return n;
}
