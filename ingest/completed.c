#include "ingest/completed.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

int
completed_init(struct completed *completed)
{
	job_queue_init(&completed->jobs);
	completed->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	return completed->fd < 0 ? -errno : 0;
}

void
completed_deinit(struct completed *completed)
{
	if (completed->fd >= 0)
		close(completed->fd);
	job_queue_deinit(&completed->jobs);
}

void
completed_put(struct completed *completed, struct job *job)
{
	job_queue_put(&completed->jobs, job);
}

void
completed_tell(struct completed *completed)
{
	/* It cannot fail but by a counter full of news already. */
	(void)eventfd_write(completed->fd, 1);
}

void
completed_put_list(struct completed *completed, struct job *jobs,
    const struct job *rest, int result)
{
	while (jobs != NULL && jobs != rest) {
		struct job *next = jobs->next;

		if (job_of(jobs)->result == 0)
			job_of(jobs)->result = result;
		completed_put(completed, jobs);
		jobs = next;
	}
	completed_tell(completed);
}

struct job *
completed_take_all(struct completed *completed)
{
	eventfd_t news;

	/* Nothing to read is as good. */
	(void)eventfd_read(completed->fd, &news);
	return job_queue_take_all(&completed->jobs);
}
