/*
 * device_code.h: for which devices this library was built.
 */
#ifndef GE_CUDA_DEVICE_CODE_H
#define GE_CUDA_DEVICE_CODE_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C"
{
#endif

	/* Is there machine code, or intermediate code of an older device, for this one? */
	bool ge_cuda_device_code_fits(int major, int minor);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_DEVICE_CODE_H */
