#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "db/store_private.h"

/*
 * The place of a database, taken by who replaces it. What is to stand there is
 * made in a directory beside the files, on the same file system, so that one
 * rename puts it in.
 */
#define COPY "restore.new"
#define REPLACED "data.mdb.replaced"

struct store_place {
	char *path, *copy;
	int hold_fd; /* an exclusive flock */
};

bool
store_is_there(const struct settings *settings)
{
	char *file = store_file(settings->database.path, STORE_DATA);
	struct stat st;
	bool there = file != NULL && stat(file, &st) == 0 && st.st_size > 0;

	free(file);
	return there;
}

const char *
store_place_copy(const struct store_place *place)
{
	return place->copy;
}

/* What an attempt that was cut off has left, or this one. */
static void
remove_copy(const struct store_place *place)
{
	static const char *const names[] = { STORE_DATA, STORE_LOCK,
		STORE_HOLD };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *file = store_file(place->copy, names[i]);

		if (file != NULL)
			unlink(file);
		free(file);
	}
	rmdir(place->copy);
}

int
store_place_take(const struct settings *settings, struct store_place **out)
{
	struct store_place *place = calloc(1, sizeof(*place));
	int code = -ENOMEM;

	if (place == NULL)
		return code;
	place->hold_fd = -1;
	place->path = strdup(settings->database.path);
	if (place->path != NULL)
		place->copy = store_file(place->path, COPY);
	if (place->copy != NULL)
		code = store_files_make(place->path, settings->database.group);
	if (code == 0)
		code = store_files_hold_alone(place->path, &place->hold_fd);
	if (code != 0) {
		store_place_leave(place);
		return code;
	}
	remove_copy(place);
	*out = place;
	return 0;
}

void
store_place_leave(struct store_place *place)
{
	if (place == NULL)
		return;
	if (place->hold_fd >= 0) {
		remove_copy(place);
		close(place->hold_fd);
	}
	free(place->copy);
	free(place->path);
	free(place);
}

/* Owner, group and mode of the file that it replaces. */
static int
dress(const char *new, const char *old)
{
	struct stat st;

	if (stat(old, &st) != 0)
		return -errno;
	if (chown(new, st.st_uid, st.st_gid) != 0 && errno != EPERM)
		return -errno;
	return chmod(new, st.st_mode & 07777) == 0 ? 0 : -errno;
}

/* An empty file, as a place that was just made has it, is not kept. */
static int
keep_old(const char *old, const char *kept)
{
	struct stat st;

	if (stat(old, &st) != 0)
		return -errno;
	if (st.st_size == 0)
		return 0;
	if (unlink(kept) != 0 && errno != ENOENT)
		return -errno;
	return link(old, kept) == 0 ? 0 : -errno;
}

int
store_place_fill(struct store_place *place)
{
	char *new = store_file(place->copy, STORE_DATA);
	char *old = store_file(place->path, STORE_DATA);
	char *kept = store_file(place->path, REPLACED);
	char where[LOG_TEXT_MAX];
	int code = -ENOMEM;

	if (new != NULL && old != NULL &&kept != NULL)
		code = dress(new, old);
	if (code == 0)
		code = keep_old(old, kept);
	if (code == 0 && rename(new, old) != 0)
		code = -errno;
	if (code == 0)
		code = store_sync_directory(place->path);
	if (code != 0)
		log_error("restore_failed path=%s reason=\"%s\" "
			  "remedy=\"see to the disk; the old database is as "
			  "it was\"",
		    log_escape(place->path, where), error_text(code));
	free(new);
	free(old);
	free(kept);
	return code;
}
