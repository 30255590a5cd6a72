#include "dnsd/tsig_keys.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"

#define FILE_MAX (256 << 10)
#define WORD_MAX 512 /* a secret of the longest kind in Base64, and more */

static const struct {
	const char *text, *wire;
	size_t wire_len;
} algorithms[] = {
	[HMAC_SHA256] = { "hmac-sha256", "\13hmac-sha256", 13 },
	[HMAC_SHA384] = { "hmac-sha384", "\13hmac-sha384", 13 },
	[HMAC_SHA512] = { "hmac-sha512", "\13hmac-sha512", 13 },
};
#define ALGORITHMS (sizeof(algorithms) / sizeof(algorithms[0]))

const uint8_t *
tsig_algorithm_name(enum hmac algorithm, size_t *len)
{
	*len = algorithms[algorithm].wire_len;
	return (const uint8_t *)algorithms[algorithm].wire;
}

/* --- words ---------------------------------------------------------------- */

struct scanner {
	const char *next, *end;
	unsigned line;
	char word[WORD_MAX + 1];
	bool quoted;
};

static char
take(struct scanner *scanner)
{
	char c = *scanner->next++;

	scanner->line += c == '\n';
	return c;
}

static bool
starts(const struct scanner *scanner, const char *mark)
{
	size_t len = strlen(mark);

	return (size_t)(scanner->end - scanner->next) >= len &&
	       memcmp(scanner->next, mark, len) == 0;
}

static void
skip_to(struct scanner *scanner, const char *mark)
{
	while (scanner->next < scanner->end && !starts(scanner, mark))
		take(scanner);
}

static void
skip_space(struct scanner *scanner)
{
	while (scanner->next < scanner->end) {
		if (starts(scanner, "#") || starts(scanner, "//")) {
			skip_to(scanner, "\n");
		} else if (starts(scanner, "/*")) {
			skip_to(scanner, "*/");
			if (scanner->next < scanner->end)
				scanner->next += 2;
		} else if (isspace((unsigned char)*scanner->next)) {
			take(scanner);
		} else {
			return;
		}
	}
}

static bool
is_mark(char c)
{
	return strchr("{};", c) != NULL && c != '\0';
}

static bool
ends_word(char c)
{
	return is_mark(c) || c == '"' || c == '#' || isspace((unsigned char)c);
}

static int
add_octet(struct scanner *scanner, size_t *len)
{
	if (*len == WORD_MAX)
		return ERROR_LIMIT;
	scanner->word[*len] = take(scanner);
	return scanner->word[(*len)++] != '\0' ? 0 : ERROR_FORMAT;
}

static int
quoted_word(struct scanner *scanner, size_t *len)
{
	int error = 0;

	take(scanner);
	while (
	    error == 0 && scanner->next < scanner->end && *scanner->next != '"')
		error = add_octet(scanner, len);
	if (error != 0 || scanner->next == scanner->end || *len == 0)
		return error != 0 ? error : ERROR_FORMAT;
	take(scanner);
	return 0;
}

static int
plain_word(struct scanner *scanner, size_t *len)
{
	int error = 0;

	if (is_mark(*scanner->next))
		return add_octet(scanner, len);
	while (error == 0 && scanner->next < scanner->end &&
	       !ends_word(*scanner->next))
		error = add_octet(scanner, len);
	return error == 0 && *len == 0 ? ERROR_FORMAT : error;
}

/* The next word or mark; "" at the end. 0, ERROR_FORMAT or ERROR_LIMIT. */
static int
next_word(struct scanner *scanner)
{
	size_t len = 0;
	int error = 0;

	skip_space(scanner);
	scanner->quoted = starts(scanner, "\"");
	if (scanner->quoted)
		error = quoted_word(scanner, &len);
	else if (scanner->next < scanner->end)
		error = plain_word(scanner, &len);
	scanner->word[len] = '\0';
	return error;
}

/* The next word must be this mark. */
static int
expect(struct scanner *scanner, const char *mark)
{
	int error = next_word(scanner);

	if (error != 0)
		return error;
	return !scanner->quoted && strcmp(scanner->word, mark) == 0
		   ? 0
		   : ERROR_FORMAT;
}

/* --- keys ----------------------------------------------------------------- */

static int
take_algorithm(const char *word, struct tsig_key *key)
{
	for (size_t i = 0; i < ALGORITHMS; i++) {
		if (strcasecmp(word, algorithms[i].text) == 0) {
			key->algorithm = (enum hmac)i;
			return 0;
		}
	}
	return ERROR_FORMAT;
}

static int
take_secret(const char *word, struct tsig_key *key)
{
	if (sodium_base642bin(key->secret, sizeof(key->secret), word,
		strlen(word), NULL, &key->secret_len, NULL,
		sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    key->secret_len == 0)
		return ERROR_FORMAT;
	return 0;
}

/* `algorithm` or `secret`, its value and the mark behind it. */
static int
read_clause(struct scanner *scanner, struct tsig_key *key, unsigned *seen)
{
	bool is_secret = strcmp(scanner->word, "secret") == 0;
	unsigned bit = is_secret ? 2 : 1;
	int error;

	if ((!is_secret && strcmp(scanner->word, "algorithm") != 0) ||
	    (*seen & bit) != 0)
		return ERROR_FORMAT;
	*seen |= bit;
	error = next_word(scanner);
	if (error == 0)
		error = is_secret ? take_secret(scanner->word, key)
				  : take_algorithm(scanner->word, key);
	return error == 0 ? expect(scanner, ";") : error;
}

static int
read_name(struct scanner *scanner, struct tsig_key *key)
{
	int error = next_word(scanner), len;

	if (error != 0)
		return error;
	len = dname_parse(scanner->word, key->name);
	if (len <= 1)
		return ERROR_FORMAT;
	key->name_len = (size_t)len;
	return 0;
}

/* Behind the word `key`. */
static int
read_key(struct scanner *scanner, struct tsig_key *key)
{
	unsigned seen = 0;
	int error = read_name(scanner, key);

	if (error == 0)
		error = expect(scanner, "{");
	while (error == 0) {
		error = next_word(scanner);
		if (error == 0 && strcmp(scanner->word, "}") == 0)
			break;
		if (error == 0)
			error = read_clause(scanner, key, &seen);
	}
	if (error == 0 && seen != 3)
		error = ERROR_FORMAT;
	return error == 0 ? expect(scanner, ";") : error;
}

static int
add_key(struct tsig_keys *keys, const struct tsig_key *key)
{
	if (keys->count == TSIG_KEYS_MAX)
		return ERROR_LIMIT;
	if (tsig_keys_find(keys, key->name, key->name_len) != NULL)
		return ERROR_EXISTS;
	keys->keys[keys->count++] = *key;
	return 0;
}

static int
read_keys(struct scanner *scanner, struct tsig_keys *keys)
{
	int error = next_word(scanner);

	while (error == 0 && scanner->word[0] != '\0') {
		struct tsig_key key;

		memset(&key, 0, sizeof(key));
		if (strcmp(scanner->word, "key") != 0)
			return ERROR_FORMAT;
		error = read_key(scanner, &key);
		if (error == 0)
			error = add_key(keys, &key);
		sodium_memzero(&key, sizeof(key));
		if (error == 0)
			error = next_word(scanner);
	}
	return error;
}

int
tsig_keys_parse(
    const char *text, size_t len, struct tsig_keys *keys, unsigned *line)
{
	struct scanner scanner = { text, text + len, .line = 1 };
	int error;

	keys->count = 0;
	keys->keys = calloc(TSIG_KEYS_MAX, sizeof(*keys->keys));
	if (keys->keys == NULL)
		return -ENOMEM;
	error = read_keys(&scanner, keys);
	sodium_memzero(scanner.word, sizeof(scanner.word));
	*line = scanner.line;
	if (error != 0)
		tsig_keys_free(keys);
	return error;
}

void
tsig_keys_free(struct tsig_keys *keys)
{
	if (keys->keys != NULL)
		sodium_memzero(keys->keys, TSIG_KEYS_MAX * sizeof(*keys->keys));
	free(keys->keys);
	*keys = (struct tsig_keys){ NULL, 0 };
}

/* Length octets are below 'A': they are their own lower case. */
static bool
same_name(const uint8_t *lower, const uint8_t *name, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		bool upper = name[i] >= 'A' && name[i] <= 'Z';

		if (lower[i] != (upper ? name[i] | 0x20 : name[i]))
			return false;
	}
	return true;
}

const struct tsig_key *
tsig_keys_find(const struct tsig_keys *keys, const uint8_t *name, size_t len)
{
	for (size_t i = 0; i < keys->count; i++) {
		if (keys->keys[i].name_len == len &&
		    same_name(keys->keys[i].name, name, len))
			return &keys->keys[i];
	}
	return NULL;
}

bool
tsig_algorithm_is(enum hmac algorithm, const uint8_t *name, size_t len)
{
	return algorithms[algorithm].wire_len == len &&
	       same_name(
		   (const uint8_t *)algorithms[algorithm].wire, name, len);
}

/* --- the file ------------------------------------------------------------- */

/* The octets read, or a negative code. */
static ssize_t
read_file(int fd, char *text, size_t size)
{
	struct stat status;
	size_t len = 0;
	ssize_t n = 1;

	if (fstat(fd, &status) != 0)
		return -errno;
	if ((status.st_mode & S_IRWXO) != 0)
		return -EPERM;
	while (n > 0 && len < size) {
		n = read(fd, text + len, size - len);
		if (n < 0)
			return -errno;
		len += (size_t)n;
	}
	return len < size ? (ssize_t)len : ERROR_LIMIT;
}

static int
read_and_parse(
    const char *path, char *text, struct tsig_keys *keys, unsigned *line)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read_file(fd, text, FILE_MAX);
	close(fd);
	return len < 0 ? (int)len
		       : tsig_keys_parse(text, (size_t)len, keys, line);
}

int
tsig_keys_read(const char *path, struct tsig_keys *keys)
{
	unsigned line = 0;
	char *text;
	int error;

	*keys = (struct tsig_keys){ NULL, 0 };
	if (*path == '\0')
		return 0;
	text = malloc(FILE_MAX);
	error =
	    text == NULL ? -ENOMEM : read_and_parse(path, text, keys, &line);
	if (text != NULL)
		sodium_memzero(text, FILE_MAX);
	free(text);
	if (error == -EPERM)
		log_error("setting_refused name=dnsd.tsig_key_file file=%s "
			  "reason=\"others than owner and group have rights\"",
		    path);
	else if (error != 0)
		log_error("setting_refused name=dnsd.tsig_key_file file=%s "
			  "line=%u reason=\"%s\"",
		    path, line, error_text(error));
	return error;
}
