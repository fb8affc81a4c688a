/*
 * device_code.cu: the list of architectures that nvcc was given.
 *
 * Machine code runs on devices of the same major number and at least its minor number;
 * the intermediate code of the last architecture is compiled by the driver for any later.
 */
#include "runtime/device_code.h"

bool
ge_cuda_device_code_fits(int major, int minor)
{
	const int built[] = {__CUDA_ARCH_LIST__}; /* 750 is 7.5, 1000 is 10.0 */
	const int n = sizeof built / sizeof built[0];
	int i;

	for (i = 0; i < n; i++)
		if (built[i] / 100 == major && built[i] % 100 / 10 <= minor)
			return true;
	return n > 0 && built[n - 1] / 10 <= 10 * major + minor;
}
