/*
 * flags.c: errors that kernels find.
 */
#include "target/target.h"

GeStatus
ge_cuda_target_check_flags(GeTarget *target, GeError *error)
{
	uint32_t flags = 0;

	GE_TRY(ge_cuda_read_back(target->context, &flags, target->flags.data, sizeof flags,
							 error));
	if (flags & GE_FLAG_BAD_ROW)
		return ge_cuda_fail(
			error, GE_INTERNAL,
			"an id above %u, a fold above %u, a place that there is not, or a target "
			"outside the bins %d to %d",
			target->view.n_categories, target->view.k - 1, (int) target->spec.low_bin,
			(int) target->spec.high_bin);
	if (flags & GE_FLAG_OVERFLOW)
		return ge_cuda_fail(error, GE_SUM_OVERFLOW,
							"an encoding is beyond the range of double precision");
	return GE_OK;
}
