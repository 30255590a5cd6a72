#include "db/trap.h"

#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "db/meta.h"
#include "db/stored.h"

#define VERSION 1

#define FLAG_WHOLE 1
#define FLAG_SUBDOMAINS 2
#define FLAGS_END 4 /* above every flag */

#define LABEL_MAX 63 /* RFC 1035 section 2.3.4 */

/*
 * Two sorts of records in TABLE_TRAP, told apart by the first octet of the
 * key: a trap by its id, and for each domain how many traps name it.
 */
#define KEY_TRAP 1
#define KEY_DOMAIN 2

#define TRAP_KEY_LEN (1 + STORED_KEY_U64)
#define DOMAIN_KEY_MAX (1 + TRAP_DOMAIN_MAX)

static const char *const state_names[TRAP_STATE_COUNT] = {
	[TRAP_ACTIVE] = "active",
	[TRAP_CONDITIONING] = "conditioning",
	[TRAP_RETIRED] = "retired",
};

const char *
trap_state_name(enum trap_state state)
{
	return state_names[state];
}

/* --- patterns ------------------------------------------------------------- */

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

/* An octet of a character beyond ASCII (RFC 6532 section 3.1). */
static bool
is_wide(char c)
{
	return (unsigned char)c >= 0x80;
}

static bool
is_label(const char *label, size_t len)
{
	bool wide = false;

	if (len == 0 || label[0] == '-' || label[len - 1] == '-')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!is_letter(label[i]) && !is_digit(label[i]) &&
		    label[i] != '-' && !is_wide(label[i]))
			return false;
		wide |= is_wide(label[i]);
	}
	/* In UTF-8 a label may be longer than its A-label. */
	return wide || len <= LABEL_MAX;
}

/* A last label of digits alone is no domain but part of an address. */
static bool
is_top(const char *label, size_t len)
{
	while (len > 0 && is_digit(label[len - 1]))
		len--;
	return len > 0;
}

static int
parse_domain(const char *text, char domain[TRAP_DOMAIN_MAX + 1])
{
	size_t len = strnlen(text, TRAP_DOMAIN_MAX + 2);
	size_t start = 0, labels = 0;

	if (len > 0 && text[len - 1] == '.')
		len--;
	if (len > TRAP_DOMAIN_MAX)
		return ERROR_FORMAT;
	for (size_t i = 0; i <= len; i++) {
		if (i < len && text[i] != '.')
			continue;
		if (!is_label(text + start, i - start))
			return ERROR_FORMAT;
		if (i == len && !is_top(text + start, i - start))
			return ERROR_FORMAT;
		labels++;
		start = i + 1;
	}
	/* "@.com" would make everybody's domain a trap. */
	if (labels < 2)
		return ERROR_FORMAT;
	for (size_t i = 0; i < len; i++)
		domain[i] = lower(text[i]);
	domain[len] = '\0';
	return 0;
}

static bool
is_atext(char c)
{
	/* RFC 5322 section 3.2.3, RFC 6531 section 3.3 */
	return is_letter(c) || is_digit(c) || is_wide(c) ||
	       (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* The octets of a dot-atom or of a quoted string's content; -1: neither. */
static int
unquote(const char *text, size_t len, char out[TRAP_LOCAL_MAX + 1])
{
	bool quoted = len >= 2 && text[0] == '"' && text[len - 1] == '"';
	size_t end = quoted ? len - 1 : len, to = 0;

	for (size_t i = quoted ? 1 : 0; i < end; i++) {
		char c = text[i];

		if (quoted && c == '\\') {
			if (++i == end)
				return -1;
			c = text[i];
		} else if (quoted && c == '"') {
			return -1;
		} else if (!quoted && !is_atext(c) &&
			   (c != '.' || i == 0 || i + 1 == end ||
			       text[i - 1] == '.')) {
			return -1;
		}
		if ((unsigned char)c < ' ' || c == 0x7f || to == TRAP_LOCAL_MAX)
			return -1;
		out[to++] = lower(c);
	}
	out[to] = '\0';
	return (int)to;
}

static int
parse_local(const char *text, size_t len, char local[TRAP_LOCAL_MAX + 1])
{
	return unquote(text, len, local) > 0 ? 0 : ERROR_FORMAT;
}

/* Without the "+tag" of its end; false when there is none to take off. */
static bool
drop_tag(char local[TRAP_LOCAL_MAX + 1])
{
	char *plus = strchr(local, '+');

	if (plus == NULL || plus == local)
		return false;
	*plus = '\0';
	return true;
}

static bool
is_role(const char *local)
{
	static const char *const roles[] = { "postmaster", "abuse" };
	char name[TRAP_LOCAL_MAX + 1];

	strcpy(name, local);
	drop_tag(name);
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if (strcmp(name, roles[i]) == 0)
			return true;
	}
	return false;
}

/*
 * A lead octet and as many continuations as it asks for. Enough to keep what
 * is not UTF-8 out of what is shown; such names match nothing.
 */
static bool
is_utf8(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	while (*s != '\0') {
		unsigned more = *s < 0x80   ? 0
				: *s < 0xc2 ? 4
				: *s < 0xe0 ? 1
				: *s < 0xf0 ? 2
				: *s < 0xf5 ? 3
					    : 4;

		if (more == 4)
			return false;
		for (s++; more > 0; more--, s++) {
			if ((*s & 0xc0) != 0x80)
				return false;
		}
	}
	return true;
}

int
trap_pattern_parse(const char *text, struct trap_pattern *pattern)
{
	const char *at = strrchr(text, '@');
	struct trap_pattern parsed = { 0 };

	if (at == NULL || !is_utf8(text))
		return ERROR_FORMAT;
	if (at != text &&
	    parse_local(text, (size_t)(at - text), parsed.local) != 0)
		return ERROR_FORMAT;
	at++;
	if (parsed.local[0] == '\0' && *at == '.') {
		parsed.subdomains = true;
		at++;
	}
	if (parse_domain(at, parsed.domain) != 0)
		return ERROR_FORMAT;
	if (is_role(parsed.local))
		return ERROR_REFUSED;
	*pattern = parsed;
	return 0;
}

/* --- records -------------------------------------------------------------- */

int
trap_encode(const struct trap *trap, uint8_t *record, size_t size)
{
	struct wire_writer to;

	wire_write(&to, record, size);
	wire_write_u8(&to, VERSION);
	wire_write_u8(&to, (uint8_t)trap->state);
	wire_write_u8(&to, (uint8_t)((trap->whole_domain ? FLAG_WHOLE : 0) |
				     (trap->subdomains ? FLAG_SUBDOMAINS : 0)));
	stored_write_time(&to, trap->added_at);
	stored_write_time(&to, trap->last_hit_at);
	wire_write_u64(&to, trap->hits);
	wire_write_text(&to, trap->domain);
	return stored_len(&to);
}

int
trap_decode(uint64_t id, struct octets record, struct trap *trap)
{
	struct wire_reader from;
	int code = stored_begin(&from, record, VERSION);
	uint8_t flags;

	if (code != 0)
		return code;
	trap->id = id;
	trap->state =
	    (enum trap_state)stored_read_below(&from, TRAP_STATE_COUNT);
	flags = stored_read_below(&from, FLAGS_END);
	trap->whole_domain = (flags & FLAG_WHOLE) != 0;
	trap->subdomains = (flags & FLAG_SUBDOMAINS) != 0;
	trap->added_at = stored_read_time(&from);
	trap->last_hit_at = stored_read_time(&from);
	trap->hits = wire_read_u64(&from);
	wire_read_text(&from, trap->domain, sizeof(trap->domain));
	trap->local_hash = trap->whole_domain ? 0 : id;
	return stored_end(&from);
}

static struct octets
trap_key(uint8_t key[TRAP_KEY_LEN], uint64_t id)
{
	key[0] = KEY_TRAP;
	stored_key_u64(key + 1, id);
	return OCTETS(key, TRAP_KEY_LEN);
}

static int
get(struct store_txn *txn, uint64_t id, struct trap *trap)
{
	uint8_t key[TRAP_KEY_LEN];
	struct octets value;
	int code = store_get(txn, TABLE_TRAP, trap_key(key, id), &value);

	return code != 0 ? code : trap_decode(id, value, trap);
}

static int
put(struct store_txn *txn, const struct trap *trap)
{
	uint8_t key[TRAP_KEY_LEN], record[TRAP_RECORD_MAX];
	int len = trap_encode(trap, record, sizeof(record));

	if (len < 0)
		return len;
	return store_put(txn, TABLE_TRAP, trap_key(key, trap->id),
	    OCTETS(record, (size_t)len));
}

/* --- domains -------------------------------------------------------------- */

static struct octets
domain_key(uint8_t key[DOMAIN_KEY_MAX], const char *domain)
{
	size_t len = strlen(domain);

	key[0] = KEY_DOMAIN;
	memcpy(key + 1, domain, len);
	return OCTETS(key, 1 + len);
}

/* How many traps name this very domain. */
static int
count_domain(struct store_txn *txn, const char *domain, uint32_t *count)
{
	uint8_t key[DOMAIN_KEY_MAX];
	struct wire_reader from;
	struct octets value;
	int code = store_get(txn, TABLE_TRAP, domain_key(key, domain), &value);

	*count = 0;
	if (code != 0)
		return code == ERROR_NOT_FOUND ? 0 : code;
	code = stored_begin(&from, value, VERSION);
	*count = wire_read_u32(&from);
	return code != 0 ? code : stored_end(&from);
}

static int
change_domain(struct store_txn *txn, const char *domain, bool add)
{
	uint8_t key[DOMAIN_KEY_MAX], record[5];
	struct wire_writer to;
	uint32_t count;
	int code = count_domain(txn, domain, &count);

	if (code != 0)
		return code;
	if (!add && count <= 1)
		return count == 1 ? store_delete(txn, TABLE_TRAP,
					domain_key(key, domain))
				  : ERROR_DAMAGED;
	wire_write(&to, record, sizeof(record));
	wire_write_u8(&to, VERSION);
	wire_write_u32(&to, add ? count + 1 : count - 1);
	return store_put(txn, TABLE_TRAP, domain_key(key, domain),
	    OCTETS(record, sizeof(record)));
}

/* --- the operator's verbs ------------------------------------------------- */

/* A trap's id: keyed, so that nobody can try addresses against a copy. */
static uint64_t
pattern_id(const uint8_t key[META_KEY_LEN], const struct trap_pattern *pattern)
{
	char text[TRAP_LOCAL_MAX + TRAP_DOMAIN_MAX + 3];
	int len = snprintf(text, sizeof(text), "%s@%s%s", pattern->local,
	    pattern->subdomains ? "." : "", pattern->domain);

	return meta_hash(key, text, (size_t)len);
}

static int
find_pattern(struct store_txn *txn, const struct trap_pattern *pattern,
    uint64_t *id, struct trap *trap)
{
	uint8_t key[META_KEY_LEN];
	int code = meta_hash_key(txn, key);

	if (code != 0)
		return code;
	*id = pattern_id(key, pattern);
	return get(txn, *id, trap);
}

int
trap_add(
    struct store_txn *txn, const char *text, int64_t now, struct trap *trap)
{
	struct trap_pattern pattern;
	uint64_t id;
	int code = trap_pattern_parse(text, &pattern);

	if (code != 0)
		return code;
	code = find_pattern(txn, &pattern, &id, trap);
	if (code != ERROR_NOT_FOUND)
		return code == 0 ? ERROR_EXISTS : code;
	memset(trap, 0, sizeof(*trap));
	trap->id = id;
	trap->state = TRAP_ACTIVE;
	trap->added_at = now;
	strcpy(trap->domain, pattern.domain);
	trap->whole_domain = pattern.local[0] == '\0';
	trap->subdomains = pattern.subdomains;
	trap->local_hash = trap->whole_domain ? 0 : id;
	code = put(txn, trap);
	return code != 0 ? code : change_domain(txn, trap->domain, true);
}

int
trap_remove(struct store_txn *txn, const char *text)
{
	uint8_t key[TRAP_KEY_LEN];
	struct trap_pattern pattern;
	struct trap trap;
	uint64_t id;
	int code = trap_pattern_parse(text, &pattern);

	if (code == 0)
		code = find_pattern(txn, &pattern, &id, &trap);
	if (code == 0)
		code = store_delete(txn, TABLE_TRAP, trap_key(key, id));
	return code != 0 ? code : change_domain(txn, trap.domain, false);
}

int
trap_set_state(struct store_txn *txn, const char *text, enum trap_state state)
{
	struct trap_pattern pattern;
	struct trap trap;
	uint64_t id;
	int code = trap_pattern_parse(text, &pattern);

	if (code == 0)
		code = find_pattern(txn, &pattern, &id, &trap);
	if (code != 0)
		return code;
	trap.state = state;
	return put(txn, &trap);
}

int
trap_hit(struct store_txn *txn, uint64_t id, int64_t now)
{
	struct trap trap;
	int code = get(txn, id, &trap);

	if (code != 0)
		return code;
	trap.hits++;
	if (now > trap.last_hit_at)
		trap.last_hit_at = now;
	return put(txn, &trap);
}

/* --- whose address is it? ------------------------------------------------- */

/* 0, ERROR_NOT_FOUND, or why it cannot be told. */
static int
lookup(struct store_txn *txn, const uint8_t key[META_KEY_LEN],
    const struct trap_pattern *pattern, struct trap *trap)
{
	return get(txn, pattern_id(key, pattern), trap);
}

/* The domain itself or the nearest above that takes everything below. */
static int
find_domain(struct store_txn *txn, const uint8_t key[META_KEY_LEN],
    const char *domain, struct trap *trap)
{
	struct trap_pattern pattern = { 0 };
	int code;

	strcpy(pattern.domain, domain);
	code = lookup(txn, key, &pattern, trap);
	pattern.subdomains = true;
	while (code == ERROR_NOT_FOUND && domain != NULL) {
		strcpy(pattern.domain, domain);
		code = lookup(txn, key, &pattern, trap);
		domain = strchr(domain, '.');
		if (domain != NULL)
			domain++;
	}
	return code;
}

static int
find_known(
    struct store_txn *txn, const uint8_t key[META_KEY_LEN], const char *domain)
{
	struct trap trap;
	uint32_t count;
	int code = count_domain(txn, domain, &count);

	if (code != 0 || count > 0)
		return code;
	return find_domain(txn, key, domain, &trap);
}

bool
trap_domain_known(struct store_txn *txn, const char *text)
{
	char domain[TRAP_DOMAIN_MAX + 1];
	uint8_t key[META_KEY_LEN];

	return parse_domain(text, domain) == 0 &&
	       meta_hash_key(txn, key) == 0 &&
	       find_known(txn, key, domain) == 0;
}

/* "postmaster" without a domain is this server's (RFC 5321 section 4.5.1). */
static bool
is_bare_postmaster(const char *mailbox)
{
	static const char postmaster[] = "postmaster";
	size_t i = 0;

	while (postmaster[i] != '\0' && lower(mailbox[i]) == postmaster[i])
		i++;
	return postmaster[i] == '\0' && mailbox[i] == '\0';
}

/* The address itself, or without its tag. */
static int
find_address(struct store_txn *txn, const uint8_t key[META_KEY_LEN],
    struct trap_pattern *pattern, struct trap *trap)
{
	int code = lookup(txn, key, pattern, trap);

	if (code == ERROR_NOT_FOUND && drop_tag(pattern->local))
		code = lookup(txn, key, pattern, trap);
	return code;
}

static int
match(int code, enum trap_match found)
{
	if (code == ERROR_NOT_FOUND)
		return TRAP_MATCH_NONE;
	return code == 0 ? (int)found : code;
}

int
trap_find(struct store_txn *txn, const char *mailbox, struct trap *trap)
{
	const char *at = strrchr(mailbox, '@');
	struct trap_pattern pattern = { 0 };
	uint8_t key[META_KEY_LEN];
	bool has_local;
	int code;

	if (is_bare_postmaster(mailbox))
		return TRAP_MATCH_ROLE;
	if (at == NULL || at == mailbox ||
	    parse_domain(at + 1, pattern.domain) != 0)
		return TRAP_MATCH_NONE;
	code = meta_hash_key(txn, key);
	if (code != 0)
		return code;
	/* A local part we cannot read is still below a whole domain. */
	has_local =
	    parse_local(mailbox, (size_t)(at - mailbox), pattern.local) == 0;
	if (has_local && is_role(pattern.local))
		return match(
		    find_known(txn, key, pattern.domain), TRAP_MATCH_ROLE);
	code = has_local ? find_address(txn, key, &pattern, trap)
			 : ERROR_NOT_FOUND;
	if (code == ERROR_NOT_FOUND)
		code = find_domain(txn, key, pattern.domain, trap);
	return match(code, TRAP_MATCH_TRAP);
}

/* --- for people ----------------------------------------------------------- */

int
trap_list(struct store_txn *txn, trap_each *each, void *context)
{
	static const uint8_t first = KEY_TRAP;
	struct store_cursor *cursor;
	struct octets key, value;
	struct trap trap;
	int code = store_cursor_open(txn, TABLE_TRAP, &cursor);

	if (code != 0)
		return code;
	code = store_seek(cursor, OCTETS(&first, 1), &key, &value);
	while (code == 0 && *(const uint8_t *)key.data == KEY_TRAP) {
		code = key.len == TRAP_KEY_LEN
			   ? trap_decode(stored_u64_of_key(
					     (const uint8_t *)key.data + 1),
				 value, &trap)
			   : ERROR_DAMAGED;
		if (code == 0)
			code = each(&trap, context);
		if (code == 0)
			code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

char *
trap_format(const struct trap *trap, char text[TRAP_TEXT_MAX])
{
	if (trap->whole_domain)
		snprintf(text, TRAP_TEXT_MAX, "@%s%s",
		    trap->subdomains ? "." : "", trap->domain);
	else
		snprintf(text, TRAP_TEXT_MAX, "#%08x@%s",
		    (unsigned)(trap->local_hash >> 32), trap->domain);
	return text;
}
