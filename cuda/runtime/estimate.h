/*
 * estimate.h: does a job fit the device, before it begins?
 */
#ifndef GE_CUDA_ESTIMATE_H
#define GE_CUDA_ESTIMATE_H

#include "runtime/context.h"

/* GE_OUT_OF_MEMORY if the estimate is beyond the memory limit; needs no device. */
GeStatus ge_cuda_estimate_check_limit(const GeContextOptions *options, GeError *error);
/*
 * GE_OUT_OF_MEMORY if the estimate is beyond the memory that a started context can get.
 */
GeStatus ge_cuda_estimate_check_free(GeContext *context, GeError *error);

#endif /* GE_CUDA_ESTIMATE_H */
