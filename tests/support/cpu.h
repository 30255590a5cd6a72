#ifndef TESTS_SUPPORT_CPU_H
#define TESTS_SUPPORT_CPU_H

/*
 * Seconds of CPU that processes have used, with all their threads. The total is
 * exact; what of it was their own code's the kernel samples, so that it takes
 * some seconds to mean anything.
 */
struct cpu_time {
	double total, user;
};

/* `pids` "12,34"; NULL: none, and zero. Ends the program when one is gone. */
void cpu_time_read(const char *pids, struct cpu_time *time);

#endif
