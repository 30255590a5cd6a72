#include "ingest/mailfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int
read_all(int fd, char *octets, size_t size, size_t *len)
{
	ssize_t n = 1;

	*len = 0;
	while (n > 0 && *len < size) {
		n = read(fd, octets + *len, size - *len);
		if (n < 0 && errno != EINTR)
			return -errno;
		*len += n > 0 ? (size_t)n : 0;
		n = n < 0 ? 1 : n;
	}
	return 0;
}

static int
read_opened(int fd, size_t most, struct mailfile *file)
{
	struct stat st;
	size_t size;
	int code;

	if (fstat(fd, &st) != 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	size = (size_t)st.st_size < most ? (size_t)st.st_size : most;
	file->changed_at = st.st_mtime;
	file->octets = malloc(size + 1);
	if (file->octets == NULL)
		return -ENOMEM;
	code = read_all(fd, file->octets, size, &file->len);
	if (code != 0)
		free(file->octets);
	return code;
}

int
mailfile_read(
    int folder_fd, const char *name, size_t most, struct mailfile *file)
{
	/* A FIFO would not even open before somebody writes to it. */
	int fd = openat(
	    folder_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	int code = fd < 0 ? -errno : read_opened(fd, most, file);

	if (fd >= 0)
		close(fd);
	return code;
}
