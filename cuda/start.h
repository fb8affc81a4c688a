/*
 * start.h: a context whose device starts while its caller goes on.
 *
 * The driver takes 0.15 to 0.5 s for the first context of a process.  A thread of its own,
 * all signals blocked, waits for that; every operation that needs the device waits for the
 * thread (ge_enter), and until then no other thread makes a CUDA call for the context.
 */
#ifndef GE_CUDA_START_H
#define GE_CUDA_START_H

#include "context.h"

#ifdef __cplusplus
extern "C"
{
#endif

	typedef GeStatus (*GeStarter)(GeContext *context, GeError *error);

	/* Run the starter, in a thread where options.may_start_later; its status, if it has
	 * ended.  To be called with all signals blocked. */
	GeStatus ge_start_begin(GeContext *context, GeStarter run, GeError *error);
	/* False while the starter runs. */
	bool ge_start_is_over(const GeContext *context);
	/* Wait for the starter, polling cancelled(); its status. */
	GeStatus ge_start_wait(GeContext *context, GeError *error);
	/* Wait for the starter, whatever comes of it. */
	void ge_start_join(const GeContext *context);
	/* The same, and forget it. */
	void ge_start_close(GeContext *context);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_START_H */
