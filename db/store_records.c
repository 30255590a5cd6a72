#include <errno.h>
#include <stdlib.h>

#include "common/error.h"
#include "db/store_private.h"

/*
 * Records and cursors of a transaction's tables.
 */

static MDB_val
to_val(struct octets octets)
{
	return (MDB_val){ octets.len, (void *)octets.data };
}

static struct octets
from_val(MDB_val val)
{
	return OCTETS(val.mv_data, val.mv_size);
}

/* Each call of LMDB for the table's pages begins here and ends in outcome(). */
static MDB_dbi
at_work(struct store_txn *txn, enum store_table table)
{
	store_at_work = txn->store;
	return txn->store->tables[table];
}

/*
 * Once a change has failed half-way LMDB refuses all that follows; its reason
 * is the one to give then.
 */
static int
outcome(struct store_txn *txn, int rc)
{
	int code;

	store_at_work = NULL;
	if (rc == 0)
		return 0;
	code = store_translate(rc);
	if (code == ERROR_NOT_FOUND || code == ERROR_EXISTS ||
	    rc == MDB_BAD_VALSIZE)
		return code;
	if (txn->failed != 0)
		return txn->failed;
	txn->failed = code;
	if (rc == MDB_MAP_FULL)
		store_reap_readers(txn->store);
	store_complain(txn->store, rc, txn->writes ? "change" : "read");
	return code;
}

int
store_get(struct store_txn *txn, enum store_table table, struct octets key,
    struct octets *value)
{
	MDB_val k = to_val(key), v;
	int rc = mdb_get(txn->txn, at_work(txn, table), &k, &v);

	if (rc == 0)
		*value = from_val(v);
	return outcome(txn, rc);
}

static int
put(struct store_txn *txn, enum store_table table, struct octets key,
    struct octets value, unsigned flags)
{
	MDB_val k = to_val(key), v = to_val(value);

	return outcome(
	    txn, mdb_put(txn->txn, at_work(txn, table), &k, &v, flags));
}

int
store_put(struct store_txn *txn, enum store_table table, struct octets key,
    struct octets value)
{
	return put(txn, table, key, value, 0);
}

int
store_append(struct store_txn *txn, enum store_table table, struct octets key,
    struct octets value)
{
	return put(txn, table, key, value, MDB_APPEND);
}

int
store_delete(struct store_txn *txn, enum store_table table, struct octets key)
{
	MDB_val k = to_val(key);

	return outcome(txn, mdb_del(txn->txn, at_work(txn, table), &k, NULL));
}

int
store_clear(struct store_txn *txn, enum store_table table)
{
	return outcome(txn, mdb_drop(txn->txn, at_work(txn, table), 0));
}

uint64_t
store_count(struct store_txn *txn, enum store_table table)
{
	MDB_stat stat;

	if (outcome(txn, mdb_stat(txn->txn, at_work(txn, table), &stat)) != 0)
		return 0;
	return stat.ms_entries;
}

/* --- cursors -------------------------------------------------------------- */

static void
link_in(struct store_txn *txn, struct store_cursor *cursor)
{
	cursor->previous = NULL;
	cursor->next = txn->cursors;
	if (cursor->next != NULL)
		cursor->next->previous = cursor;
	txn->cursors = cursor;
}

static void
link_out(struct store_cursor *cursor)
{
	if (cursor->previous != NULL)
		cursor->previous->next = cursor->next;
	else
		cursor->txn->cursors = cursor->next;
	if (cursor->next != NULL)
		cursor->next->previous = cursor->previous;
}

static int
make_cursor(
    struct store_txn *txn, enum store_table table, struct store_cursor **out)
{
	struct store_cursor *cursor = calloc(1, sizeof(*cursor));
	int code;

	if (cursor == NULL)
		return -ENOMEM;
	code = outcome(txn,
	    mdb_cursor_open(txn->txn, at_work(txn, table), &cursor->cursor));
	if (code != 0) {
		free(cursor);
		return code;
	}
	cursor->txn = txn;
	cursor->table = table;
	*out = cursor;
	return 0;
}

/* A reader that is renewed again and again makes its cursors once. */
int
store_cursor_open(
    struct store_txn *txn, enum store_table table, struct store_cursor **out)
{
	struct store_cursor *spare = txn->spare[table];
	int code;

	if (spare == NULL) {
		code = make_cursor(txn, table, out);
	} else {
		*out = spare;
		code = store_cursor_renew(txn, spare);
		if (code == 0)
			txn->spare[table] = NULL;
	}
	if (code == 0)
		link_in(txn, *out);
	return code;
}

int
store_cursor_renew(struct store_txn *txn, struct store_cursor *cursor)
{
	return outcome(txn, mdb_cursor_renew(txn->txn, cursor->cursor));
}

void
store_cursor_close(struct store_cursor *cursor)
{
	struct store_txn *txn = cursor != NULL ? cursor->txn : NULL;

	if (txn == NULL) {
		free(cursor);
		return;
	}
	link_out(cursor);
	if (!txn->writes && txn->spare[cursor->table] == NULL) {
		txn->spare[cursor->table] = cursor;
		return;
	}
	mdb_cursor_close(cursor->cursor);
	free(cursor);
}

static int
get(struct store_cursor *cursor, MDB_cursor_op op, MDB_val *k,
    struct octets *key, struct octets *value)
{
	MDB_val v;
	int rc;

	store_at_work = cursor->txn->store;
	rc = mdb_cursor_get(cursor->cursor, k, &v, op);

	if (rc == 0) {
		*key = from_val(*k);
		*value = from_val(v);
	}
	return outcome(cursor->txn, rc);
}

int
store_move(struct store_cursor *cursor, enum store_move move,
    struct octets *key, struct octets *value)
{
	static const MDB_cursor_op ops[] = {
		[STORE_FIRST] = MDB_FIRST,
		[STORE_LAST] = MDB_LAST,
		[STORE_NEXT] = MDB_NEXT,
		[STORE_PREV] = MDB_PREV,
	};
	MDB_val k;

	return get(cursor, ops[move], &k, key, value);
}

int
store_seek(struct store_cursor *cursor, struct octets from, struct octets *key,
    struct octets *value)
{
	MDB_val k = to_val(from);

	return get(cursor, MDB_SET_RANGE, &k, key, value);
}

int
store_seek_before(struct store_cursor *cursor, struct octets than,
    struct octets *key, struct octets *value)
{
	int code = store_seek(cursor, than, key, value);

	if (code == ERROR_NOT_FOUND)
		return store_move(cursor, STORE_LAST, key, value);
	return code != 0 ? code : store_move(cursor, STORE_PREV, key, value);
}

int
store_cursor_delete(struct store_cursor *cursor)
{
	store_at_work = cursor->txn->store;
	return outcome(cursor->txn, mdb_cursor_del(cursor->cursor, 0));
}
