#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/settings.h"
#include "tests/support/insist.h"

/*
 * A settings file of any octets. Either it is refused with exactly one line
 * that names the file and nothing is left in the settings, or it is silently
 * taken and what is printed of it reads back as the same.
 */

/* Reads octets as a file; what is said on standard error goes to *said. */
static int
read_octets(
    const void *data, size_t size, struct settings *settings, char **said)
{
	FILE *shown = stderr;
	char path[64];
	size_t len;
	int result, fd = memfd_create("settings", MFD_CLOEXEC);

	insist(write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	stderr = open_memstream(said, &len);
	result = settings_read(path, settings);
	fclose(stderr);
	stderr = shown;
	close(fd);
	return result;
}

static char *
print(const struct settings *settings)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	settings_print(settings, out);
	fclose(out);
	return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings settings;
	char *said, *once, *twice;

	if (read_octets(data, size, &settings, &said) != 0) {
		insist(strncmp(said, "/proc/self/fd/", 14) == 0);
		insist(strchr(said, '\n') == said + strlen(said) - 1);
		insist(settings.path == NULL);
		free(said);
		return 0;
	}
	insist(said[0] == '\0');
	free(said);
	once = print(&settings);
	settings_free(&settings);
	insist(read_octets(once, strlen(once), &settings, &said) == 0);
	free(said);
	twice = print(&settings);
	insist(strcmp(once, twice) == 0);
	settings_free(&settings);
	free(twice);
	free(once);
	return 0;
}
