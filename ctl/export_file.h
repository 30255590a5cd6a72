#ifndef CTL_EXPORT_FILE_H
#define CTL_EXPORT_FILE_H

#include <limits.h>
#include <stdio.h>

/*
 * A file that is there whole or as it was: written under another name in the
 * same folder, on disk before it takes its own.
 */
struct export_file {
	const char *path; /* NULL: standard output, in the end */
	char folder[PATH_MAX];
	char temporary[PATH_MAX];
	FILE *stream;
};

/*
 * 0 or a negative code; ERROR_REFUSED where something other than a file stands
 * at `path` (a device, say, which must not be replaced). `path` is borrowed.
 */
int export_file_open(struct export_file *file, const char *path);

/* Both close the stream. 0 or a negative code; then nothing is left behind. */
int export_file_commit(struct export_file *file);
void export_file_drop(struct export_file *file);

#endif
