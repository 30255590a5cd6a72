#include "db/trap.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/error.h"
#include "db/meta.h"
#include "db/stored.h"

#define VERSION 3
#define COUNT_VERSION 1 /* of a domain's count */
#define WEIGHT_MAX 100

#define FLAG_WHOLE 1
#define FLAG_SUBDOMAINS 2
#define FLAGS_END 4 /* above every flag */

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
	wire_write_u8(&to, trap->weight);
	wire_write_text(&to, trap->reason);
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
	trap->weight = stored_read_below(&from, WEIGHT_MAX + 1);
	wire_read_text(&from, trap->reason, sizeof(trap->reason));
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

int
trap_get(struct store_txn *txn, uint64_t id, struct trap *trap)
{
	uint8_t key[TRAP_KEY_LEN];
	struct octets value;
	int code = store_get(txn, TABLE_TRAP, trap_key(key, id), &value);

	return code != 0 ? code : trap_decode(id, value, trap);
}

int
trap_put(struct store_txn *txn, const struct trap *trap)
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
	struct wire_writer to;

	wire_write(&to, key, DOMAIN_KEY_MAX);
	wire_write_u8(&to, KEY_DOMAIN);
	wire_write_octets(&to, domain, strlen(domain));
	return OCTETS(key, wire_len(&to));
}

static int
decode_count(struct octets value, uint32_t *count)
{
	struct wire_reader from;
	int code = stored_begin(&from, value, COUNT_VERSION);

	*count = wire_read_u32(&from);
	return code != 0 ? code : stored_end(&from);
}

/* How many traps name this very domain. */
static int
count_domain(struct store_txn *txn, const char *domain, uint32_t *count)
{
	uint8_t key[DOMAIN_KEY_MAX];
	struct octets value;
	int code = store_get(txn, TABLE_TRAP, domain_key(key, domain), &value);

	*count = 0;
	if (code != 0)
		return code == ERROR_NOT_FOUND ? 0 : code;
	return decode_count(value, count);
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
	wire_write_u8(&to, COUNT_VERSION);
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
	return trap_get(txn, *id, trap);
}

int
trap_id_of(struct store_txn *txn, const char *text, uint64_t *id)
{
	struct trap_pattern pattern;
	uint8_t key[META_KEY_LEN];
	int code = trap_pattern_parse(text, &pattern);

	if (code == 0)
		code = meta_hash_key(txn, key);
	if (code == 0)
		*id = pattern_id(key, &pattern);
	return code;
}

int
trap_add(
    struct store_txn *txn, const char *text, int64_t now, struct trap *trap)
{
	struct trap_pattern pattern;
	uint64_t id = 0;
	int code = trap_pattern_parse(text, &pattern);

	if (code != 0)
		return code;
	code = find_pattern(txn, &pattern, &id, trap);
	if (code != ERROR_NOT_FOUND)
		return code == 0 ? ERROR_EXISTS : code;
	memset(trap, 0, sizeof(*trap));
	trap->id = id;
	trap->state = TRAP_ACTIVE;
	trap->weight = WEIGHT_MAX;
	trap->added_at = now;
	memcpy(trap->domain, pattern.domain, sizeof(trap->domain));
	trap->whole_domain = pattern.local[0] == '\0';
	trap->subdomains = pattern.subdomains;
	trap->local_hash = trap->whole_domain ? 0 : id;
	code = trap_put(txn, trap);
	return code != 0 ? code : change_domain(txn, trap->domain, true);
}

int
trap_remove(struct store_txn *txn, const char *text)
{
	uint8_t key[TRAP_KEY_LEN];
	struct trap_pattern pattern;
	struct trap trap;
	uint64_t id = 0;
	int code = trap_pattern_parse(text, &pattern);

	if (code == 0)
		code = find_pattern(txn, &pattern, &id, &trap);
	if (code == 0)
		code = store_delete(txn, TABLE_TRAP, trap_key(key, id));
	return code != 0 ? code : change_domain(txn, trap.domain, false);
}

int
trap_state_parse(const char *name)
{
	for (int i = 0; i < TRAP_STATE_COUNT; i++) {
		if (strcmp(state_names[i], name) == 0)
			return i;
	}
	return ERROR_FORMAT;
}

int
trap_set(struct store_txn *txn, const char *text,
    const struct trap_change *change, int64_t now, struct trap *trap)
{
	struct trap_pattern pattern;
	uint64_t id = 0;
	int code = trap_pattern_parse(text, &pattern);

	if (code == 0)
		code = find_pattern(txn, &pattern, &id, trap);
	if (code != 0)
		return code;
	if (change->reason != NULL && strlen(change->reason) > TRAP_REASON_MAX)
		return ERROR_LIMIT;
	if (change->state == TRAP_CONDITIONING &&
	    trap->state != TRAP_CONDITIONING)
		trap->added_at = now;
	if (change->state != TRAP_KEEP)
		trap->state = (enum trap_state)change->state;
	if (change->weight != TRAP_KEEP)
		trap->weight = (uint8_t)change->weight;
	if (change->reason != NULL)
		strcpy(trap->reason, change->reason);
	return trap_put(txn, trap);
}

int
trap_hit(struct store_txn *txn, uint64_t id, int64_t now)
{
	struct trap trap;
	int code = trap_get(txn, id, &trap);

	if (code != 0)
		return code;
	trap.hits++;
	if (now > trap.last_hit_at)
		trap.last_hit_at = now;
	return trap_put(txn, &trap);
}

int
trap_unhit(struct store_txn *txn, uint64_t id, uint64_t many)
{
	struct trap trap;
	int code = trap_get(txn, id, &trap);

	if (code != 0 || trap.hits == 0)
		return code;
	trap.hits -= trap.hits < many ? trap.hits : many;
	return trap_put(txn, &trap);
}

/* --- whose address is it? ------------------------------------------------- */

/* TRAP_MATCH_TRAP, TRAP_MATCH_NONE or a negative code, as all of these. */
static int
lookup(struct store_txn *txn, const uint8_t key[META_KEY_LEN],
    const struct trap_pattern *pattern, struct trap *trap)
{
	int code = trap_get(txn, pattern_id(key, pattern), trap);

	if (code == 0)
		return TRAP_MATCH_TRAP;
	return code == ERROR_NOT_FOUND ? TRAP_MATCH_NONE : code;
}

/* The domain itself or the nearest above that takes everything below. */
static int
find_domain(struct store_txn *txn, const uint8_t key[META_KEY_LEN],
    const char *domain, struct trap *trap)
{
	struct trap_pattern pattern = { 0 };
	int match;

	stored_copy_text(pattern.domain, sizeof(pattern.domain), domain);
	match = lookup(txn, key, &pattern, trap);
	pattern.subdomains = true;
	while (match == TRAP_MATCH_NONE) {
		match = lookup(txn, key, &pattern, trap);
		domain = strchr(domain, '.');
		if (domain == NULL)
			break;
		stored_copy_text(
		    pattern.domain, sizeof(pattern.domain), ++domain);
	}
	return match;
}

/* The address, then without its tag. */
static int
find_local(struct store_txn *txn, const uint8_t key[META_KEY_LEN],
    struct trap_pattern *pattern, struct trap *trap)
{
	int match = TRAP_MATCH_NONE;

	if (pattern->local[0] != '\0')
		match = lookup(txn, key, pattern, trap);
	if (match == TRAP_MATCH_NONE && trap_local_drop_tag(pattern->local))
		match = lookup(txn, key, pattern, trap);
	return match;
}

/* TRAP_MATCH_ROLE when some address of the domain is a trap. */
static int
find_role(
    struct store_txn *txn, const uint8_t key[META_KEY_LEN], const char *domain)
{
	struct trap trap;
	uint32_t count;
	int match = count_domain(txn, domain, &count);

	if (match != 0 || count > 0)
		return match != 0 ? match : TRAP_MATCH_ROLE;
	match = find_domain(txn, key, domain, &trap);
	return match == TRAP_MATCH_TRAP ? TRAP_MATCH_ROLE : match;
}

int
trap_find(struct store_txn *txn, const char *mailbox, struct trap *trap)
{
	struct trap_pattern pattern;
	uint8_t key[META_KEY_LEN];
	int match;

	/* Without a domain it is this server's (RFC 5321 section 4.5.1). */
	if (strcasecmp(mailbox, "postmaster") == 0)
		return TRAP_MATCH_ROLE;
	if (trap_pattern_of_mailbox(mailbox, &pattern) != 0)
		return TRAP_MATCH_NONE;
	match = meta_hash_key(txn, key);
	if (match != 0)
		return match;
	if (trap_local_is_role(pattern.local))
		return find_role(txn, key, pattern.domain);
	match = find_local(txn, key, &pattern, trap);
	if (match == TRAP_MATCH_NONE)
		match = find_domain(txn, key, pattern.domain, trap);
	return match;
}

/* --- for people ----------------------------------------------------------- */

/* Every record of one sort, its key without the octet that says so. */
typedef int visit(struct octets key, struct octets value, void *context);

static int
walk(struct store_txn *txn, uint8_t sort, visit *one, void *context)
{
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(txn, TABLE_TRAP, &cursor);

	if (code != 0)
		return code;
	code = store_seek(cursor, OCTETS(&sort, 1), &key, &value);
	while (code == 0 && *(const uint8_t *)key.data == sort) {
		code = one(OCTETS((const uint8_t *)key.data + 1, key.len - 1),
		    value, context);
		if (code == 0)
			code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

struct listing_traps {
	trap_each *each;
	void *context;
};

static int
visit_trap(struct octets key, struct octets value, void *context)
{
	const struct listing_traps *list = context;
	struct trap trap;
	int code = ERROR_DAMAGED;

	if (key.len == STORED_KEY_U64)
		code = trap_decode(stored_u64_of_key(key.data), value, &trap);
	return code != 0 ? code : list->each(&trap, list->context);
}

int
trap_list(struct store_txn *txn, trap_each *each, void *context)
{
	struct listing_traps list = { each, context };

	return walk(txn, KEY_TRAP, visit_trap, &list);
}

struct listing_domains {
	trap_domain_each *each;
	void *context;
};

static int
visit_domain(struct octets key, struct octets value, void *context)
{
	const struct listing_domains *list = context;
	char domain[TRAP_DOMAIN_MAX + 1];
	uint32_t count;
	int code = decode_count(value, &count);

	if (code == 0 && key.len > TRAP_DOMAIN_MAX)
		code = ERROR_DAMAGED;
	if (code != 0)
		return code;
	memcpy(domain, key.data, key.len);
	domain[key.len] = '\0';
	return list->each(domain, count, list->context);
}

int
trap_domains(struct store_txn *txn, trap_domain_each *each, void *context)
{
	struct listing_domains list = { each, context };

	return walk(txn, KEY_DOMAIN, visit_domain, &list);
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
