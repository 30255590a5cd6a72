#include "ctl/export_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "ctl/spool.h"

/* --- opening -------------------------------------------------------------- */

/* The folder in which the temporary name stands. 0 or -ENAMETOOLONG. */
static int
set_folder(struct export_file *file)
{
	const char *slash = file->path != NULL ? strrchr(file->path, '/') : "";
	int len;

	if (file->path == NULL)
		len = snprintf(
		    file->folder, sizeof(file->folder), "%s", P_tmpdir);
	else if (slash == NULL)
		len = snprintf(file->folder, sizeof(file->folder), ".");
	else
		len = snprintf(file->folder, sizeof(file->folder), "%.*s",
		    (int)(slash - file->path) + 1, file->path);
	return len < (int)sizeof(file->folder) ? 0 : -ENAMETOOLONG;
}

/* As those of the file that is replaced, else as the umask would have it. */
static mode_t
mode_for(const struct stat *there)
{
	mode_t mask;

	if (there != NULL)
		return there->st_mode & 0777;
	mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

static int
open_temporary(struct export_file *file, mode_t mode)
{
	int fd;

	if (snprintf(file->temporary, sizeof(file->temporary),
		"%s/.bsbl-XXXXXX",
		file->folder) >= (int)sizeof(file->temporary))
		return -ENAMETOOLONG;
	fd = mkostemp(file->temporary, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	file->stream = fdopen(fd, "w");
	if (file->stream != NULL && fchmod(fd, mode) == 0)
		return 0;
	if (file->stream == NULL)
		close(fd);
	export_file_drop(file);
	return -errno;
}

int
export_file_open(struct export_file *file, const char *path)
{
	struct stat there;
	int error;

	*file = (struct export_file){ .path = path };
	error = set_folder(file);
	if (error != 0)
		return error;
	if (path == NULL) {
		file->stream = spool_file(file->folder);
		return file->stream != NULL ? 0 : -errno;
	}
	if (stat(path, &there) != 0)
		return errno == ENOENT ? open_temporary(file, mode_for(NULL))
				       : -errno;
	if (!S_ISREG(there.st_mode))
		return ERROR_REFUSED;
	return open_temporary(file, mode_for(&there));
}

/* --- ending --------------------------------------------------------------- */

void
export_file_drop(struct export_file *file)
{
	int error = errno;

	if (file->stream != NULL)
		fclose(file->stream);
	file->stream = NULL;
	if (file->temporary[0] != '\0')
		unlink(file->temporary);
	file->temporary[0] = '\0';
	errno = error;
}

/* So that the new name outlasts a power failure. */
static int
sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error = 0;

	if (fd < 0)
		return -errno;
	/* Not every file system knows what that would be. */
	if (fsync(fd) != 0 && errno != EINVAL)
		error = -errno;
	close(fd);
	return error;
}

static int
put_in_place(struct export_file *file)
{
	if (fsync(fileno(file->stream)) != 0 ||
	    rename(file->temporary, file->path) != 0)
		return -errno;
	file->temporary[0] = '\0';
	return sync_folder(file->folder);
}

int
export_file_commit(struct export_file *file)
{
	int error = fflush(file->stream) == 0 ? 0 : -errno;
	uint64_t octets = 0;

	if (error == 0)
		error = file->path != NULL
			    ? put_in_place(file)
			    : spool_copy(file->stream, stdout, &octets);
	export_file_drop(file);
	return error;
}
