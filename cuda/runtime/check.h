/*
 * check.h: every call of the CUDA runtime is checked by one macro.
 *
 * GE_CUDA(call) returns from the function around it, with *error filled, when the call
 * fails; the function has a parameter GeError *error and returns a GeStatus.  A sticky
 * error is remembered for the process (ge_cuda_device_is_lost): after it no CUDA call of this
 * process can work again on that device.  An error that is not sticky is cleared.
 *
 * In builds with GE_CUDA_FAULTS the environment variable GE_CUDA_FAULT_AT=n makes the
 * n-th checked call since the last ge_cuda_fault_arm() fail, with the number in
 * GE_CUDA_FAULT_ERROR (2, out of memory, without it); a sticky one makes every later
 * call fail too.  The call itself is then not made.  Where GE_CUDA_FAULT_FILE names a file,
 * that says both ("n error"), and FILE.calls gets the number of calls.  With
 * GE_CUDA_FAULT_DEVICE=d the calls for device d alone count and fail.
 */
#ifndef GE_CUDA_CHECK_H
#define GE_CUDA_CHECK_H

#include <cuda_runtime_api.h>

#include "backend/backend.h"

#ifdef __cplusplus
extern "C"
{
#endif

	/* Fill *error for a failed call; the status that fits the code. */
	GeStatus ge_cuda_call_failed(cudaError_t code, const char *call, const char *file,
								 int line, GeError *error);
	/* A status and its message, printf style; returns the status. */
	GeStatus ge_cuda_fail(GeError *error, GeStatus status, const char *format, ...)
		__attribute__((format(printf, 3, 4)));
	/* From here on the calling thread works on a device. */
	GeStatus ge_cuda_use_device(int device, GeError *error);
	/* Has a sticky error made the device unusable for this process? */
	bool ge_cuda_device_is_lost(int device);

#ifdef GE_CUDA_FAULTS
	/* A context of the device opens: read the environment, start counting calls from 1. */
	void ge_cuda_fault_arm(int device);
	/* It closes: leave the number of calls in the environment, GE_CUDA_FAULT_CALLS. */
	void ge_cuda_fault_report(int device);
	/* The error that the next checked call must answer, or cudaSuccess. */
	cudaError_t ge_cuda_fault_due(void);
#define GE_CUDA_CALL(call)                                                               \
	((ge_code = ge_cuda_fault_due()) != cudaSuccess ? ge_code : (call))
#else
#define GE_CUDA_CALL(call) (call)
#endif

#define GE_CUDA(call)                                                                    \
	do                                                                                   \
	{                                                                                    \
		cudaError_t ge_code = cudaSuccess;                                               \
                                                                                         \
		ge_code = GE_CUDA_CALL(call);                                                    \
		if (ge_code != cudaSuccess)                                                      \
			return ge_cuda_call_failed(ge_code, #call, __FILE__, __LINE__, error);       \
	} while (0)

#define GE_TRY(expression)                                                               \
	do                                                                                   \
	{                                                                                    \
		GeStatus ge_status = (expression);                                               \
                                                                                         \
		if (ge_status != GE_OK)                                                          \
			return ge_status;                                                            \
	} while (0)

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_CHECK_H */
