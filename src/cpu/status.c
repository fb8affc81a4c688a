/*
 * status.c: failures with a message, and the look at cancelled().
 */
#include "cpu/status.h"

#include <stdarg.h>
#include <stdio.h>

GeStatus
ge_cpu_fail(GeError *error, GeStatus status, const char *format, ...)
{
	va_list args;

	error->status = status;
	va_start(args, format);
	vsnprintf(error->message, sizeof error->message, format, args);
	va_end(args);
	return status;
}

GeStatus
ge_cpu_no_memory(GeError *error, uint64_t bytes, const char *what)
{
	return ge_cpu_fail(error, GE_OUT_OF_MEMORY,
					   "out of host memory: cannot allocate %llu bytes for %s",
					   (unsigned long long) bytes, what);
}

GeStatus
ge_work_poll(GeWork *work)
{
	const GeContextOptions *options = work->options;

	work->units = 0;
	if (options->cancelled != NULL && options->cancelled(options->cancelled_arg))
		return ge_cpu_fail(work->error, GE_CANCELLED, "cancelled on request");
	return GE_OK;
}
