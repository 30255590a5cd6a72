#include "ctl/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * What one step of a feed adds at most: two thousand names with sixteen lines
 * of text each.
 */
#define STEP_OCTETS_MAX (32 << 20)

#define COPY_OCTETS (64 << 10)

void
spool_init(struct spool *spool, FILE *file)
{
	strbuf_init(&spool->text, STEP_OCTETS_MAX);
	spool->file = file;
	spool->borrowed = file != NULL;
	spool->octets = 0;
	spool->error = 0;
}

void
spool_deinit(struct spool *spool)
{
	strbuf_deinit(&spool->text);
	if (spool->file != NULL && !spool->borrowed)
		fclose(spool->file);
	spool->file = NULL;
}

bool
spool_is_empty(const struct spool *spool)
{
	return spool->octets == 0 && spool->text.len == 0;
}

FILE *
spool_file(const char *folder)
{
	char path[4096];
	int fd;

	if (snprintf(path, sizeof(path), "%s/.bsbl-XXXXXX", folder) >=
	    (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return NULL;
	unlink(path);
	return fdopen(fd, "w+");
}

static void
fail(struct spool *spool, int error)
{
	if (spool->error == 0)
		spool->error = error;
}

void
spool_flush(struct spool *spool, const char *folder)
{
	struct strbuf *text = &spool->text;

	if (text->error != 0)
		fail(spool, text->error);
	if (spool->file == NULL && text->len > 0)
		spool->file = spool_file(folder);
	if (text->len == 0 || spool->error != 0)
		return;
	if (spool->file == NULL ||
	    fwrite(text->text, 1, text->len, spool->file) < text->len)
		fail(spool, -errno);
	spool->octets += text->len;
	strbuf_clear(text);
}

int
spool_copy(FILE *from, FILE *to, uint64_t *octets)
{
	char piece[COPY_OCTETS];
	size_t len;

	rewind(from);
	while ((len = fread(piece, 1, sizeof(piece), from)) > 0) {
		if (fwrite(piece, 1, len, to) < len)
			return -errno;
		*octets += len;
	}
	return ferror(from) ? -EIO : 0;
}

void
spool_append(struct spool *to, struct spool *from, const char *folder)
{
	int error;

	spool_flush(to, folder);
	spool_flush(from, folder);
	if (from->error != 0)
		fail(to, from->error);
	if (to->error != 0 || from->file == NULL)
		return;
	error = spool_copy(from->file, to->file, &to->octets);
	if (error != 0)
		fail(to, error);
}
