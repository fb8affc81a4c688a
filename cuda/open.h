/*
 * open.h: contexts opened and closed.
 */
#ifndef GE_CUDA_OPEN_H
#define GE_CUDA_OPEN_H

#include "runtime/context.h"

#ifdef __cplusplus
extern "C"
{
#endif

	GeStatus ge_cuda_context_open(const GeContextOptions *options, GeContext **context,
								  GeTraits *traits, GeError *error);
	void ge_cuda_context_close(GeContext *context);
	const char *ge_cuda_context_device_name(const GeContext *context);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_OPEN_H */
