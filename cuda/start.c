/*
 * start.c: a context whose device starts while its caller goes on.
 */
#include "start.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

/* How long the pauses of those who wait are. */
#define NAP_NANOSECONDS 100000

struct GeStart
{
	GeContext *context;
	GeStarter run;
	pthread_t thread;
	bool has_thread; /* not joined yet */
	/* of the thread until is_over, of the caller afterwards: */
	GeStatus status;
	GeError error;
	atomic_bool is_over;
};

static void *
run_starter(void *arg)
{
	struct GeStart *start = arg;

	start->status = start->run(start->context, &start->error);
	atomic_store_explicit(&start->is_over, true, memory_order_release);
	return NULL;
}

GeStatus
ge_start_begin(GeContext *context, GeStarter run, GeError *error)
{
	struct GeStart *start;

	if (!context->options.may_start_later)
		return run(context, error);
	start = calloc(1, sizeof *start);
	if (start == NULL)
		return ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for a thread");
	start->context = context;
	start->run = run;
	atomic_init(&start->is_over, false);
	context->start = start;
	start->has_thread = pthread_create(&start->thread, NULL, run_starter, start) == 0;
	if (start->has_thread)
		return GE_OK;
	(void) run_starter(start);
	return ge_start_wait(context, error);
}

bool
ge_start_is_over(const GeContext *context)
{
	return context->start == NULL ||
		   atomic_load_explicit(&context->start->is_over, memory_order_acquire);
}

GeStatus
ge_start_wait(GeContext *context, GeError *error)
{
	const struct timespec nap = {0, NAP_NANOSECONDS};

	while (!ge_start_is_over(context))
	{
		GE_TRY(ge_poll(context, error));
		nanosleep(&nap, NULL);
	}
	if (context->start == NULL || context->start->status == GE_OK)
		return GE_OK;
	*error = context->start->error;
	return context->start->status;
}

void
ge_start_join(const GeContext *context)
{
	struct GeStart *start = context->start;

	if (start == NULL || !start->has_thread)
		return;
	(void) pthread_join(start->thread, NULL);
	start->has_thread = false;
}

void
ge_start_close(GeContext *context)
{
	ge_start_join(context);
	free(context->start);
	context->start = NULL;
}
