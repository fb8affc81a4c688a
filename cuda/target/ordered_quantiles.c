/*
 * ordered_quantiles.c: ranks of targets along both lines of an order, and quantiles by them.
 *
 * CPU twin: src/cpu/target_ordered_quantiles.c.
 */
#include "target/ordered_quantiles.h"

#include <string.h>

#include "target/quantiles.h"

/* Memory for the ranks. */
typedef struct GeRanksRoom
{
	GeBuffer by_place;
	GeBuffer sorted;
	GeBuffer levels[2];
} GeRanksRoom;

static GeStatus
write(GeTarget *target, const GeOrderedView *ordered, GeRanksRoom *room, GeError *error)
{
	GeContext *context = target->context;
	uint32_t n = ordered->all.n_rows;
	GeOrderedRanks ranks = {.keys = ge_cuda_quantiles_keys(target)};

	GE_TRY(ge_cuda_buffer_reserve(context, &room->by_place, n * sizeof(uint32_t), error));
	GE_TRY(ge_cuda_buffer_reserve(context, &room->sorted, n * sizeof(uint32_t), error));
	GE_CUDA(ge_cuda_ordered_ranks_launch(
		&target->view, ordered, ge_cuda_quantiles_rows(target), room->by_place.data,
		room->sorted.data, context->compute));
	GE_TRY(ge_cuda_ranks_build(context, &room->by_place, n, &room->levels[0], &ranks.all,
							   error));
	GE_TRY(ge_cuda_ranks_build(context, &room->sorted, n, &room->levels[1], &ranks.sorted,
							   error));
	GE_CUDA(ge_cuda_ordered_quantiles_launch(&target->view, ordered, &ranks,
											 context->compute));
	return GE_OK;
}

GeStatus
ge_cuda_ordered_quantiles_write(GeTarget *target, const GeOrderedView *ordered,
								GeError *error)
{
	GeRanksRoom room;
	GeStatus status;

	if (ge_cuda_quantiles_keys(target) == NULL)
		return GE_OK;
	memset(&room, 0, sizeof room);
	status = write(target, ordered, &room, error);
	ge_cuda_buffer_free(target->context, &room.by_place);
	ge_cuda_buffer_free(target->context, &room.sorted);
	ge_cuda_buffer_free(target->context, &room.levels[0]);
	ge_cuda_buffer_free(target->context, &room.levels[1]);
	return status;
}
