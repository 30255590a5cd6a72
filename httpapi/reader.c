#include "httpapi/reader.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "httpapi/lookup.h"

/* A zone of the longest name, every octet escaped twice, takes half of it. */
#define UNKNOWN_MAX 4096

struct readers {
	struct store *store;
	pthread_mutex_t lock;
	struct reader *idle;
};

int
readers_new(struct store *store, struct readers **out)
{
	struct readers *readers = calloc(1, sizeof(*readers));

	if (readers == NULL)
		return -ENOMEM;
	readers->store = store;
	pthread_mutex_init(&readers->lock, NULL);
	*out = readers;
	return 0;
}

static struct reader *
make(void)
{
	struct reader *reader = calloc(1, sizeof(*reader));

	if (reader != NULL)
		strbuf_init(&reader->unknown, UNKNOWN_MAX);
	return reader;
}

static void
discard(struct reader *reader)
{
	store_abort(reader->txn);
	strbuf_deinit(&reader->unknown);
	free(reader);
}

void
readers_free(struct readers *readers)
{
	struct reader *reader, *next;

	if (readers == NULL)
		return;
	for (reader = readers->idle; reader != NULL; reader = next) {
		next = reader->next;
		discard(reader);
	}
	pthread_mutex_destroy(&readers->lock);
	free(readers);
}

static void
reset(struct reader *reader)
{
	if (reader->open)
		store_reset(reader->txn);
	reader->open = false;
}

/*
 * store_renew is tried once: a reader whose slot was lost (the machine slept,
 * another process cleaned up) is thrown away and a new one begun.
 */
static int
begin(struct readers *readers, struct reader *reader)
{
	int code = -EAGAIN;

	if (reader->open && store_is_newest(reader->txn))
		return 0;
	reset(reader);
	if (reader->txn != NULL)
		code = store_renew(reader->txn);
	if (code != 0) {
		store_abort(reader->txn);
		reader->txn = NULL;
		reader->zone_as_of = 0;
		code = store_begin_read(readers->store, &reader->txn);
	}
	reader->open = code == 0;
	return code;
}

static int
read_zone(struct reader *reader)
{
	uint64_t as_of = store_txn_id(reader->txn);
	int code;

	if (reader->zone_as_of == as_of)
		return 0;
	code = zone_settings_get(reader->txn, &reader->zone);
	if (code != 0)
		return code;
	code = lookup_apart(reader->txn, &reader->apart);
	if (code != 0)
		return code;
	dname_format(reader->zone.origin, reader->zone_name);
	strbuf_clear(&reader->unknown);
	lookup_write_unknown(
	    &reader->zone, reader->zone_name, &reader->unknown);
	reader->zone_as_of = as_of;
	return reader->unknown.error;
}

int
reader_take(struct readers *readers, struct reader **out)
{
	struct reader *reader;
	int code;

	pthread_mutex_lock(&readers->lock);
	reader = readers->idle;
	if (reader != NULL)
		readers->idle = reader->next;
	pthread_mutex_unlock(&readers->lock);
	if (reader == NULL)
		reader = make();
	if (reader == NULL)
		return -ENOMEM;
	code = begin(readers, reader);
	if (code == 0)
		code = read_zone(reader);
	if (code != 0)
		discard(reader);
	else
		*out = reader;
	return code;
}

void
reader_give(struct readers *readers, struct reader *reader)
{
	pthread_mutex_lock(&readers->lock);
	reader->next = readers->idle;
	readers->idle = reader;
	pthread_mutex_unlock(&readers->lock);
}

void
readers_rest(struct readers *readers)
{
	pthread_mutex_lock(&readers->lock);
	for (struct reader *reader = readers->idle; reader != NULL;
	     reader = reader->next)
		reset(reader);
	pthread_mutex_unlock(&readers->lock);
}
