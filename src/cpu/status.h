/*
 * status.h: how an operation of the CPU backend reports failure and stops on request.
 *
 * A function that can fail returns a GeStatus and has filled *error when that is not
 * GE_OK.  Long loops call ge_work_step() with what they did; it asks cancelled() about
 * once a millisecond and answers GE_CANCELLED from then on.
 */
#ifndef GE_CPU_STATUS_H
#define GE_CPU_STATUS_H

#include <stddef.h>

#include "backend/backend.h"

/* Fill *error and return status. */
extern GeStatus ge_cpu_fail(GeError *error, GeStatus status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* GE_OUT_OF_MEMORY for an allocation of `bytes` bytes for `what`. */
extern GeStatus ge_cpu_no_memory(GeError *error, uint64_t bytes, const char *what);

/* Work since the last look at cancelled(), by one thread. */
typedef struct GeWork
{
	const GeContextOptions *options;
	GeError *error;
	uint64_t units;
} GeWork;

/* Units between two looks; one unit is about a nanosecond's work. */
#define GE_WORK_UNITS 1000000

/* The look itself. */
extern GeStatus ge_work_poll(GeWork *work);

static inline GeStatus
ge_work_step(GeWork *work, uint64_t units)
{
	work->units += units;
	return work->units < GE_WORK_UNITS ? GE_OK : ge_work_poll(work);
}

#endif /* GE_CPU_STATUS_H */
