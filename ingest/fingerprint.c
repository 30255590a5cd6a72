#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "db/campaign.h"
#include "ingest/fold.h"
#include "ingest/original.h"

/*
 * Words of a subject that say enough by themselves: with that many letters in
 * them two different spams rarely share a subject, and servers that return
 * the header alone give the same fingerprint as those that return all.
 */
#define SUBJECT_LETTERS_ENOUGH 12

/* Octets of the body that are looked at, words in a shingle. */
#define BODY_MAX 4096
#define SHINGLE 3

/* What replies and forwards put before a subject. */
static const char *const prefixes[] = { "re:", "fw:", "fwd:", "aw:", "wg:",
	"sv:", "vs:", "tr:", "rv:", "antw:", "odp:", "ynt:", "res:", "enc:" };

static const char *
pass_prefixes(const char *subject)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t n = strlen(prefixes[i]);

		if (strncmp(subject, prefixes[i], n) == 0) {
			subject += n + strspn(subject + n, " ");
			i = (size_t)-1;
		}
	}
	return subject;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (signed char)c < 0;
}

/* Random words: letters and digits mixed, or Latin without a vowel. */
static bool
is_random(const char *word, size_t len)
{
	bool digits = false, letters = false, vowels = false;

	for (size_t i = 0; i < len; i++) {
		digits = digits || isdigit((unsigned char)word[i]);
		letters = letters || is_letter(word[i]);
		vowels = vowels || (signed char)word[i] < 0 ||
			 strchr("aeiouy", word[i]) != NULL;
	}
	return (digits && letters) || (letters && !vowels && len > 4) ||
	       (digits && !letters);
}

/* The next word of letters and digits; false at the end. */
static bool
next_word(const char **at, const char **word, size_t *len)
{
	const char *p = *at;

	while (*p != '\0' && !is_letter(*p) && !isdigit((unsigned char)*p))
		p++;
	*word = p;
	while (is_letter(*p) || isdigit((unsigned char)*p))
		p++;
	*len = (size_t)(p - *word);
	*at = p;
	return *len > 0;
}

/* Words that do not vary, separated by spaces; counts their letters. */
static size_t
normalise(const char *folded, char *out, size_t size, size_t *letters)
{
	const char *at = folded, *word;
	size_t len, used = 0;

	*letters = 0;
	while (next_word(&at, &word, &len)) {
		if (is_random(word, len))
			continue;
		if (len + 2 > size - used)
			break;
		memcpy(out + used, word, len);
		used += len;
		out[used++] = ' ';
		*letters += len;
	}
	out[used] = '\0';
	return used;
}

/* Fast and without a key: the fingerprint as a whole gets that. */
static uint64_t
hash_shingle(const char *words, size_t len)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)words[i]) * 0x100000001b3u;
	return (hash ^ hash >> 29) * 0xbf58476d1ce4e5b9u;
}

/*
 * The least of the hashes of all shingles: two texts share it with the
 * probability of the share of shingles that they have in common.
 */
static uint64_t
least_shingle(const char *words, size_t len)
{
	uint64_t least = 0;
	size_t begins[SHINGLE] = { 0 }, n = 0;

	for (size_t i = 0, begin = 0; i < len; i++) {
		uint64_t hash;

		if (words[i] != ' ')
			continue;
		begins[n++ % SHINGLE] = begin;
		begin = i + 1;
		if (n < SHINGLE)
			continue;
		hash = hash_shingle(
		    words + begins[n % SHINGLE], i - begins[n % SHINGLE]);
		if (least == 0 || hash < least)
			least = hash;
	}
	return least;
}

/* The host of the first link, which a run of spam seldom changes. */
static size_t
first_link(const char *folded, char *host, size_t size)
{
	const char *at = strstr(folded, "http");
	size_t len;

	at = at == NULL ? NULL : strstr(at, "://");
	if (at == NULL)
		return 0;
	at += 3;
	len = strcspn(at, "/?:# \"'<>");
	if (len >= size)
		len = size - 1;
	memcpy(host, at, len);
	host[len] = '\0';
	return len;
}

static size_t
add(char *to, size_t used, size_t size, const void *data, size_t len)
{
	if (len > size - used)
		len = size - used;
	memcpy(to + used, data, len);
	return used + len;
}

uint64_t
original_fingerprint(
    const struct original *original, const uint8_t key[META_KEY_LEN])
{
	char folded[BODY_MAX], words[BODY_MAX], basis[1600], host[256];
	const char *domain = strchr(original->from, '@');
	size_t letters, used = 0, len;
	uint64_t subject;

	fold_text(original->subject, strlen(original->subject), folded, 1024);
	len = normalise(pass_prefixes(folded), words, 1024, &letters);
	subject = meta_hash(key, words, len);
	if (domain != NULL)
		used = add(basis, used, sizeof(basis), domain, strlen(domain));
	used = add(basis, used, sizeof(basis), "\n", 1);
	used = add(basis, used, sizeof(basis), words, len);
	if (letters < SUBJECT_LETTERS_ENOUGH) {
		uint64_t shingle;

		len = original->body_len < BODY_MAX ? original->body_len
						    : BODY_MAX;
		fold_text(original->body, len, folded, sizeof(folded));
		len = first_link(folded, host, sizeof(host));
		used = add(basis, used, sizeof(basis), host, len);
		len = normalise(folded, words, sizeof(words), &len);
		shingle = least_shingle(words, len);
		if (shingle == 0 && letters == 0)
			return 0;
		used =
		    add(basis, used, sizeof(basis), &shingle, sizeof(shingle));
	}
	return campaign_of(subject, meta_hash(key, basis, used));
}
