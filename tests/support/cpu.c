#include "tests/support/cpu.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static FILE *
open_proc(long pid, const char *rest)
{
	char path[300];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%ld/%s", pid, rest);
	file = fopen(path, "r");
	if (file == NULL) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	return file;
}

/* All threads: nanoseconds on a processor are the first word of schedstat. */
static double
read_total(long pid)
{
	char path[64];
	struct dirent *entry;
	double seconds = 0;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%ld/task", pid);
	tasks = opendir(path);
	while (tasks != NULL && (entry = readdir(tasks)) != NULL) {
		unsigned long long ns = 0;
		char rest[280];
		FILE *file;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(
		    rest, sizeof(rest), "task/%s/schedstat", entry->d_name);
		file = open_proc(pid, rest);
		if (fscanf(file, "%llu", &ns) == 1)
			seconds += (double)ns / 1e9;
		fclose(file);
	}
	if (tasks != NULL)
		closedir(tasks);
	return seconds;
}

/* The fourteenth field, behind a name that may hold anything. */
static double
read_user(long pid)
{
	FILE *file = open_proc(pid, "stat");
	char line[1024] = "", *at;
	unsigned long ticks = 0;

	if (fgets(line, sizeof(line), file) == NULL)
		line[0] = '\0';
	fclose(file);
	at = strrchr(line, ')');
	if (at != NULL)
		sscanf(at + 1,
		    " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu", &ticks);
	return (double)ticks / (double)sysconf(_SC_CLK_TCK);
}

void
cpu_time_read(const char *pids, struct cpu_time *time)
{
	*time = (struct cpu_time){ 0, 0 };
	while (pids != NULL && *pids != '\0') {
		char *end;
		long pid = strtol(pids, &end, 10);

		time->total += read_total(pid);
		time->user += read_user(pid);
		pids = *end == ',' ? end + 1 : NULL;
	}
}
