/*
 * start.h: a slow job in a thread of its own, while its caller goes on or ends.
 *
 * The driver takes 0.15 to 0.5 s for the first context of a process, and its calls cannot
 * be interrupted.  So a thread with all signals blocked makes these calls.  Code that
 * needs the outcome waits for the thread, or until it is cancelled.  This file uses
 * nothing of CUDA.
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
		/*
		 * Frees what run() made, if the caller ended before run().  NULL: there is
		 * nothing to free.
		 */
		void (*close)(void *arg);
		void *arg;
	} GeStartJob;

	/* Run a job in a thread.  NULL: no memory, or no thread. */
	GeStart *ge_cuda_start_begin(const GeStartJob *job);
	/*
	 * False while run() runs.  When true, the effects of run() are visible.  True for
	 * NULL.
	 */
	bool ge_cuda_start_is_over(const GeStart *start);
	/* Wait until it is, polling cancelled(); the status of run(), or GE_CANCELLED. */
	GeStatus ge_cuda_start_wait(const GeStart *start, bool (*cancelled)(void *arg),
								void *cancelled_arg, GeError *error);
	/*
	 * The caller ends its use of the start (NULL: there is none).  True: run() is over,
	 * and the caller frees what run() made.  False: run() goes on in its thread, followed
	 * by close(); the argument no longer belongs to the caller.
	 */
	bool ge_cuda_start_end(GeStart *start);
	/* Before the process exits: wait for all that still run, with their callers or without.
	 * No start is used from then on. */
	void ge_cuda_start_wait_for_all(void);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_START_H */
