#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/error.h"
#include "db/meta.h"
#include "db/stored.h"
#include "db/trap_private.h"

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
	trap->weight = TRAP_WEIGHT_MAX;
	trap->added_at = now;
	memcpy(trap->domain, pattern.domain, sizeof(trap->domain));
	trap->whole_domain = pattern.local[0] == '\0';
	trap->subdomains = pattern.subdomains;
	trap->local_hash = trap->whole_domain ? 0 : id;
	code = trap_put(txn, trap);
	return code != 0 ? code : trap_change_domain(txn, trap->domain, true);
}

int
trap_remove(struct store_txn *txn, const char *text)
{
	struct trap_pattern pattern;
	struct trap trap;
	uint64_t id = 0;
	int code = trap_pattern_parse(text, &pattern);

	if (code == 0)
		code = find_pattern(txn, &pattern, &id, &trap);
	if (code == 0)
		code = trap_delete(txn, id);
	return code != 0 ? code : trap_change_domain(txn, trap.domain, false);
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
	int match = trap_count_domain(txn, domain, &count);

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
