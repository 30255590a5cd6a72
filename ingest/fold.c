#include "ingest/fold.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

/* The plain letter of each character; '.' where there is none. */
static const char latin[] = /* U+00C0 to U+024F */
    "aaaaaaaceeeeiiiidnoooooxouuuuytsaaaaaaaceeeeiiiidnooooo/ouuuuyty"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkk.lllllll"
    "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"
    "..................f.............oo.............uu..............."
    "....dddlllnnnaaiioouuuuuuuuuu.aaaaaa..ggkkoooo..jdddgg..nnaaaaoo"
    "aaaaeeeeiiiioooorrrruuuusstt..hh......aaeeooooooooyy............"
    "................";
static const char latin_additional[] = /* U+1E00 to U+1EFF */
    "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"
    "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"
    "wwwwwwwwwwxxxxyyzzzzzzhtwyas....aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"
    "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......";

/* Single characters that stand for others; 0 drops the character. */
static const struct {
	uint16_t from, to;
} singles[] = {
	{ 0x00a0, ' ' },
	{ 0x00ad, 0 },
	{ 0x0386, 0x03b1 },
	{ 0x0388, 0x03b5 },
	{ 0x0389, 0x03b7 },
	{ 0x038a, 0x03b9 },
	{ 0x038c, 0x03bf },
	{ 0x038e, 0x03c5 },
	{ 0x038f, 0x03c9 },
	{ 0x0390, 0x03b9 },
	{ 0x03aa, 0x03b9 },
	{ 0x03ab, 0x03c5 },
	{ 0x03ac, 0x03b1 },
	{ 0x03ad, 0x03b5 },
	{ 0x03ae, 0x03b7 },
	{ 0x03af, 0x03b9 },
	{ 0x03b0, 0x03c5 },
	{ 0x03c2, 0x03c3 },
	{ 0x03ca, 0x03b9 },
	{ 0x03cb, 0x03c5 },
	{ 0x03cc, 0x03bf },
	{ 0x03cd, 0x03c5 },
	{ 0x03ce, 0x03c9 },
	{ 0x0401, 0x0435 },
	{ 0x0451, 0x0435 },
	{ 0x0640, 0 },
	{ 0x2018, '\'' },
	{ 0x2019, '\'' },
	{ 0x201c, '"' },
	{ 0x201d, '"' },
	{ 0x3000, ' ' },
	{ 0xfeff, 0 },
};

static long
fold_single(long c)
{
	size_t low = 0, high = sizeof(singles) / sizeof(singles[0]);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (singles[middle].from == c)
			return singles[middle].to;
		if (singles[middle].from < c)
			low = middle + 1;
		else
			high = middle;
	}
	return c;
}

/* 0: nothing is left of it. */
static long
fold_character(long c)
{
	if (c >= 0xc0 && c <= 0x24f && latin[c - 0xc0] != '.')
		return latin[c - 0xc0];
	if (c >= 0x1e00 && c <= 0x1eff && latin_additional[c - 0x1e00] != '.')
		return latin_additional[c - 0x1e00];
	if (c >= 0x300 && c <= 0x36f) /* combining accents */
		return 0;
	if (c >= 0x391 && c <= 0x3a9 && c != 0x3a2) /* which is none */
		return c + 0x20;
	if (c >= 0x410 && c <= 0x42f)
		return c + 0x20;
	if (c >= 0x400 && c <= 0x40f && c != 0x401)
		return c + 0x50;
	/* Cyrillic of other languages than Russian: in pairs. */
	if ((c >= 0x460 && c <= 0x481) || (c >= 0x48a && c <= 0x4bf) ||
	    (c >= 0x4d0 && c <= 0x52f))
		return c | 1;
	if (c >= 0x531 && c <= 0x556) /* Armenian */
		return c + 0x30;
	if (c >= 0x64b && c <= 0x652) /* Arabic vowel signs */
		return 0;
	if (c >= 0x2000 && c <= 0x200a)
		return ' ';
	if ((c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e))
		return 0;
	if (c >= 0x2010 && c <= 0x2015)
		return '-';
	if (c >= 0xff01 && c <= 0xff5e) {
		c -= 0xfee0;
		return c >= 'A' && c <= 'Z' ? c + 0x20 : c;
	}
	return fold_single(c);
}

long
fold_decode(const char *text, size_t len, size_t *used)
{
	static const long least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const uint8_t *at = (const uint8_t *)text;
	size_t need;
	long c;

	*used = 1;
	if (at[0] < 0x80)
		return at[0];
	if (at[0] < 0xc2 || at[0] > 0xf4)
		return -1;
	need = at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
	if (need > len)
		return -1;
	c = at[0] & (0x7f >> need);
	for (size_t i = 1; i < need; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return -1;
		c = c << 6 | (at[i] & 0x3f);
	}
	if (c < least[need] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return -1;
	*used = need;
	return c;
}

const char *
fold_find(const char *text, const char *word)
{
	const char case_bit = 0x20;
	char first = (char)(*word | case_bit);
	size_t len = strlen(word);

	for (; *text != '\0'; text++) {
		if ((*text | case_bit) == first &&
		    strncasecmp(text, word, len) == 0)
			return text;
	}
	return NULL;
}

/* Octets of ASCII at the beginning, eight at a time. */
static size_t
ascii_len(const char *text, size_t len)
{
	const uint64_t high = UINT64_C(0x8080808080808080);
	uint64_t eight;
	size_t n = 0;

	for (; len - n >= sizeof(eight); n += sizeof(eight)) {
		memcpy(&eight, text + n, sizeof(eight));
		if ((eight & high) != 0)
			break;
	}
	while (n < len && (uint8_t)text[n] < 0x80)
		n++;
	return n;
}

int
fold_is_utf8(const char *text, size_t len)
{
	size_t used;

	for (size_t i = 0; i < len; i += used) {
		used = ascii_len(text + i, len - i);
		if (used > 0)
			continue;
		if (fold_decode(text + i, len - i, &used) >= 0)
			continue;
		/* The last character may be cut. */
		return len - i < 4 && (uint8_t)text[i] >= 0xc2 &&
		       (uint8_t)text[i] <= 0xf4;
	}
	return 1;
}

static size_t
encode(long c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* The folded form of each ASCII octet; 0 for what is dropped. */
static const char ascii[0x80] = "\0\0\0\0\0\0\0\0\0     \0\0"
				"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
				" !\"#$%&'()*+,-./0123456789:;<=>?"
				"@abcdefghijklmnopqrstuvwxyz[\\]^_"
				"`abcdefghijklmnopqrstuvwxyz{|}~";

/* How much of the text is ASCII and fits; *n goes on by what it gives. */
static size_t
fold_ascii(const char *text, size_t len, char *out, size_t size, size_t *n)
{
	size_t i = 0, at = *n;
	char last = at == 0 ? ' ' : out[at - 1];

	for (; i < len && (uint8_t)text[i] < 0x80 && size - at > 1; i++) {
		char c = ascii[(uint8_t)text[i]];

		/* Written over by the next where nothing is left of it. */
		out[at] = c;
		if (c == '\0' || (c == ' ' && last == ' '))
			continue;
		last = c;
		at++;
	}
	*n = at;
	return i;
}

size_t
fold_text(const char *text, size_t len, char *out, size_t size)
{
	size_t n = 0, used;

	if (size == 0)
		return 0;
	for (size_t i = 0; i < len; i += used) {
		char octets[4];
		size_t count;
		long c;

		i += fold_ascii(text + i, len - i, out, size, &n);
		if (i == len || size - n <= 1)
			break;
		c = fold_decode(text + i, len - i, &used);
		c = c < 0 ? 0 : fold_character(c);
		count = encode(c, octets);
		if (octets[0] == '\0')
			continue;
		if (octets[0] == ' ' && (n == 0 || out[n - 1] == ' '))
			continue;
		if (count >= size - n)
			break;
		memcpy(out + n, octets, count);
		n += count;
	}
	while (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
	return n;
}
