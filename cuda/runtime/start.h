/*
 * start.h: something slow that runs in a thread while its caller goes on, or goes away.
 *
 * The driver takes 0.15 to 0.5 s for the first context of a process, and no call of it can
 * be interrupted.  A thread of its own, all signals blocked, waits for that; whoever needs
 * the outcome waits for the thread, until it is cancelled.  Nothing of CUDA is used here.
 */
#ifndef GE_CUDA_START_H
#define GE_CUDA_START_H

#include "backend/backend.h"

#ifdef __cplusplus
extern "C"
{
#endif

	typedef struct GeStart GeStart;

	typedef struct GeStartJob
	{
		GeStatus (*run)(void *arg, GeError *error);
		/* Put away what run() left, where the caller went before it was over; NULL: nothing
		 * is to be put away. */
		void (*close)(void *arg);
		void *arg;
	} GeStartJob;

	/* Run a job in a thread.  NULL: there was no memory or no thread to be had. */
	GeStart *ge_cuda_start_begin(const GeStartJob *job);
	/* False while run() runs; what it did is visible when this is true.  True for NULL. */
	bool ge_cuda_start_is_over(const GeStart *start);
	/* Wait until it is, polling cancelled(); the status of run(), or GE_CANCELLED. */
	GeStatus ge_cuda_start_wait(const GeStart *start, bool (*cancelled)(void *arg),
								void *cancelled_arg, GeError *error);
	/*
	 * The caller goes away, and the start with it (NULL: there is none).  True: run() was
	 * over, and what it left is the caller's to put away.  False: it goes on, and is
	 * followed by close(), in its thread; the argument is not the caller's any more.
	 */
	bool ge_cuda_start_end(GeStart *start);
	/* Before the process exits: wait for all that still run, with their callers or without.
	 * No start is used from then on. */
	void ge_cuda_start_wait_for_all(void);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_START_H */
