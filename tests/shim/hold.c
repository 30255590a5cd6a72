#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * LD_PRELOAD=hold.so: a disk that keeps a reader waiting. While the file that
 * BSBL_HOLD names is there, read() of a file whose name ends as the first line
 * of it does not return; a file of the same name with ".held", opened before
 * the program may confine itself, is written to while one waits.
 */
#define LOOK_NS 5000000

static ssize_t (*real_read)(int fd, void *octets, size_t size);
static const char *hold_path;
static int told = -1;

__attribute__((constructor)) static void
begin(void)
{
	char path[4096];

	*(void **)&real_read = dlsym(RTLD_NEXT, "read");
	hold_path = getenv("BSBL_HOLD");
	if (hold_path == NULL)
		return;
	snprintf(path, sizeof(path), "%s.held", hold_path);
	told = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
}

static int
is_held(int fd)
{
	char link[64], name[4096], end[64] = "";
	FILE *file = hold_path != NULL ? fopen(hold_path, "re") : NULL;
	ssize_t len;
	size_t n;

	if (file == NULL)
		return 0;
	if (fgets(end, sizeof(end), file) == NULL)
		end[0] = '\0';
	fclose(file);
	n = strcspn(end, "\n");
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, name, sizeof(name));
	return n > 0 && len >= (ssize_t)n &&
	       memcmp(name + len - n, end, n) == 0;
}

ssize_t
read(int fd, void *octets, size_t size)
{
	const struct timespec look = { 0, LOOK_NS };

	while (is_held(fd)) {
		if (write(told, "held\n", 5) != 5)
			abort();
		nanosleep(&look, NULL);
	}
	return real_read(fd, octets, size);
}
