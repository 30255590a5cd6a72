#include <string.h>

#include "common/error.h"
#include "db/stored.h"
#include "db/trap_private.h"

#define VERSION 3
#define COUNT_VERSION 1 /* of a domain's count */

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
	trap->weight = stored_read_below(&from, TRAP_WEIGHT_MAX + 1);
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

int
trap_delete(struct store_txn *txn, uint64_t id)
{
	uint8_t key[TRAP_KEY_LEN];

	return store_delete(txn, TABLE_TRAP, trap_key(key, id));
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

int
trap_count_domain(struct store_txn *txn, const char *domain, uint32_t *count)
{
	uint8_t key[DOMAIN_KEY_MAX];
	struct octets value;
	int code = store_get(txn, TABLE_TRAP, domain_key(key, domain), &value);

	*count = 0;
	if (code != 0)
		return code == ERROR_NOT_FOUND ? 0 : code;
	return decode_count(value, count);
}

int
trap_change_domain(struct store_txn *txn, const char *domain, bool add)
{
	uint8_t key[DOMAIN_KEY_MAX], record[5];
	struct wire_writer to;
	uint32_t count;
	int code = trap_count_domain(txn, domain, &count);

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

/* --- all of them ---------------------------------------------------------- */

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
