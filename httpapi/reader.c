#include "httpapi/reader.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "httpapi/lookup.h"

/* A zone of the longest name, every octet escaped twice, takes half of it. */
#define UNKNOWN_MAX 4096

/* What a thread has laid aside; whoever rests readers comes to it as well. */
struct shelf {
	struct shelf *next;
	_Atomic(struct reader *) idle;
};

struct readers {
	struct store *store;
	pthread_key_t here;   /* the calling thread's shelf */
	pthread_mutex_t lock; /* for a thread that comes, and to walk */
	struct shelf *shelves;
};

int
readers_new(struct store *store, struct readers **out)
{
	struct readers *readers = calloc(1, sizeof(*readers));
	int code;

	if (readers == NULL)
		return -ENOMEM;
	readers->store = store;
	pthread_mutex_init(&readers->lock, NULL);
	code = pthread_key_create(&readers->here, NULL);
	if (code == 0)
		*out = readers;
	else
		free(readers);
	return -code;
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
	if (reader == NULL)
		return;
	store_abort(reader->txn);
	strbuf_deinit(&reader->unknown);
	free(reader);
}

void
readers_free(struct readers *readers)
{
	struct shelf *next;

	if (readers == NULL)
		return;
	for (struct shelf *shelf = readers->shelves; shelf != NULL;
	     shelf = next) {
		next = shelf->next;
		discard(atomic_load(&shelf->idle));
		free(shelf);
	}
	pthread_mutex_destroy(&readers->lock);
	pthread_key_delete(readers->here);
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

/* --- a thread's own ------------------------------------------------------- */

static struct shelf *
add_shelf(struct readers *readers)
{
	struct shelf *shelf = calloc(1, sizeof(*shelf));

	if (shelf == NULL)
		return NULL;
	pthread_mutex_lock(&readers->lock);
	shelf->next = readers->shelves;
	readers->shelves = shelf;
	pthread_mutex_unlock(&readers->lock);
	return shelf;
}

/* NULL where there is no memory: such a thread lays nothing aside. */
static struct shelf *
shelf_here(struct readers *readers)
{
	struct shelf *here = pthread_getspecific(readers->here);

	if (here == NULL) {
		here = add_shelf(readers);
		pthread_setspecific(readers->here, here);
	}
	return here;
}

int
reader_take(struct readers *readers, struct reader **out)
{
	struct shelf *shelf = shelf_here(readers);
	struct reader *reader = NULL;
	int code;

	if (shelf != NULL)
		reader = atomic_exchange(&shelf->idle, NULL);
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

/* Where two were out, or one was being rested, the last one stays. */
void
reader_give(struct readers *readers, struct reader *reader)
{
	struct shelf *shelf = shelf_here(readers);

	discard(shelf != NULL ? atomic_exchange(&shelf->idle, reader) : reader);
}

static void
rest(struct shelf *shelf)
{
	struct reader *reader = atomic_exchange(&shelf->idle, NULL);
	struct reader *none = NULL;

	if (reader == NULL)
		return;
	reset(reader);
	if (!atomic_compare_exchange_strong(&shelf->idle, &none, reader))
		discard(reader);
}

void
readers_rest(struct readers *readers)
{
	pthread_mutex_lock(&readers->lock);
	for (struct shelf *shelf = readers->shelves; shelf != NULL;
	     shelf = shelf->next)
		rest(shelf);
	pthread_mutex_unlock(&readers->lock);
}
