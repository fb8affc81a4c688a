/*
 * host_threads.h: work on the host's processors.
 */
#ifndef GE_CUDA_HOST_THREADS_H
#define GE_CUDA_HOST_THREADS_H

#include "runtime/context.h"

#ifdef __cplusplus
extern "C"
{
#endif

	/* One task of ge_cuda_host_run: a number, and what all have in common. */
	typedef void (*GeHostTask)(void *arg, uint64_t task);

	/*
	 * Run tasks 0..n_tasks-1 on up to GeContextOptions.threads threads, which end with the
	 * context; tasks last milliseconds.  GE_CANCELLED: some were left out.
	 */
	GeStatus ge_cuda_host_run(GeContext *context, uint64_t n_tasks, GeHostTask run,
							  void *arg, GeError *error);
	void ge_cuda_host_threads_close(GeContext *context);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_HOST_THREADS_H */
