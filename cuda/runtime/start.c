/*
 * start.c: something slow that runs in a thread while its caller goes on, or goes away.
 *
 * Who comes second puts away: the thread says that it is over, or the caller that it ends
 * the start, by one exchange of `state`.  Every thread is in a list until it is joined, so
 * that the process can wait for all there is of them, destructors included.
 */
#include "runtime/start.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "backend/thread.h"

/* The pause between two looks of a waiting thread. */
#define NAP_NANOSECONDS 100000

enum
{
	RUNNING,
	OVER,  /* run() is, and the caller is there */
	ENDED, /* the caller is not there */
	CLOSED /* nor is anything else to be done: the thread is gone, or about to be */
};

struct GeStart
{
	GeStartJob job;
	pthread_t thread;
	/* of the thread until state is OVER, of the caller from then on: */
	GeStatus status;
	GeError error;
	atomic_int state;
	struct GeStart *next; /* in `starts` */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static GeStart *starts; /* guarded by lock */

static void *
run_job(void *arg)
{
	GeStart *start = arg;
	int state = RUNNING;

	start->status = start->job.run(start->job.arg, &start->error);
	if (atomic_compare_exchange_strong(&start->state, &state, OVER))
		return NULL;
	if (start->job.close != NULL)
		start->job.close(start->job.arg);
	atomic_store(&start->state, CLOSED);
	return NULL;
}

/* Join the threads of all starts, or of those that are closed: they are no more. */
static void
join(bool all)
{
	GeStart **at = &starts;

	pthread_mutex_lock(&lock);
	while (*at != NULL)
	{
		GeStart *start = *at;

		if (!all && atomic_load(&start->state) != CLOSED)
		{
			at = &start->next;
			continue;
		}
		(void) pthread_join(start->thread, NULL);
		*at = start->next;
		free(start);
	}
	pthread_mutex_unlock(&lock);
}

GeStart *
ge_cuda_start_begin(const GeStartJob *job)
{
	GeStart *start = calloc(1, sizeof *start);

	if (start == NULL)
		return NULL;
	join(false);
	start->job = *job;
	atomic_init(&start->state, RUNNING);
	if (!ge_thread_start(&start->thread, run_job, start))
	{
		free(start);
		return NULL;
	}
	pthread_mutex_lock(&lock);
	start->next = starts;
	starts = start;
	pthread_mutex_unlock(&lock);
	return start;
}

bool
ge_cuda_start_is_over(const GeStart *start)
{
	return start == NULL || atomic_load(&start->state) == OVER;
}

GeStatus
ge_cuda_start_wait(const GeStart *start, bool (*cancelled)(void *arg),
				   void *cancelled_arg, GeError *error)
{
	const struct timespec nap = {0, NAP_NANOSECONDS};

	while (!ge_cuda_start_is_over(start))
	{
		if (cancelled != NULL && cancelled(cancelled_arg))
		{
			*error = (GeError){GE_CANCELLED, "cancelled"};
			return GE_CANCELLED;
		}
		nanosleep(&nap, NULL);
	}
	if (start->status != GE_OK)
		*error = start->error;
	return start->status;
}

bool
ge_cuda_start_end(GeStart *start)
{
	int state = RUNNING;

	if (start == NULL)
		return true;
	if (atomic_compare_exchange_strong(&start->state, &state, ENDED))
		return false;
	atomic_store(&start->state, CLOSED);
	join(false);
	return true;
}

void
ge_cuda_start_wait_for_all(void)
{
	join(true);
}
