#include <fcntl.h>
#include <unistd.h>

#include "db/store_private.h"

/*
 * bsbl.lock is empty; what is locked of it are octets that it does not have.
 * Each program has a range of them, one for each second since 1970. What it
 * holds there, by its own open file, is the time for which it has lived.
 */
#define RANGE_BITS 40 /* 35,000 years */

/* Far behind those, one for each number. */
#define CLAIMS (INT64_C(1) << 62)

static off_t
octet_of(enum store_program which, int64_t second)
{
	return (off_t)(((int64_t)which + 1) << RANGE_BITS | second);
}

static int
change(const struct store *store, short type, off_t from, off_t to)
{
	struct flock lock = { .l_type = type,
		.l_whence = SEEK_SET,
		.l_start = from,
		.l_len = to - from };

	return fcntl(store->hold_fd, F_OFD_SETLK, &lock);
}

void
store_live(struct store *store, enum store_program which, int64_t now)
{
	int64_t since = atomic_load(&store->alive_since);

	if (now <= 0)
		return;
	/* The clock was set back: what lies ahead has not been yet. */
	if (now < atomic_load(&store->alive_at))
		change(
		    store, F_UNLCK, octet_of(which, 0), octet_of(which + 1, 0));
	if (since == 0 || now < since)
		since = now;
	if (change(store, F_RDLCK, octet_of(which, since),
		octet_of(which, now + 1)) != 0)
		return;
	store->program = which;
	atomic_store(&store->alive_since, since);
	atomic_store(&store->alive_at, now);
}

struct store_life
store_life(const struct store *store, enum store_program which)
{
	/* As if to write: only that is held up by who reads. */
	struct flock lock = { .l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = octet_of(which, 0),
		.l_len = octet_of(which + 1, 0) - octet_of(which, 0) };
	struct store_life life = { .runs = false };

	if (atomic_load(&store->alive_at) != 0 && store->program == which)
		return (struct store_life){ true,
			atomic_load(&store->alive_since),
			atomic_load(&store->alive_at) };
	if (fcntl(store->hold_fd, F_OFD_GETLK, &lock) != 0 ||
	    lock.l_type == F_UNLCK)
		return life;
	life.runs = true;
	life.since = lock.l_start - octet_of(which, 0);
	life.last = life.since + lock.l_len - 1;
	return life;
}

/* --- work ----------------------------------------------------------------- */

static off_t
octet_of_work(uint64_t number)
{
	return (off_t)(CLAIMS | (int64_t)(number & (CLAIMS - 1)));
}

bool
store_claim(struct store *store, uint64_t number)
{
	off_t octet = octet_of_work(number);

	return change(store, F_WRLCK, octet, octet + 1) == 0;
}

void
store_unclaim(struct store *store, uint64_t number)
{
	off_t octet = octet_of_work(number);

	change(store, F_UNLCK, octet, octet + 1);
}

bool
store_is_claimed(const struct store *store, uint64_t number)
{
	struct flock lock = { .l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = octet_of_work(number),
		.l_len = 1 };

	return fcntl(store->hold_fd, F_OFD_GETLK, &lock) == 0 &&
	       lock.l_type != F_UNLCK;
}

const char *
store_program_name(enum store_program which)
{
	static const char *const names[STORE_PROGRAMS] = {
		[STORE_INGEST] = "bsbl-ingest",
		[STORE_DNSD] = "bsbl-dnsd",
		[STORE_HTTPAPI] = "bsbl-httpapi",
	};

	return names[which];
}
