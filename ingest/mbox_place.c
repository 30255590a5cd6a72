#include "ingest/mbox_place.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct place {
	intmax_t offset;
	uintmax_t device, inode;
};

struct places {
	struct place list[MBOX_PLACES_MAX];
	unsigned count;
};

/* There is always room for one more. */
static void
add(struct places *places, const struct place *place)
{
	if (places->count == MBOX_PLACES_MAX) {
		places->count--;
		memmove(places->list, places->list + 1,
		    places->count * sizeof(*places->list));
	}
	places->list[places->count++] = *place;
}

static bool
is_of(const struct place *place, const struct stat *mbox)
{
	return place->device == mbox->st_dev && place->inode == mbox->st_ino;
}

static void
forget(struct places *places, const struct stat *mbox)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < places->count; i++) {
		if (!is_of(&places->list[i], mbox))
			places->list[kept++] = places->list[i];
	}
	places->count = kept;
}

/* What is no line of ours ends it. */
static struct places *
load(const char *path)
{
	struct places *places = calloc(1, sizeof(*places));
	FILE *file = places != NULL ? fopen(path, "re") : NULL;
	struct place place;

	/* NOLINTNEXTLINE(cert-err34-c): a number too large names no mbox */
	while (file != NULL && fscanf(file, "%jd %ju %ju", &place.offset,
				   &place.device, &place.inode) == 3)
		add(places, &place);
	if (file != NULL)
		fclose(file);
	return places;
}

static int
write_all(const char *path, const struct places *places)
{
	FILE *file = fopen(path, "we");
	int error = 0;

	if (file == NULL)
		return -errno;
	for (unsigned i = 0; i < places->count; i++) {
		const struct place *place = &places->list[i];

		fprintf(file, "%jd %ju %ju\n", place->offset, place->device,
		    place->inode);
	}
	if (ferror(file))
		error = -EIO;
	if (fclose(file) != 0 && error == 0)
		error = -errno;
	return error;
}

off_t
mbox_place_find(const char *path, const struct stat *mbox)
{
	struct places *places = load(path);
	intmax_t found = 0;

	for (unsigned i = 0; places != NULL && i < places->count; i++) {
		if (is_of(&places->list[i], mbox))
			found = places->list[i].offset;
	}
	free(places);
	return found > 0 && found <= mbox->st_size ? (off_t)found : 0;
}

int
mbox_place_keep(const char *path, const struct stat *mbox, off_t offset)
{
	const struct place place = { offset, mbox->st_dev, mbox->st_ino };
	struct places *places;
	char made[PATH_MAX];
	int code;

	if (snprintf(made, sizeof(made), "%s.%ld", path, (long)getpid()) >=
	    (int)sizeof(made))
		return -ENAMETOOLONG;
	places = load(path);
	if (places == NULL)
		return -ENOMEM;
	forget(places, mbox);
	add(places, &place);
	code = write_all(made, places);
	if (code == 0 && rename(made, path) != 0)
		code = -errno;
	if (code != 0)
		unlink(made);
	free(places);
	return code;
}
