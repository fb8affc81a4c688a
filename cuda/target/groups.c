/*
 * groups.c: groups of rows that were counted elsewhere, on their way to dense cells.
 *
 * CPU twin: src/cpu/target_add_statistics.c.  The host checks them and brings each into the
 * form of a cell (kernels.h); they travel in blocks.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backend/order_key.h"
#include "target/target.h"

/* Groups that are checked and sent together. */
#define GROUPS_AT_ONCE UINT32_C(8192)

/* A call of add_statistics, and a block of its groups on the way. */
typedef struct GroupsJob
{
	GeTarget *target;
	const uint32_t *ids;
	const uint32_t *folds;
	const GeTargetStatistics *statistics;
	uint64_t *words; /* GROUPS_AT_ONCE groups for groups_kernel */
	GeBuffer buffer; /* the same on the device */
} GroupsJob;

static GeStatus
check_places(const GroupsJob *job, uint32_t first, uint32_t n, GeError *error)
{
	const GeTargetView *view = &job->target->view;
	uint32_t i;

	if ((view->folds.split == GE_SPLIT_NONE) != (job->folds == NULL))
		return ge_cuda_fail(error, GE_INTERNAL, "statistics %s folds",
							job->folds == NULL ? "without" : "with");
	for (i = first; i < first + n; i++)
	{
		uint32_t fold = job->folds != NULL ? job->folds[i] : 0;

		if (job->ids[i] > view->n_categories || fold >= view->k)
			return ge_cuda_fail(error, GE_INTERNAL,
								"there is no category %u of %u, or no fold %u of %u",
								job->ids[i], view->n_categories, fold, view->k);
	}
	return GE_OK;
}

/* Entry i of an array of sums as the words of a part of n bins. */
static void
make_sum(const int64_t *sums, uint64_t i, uint32_t n, uint64_t *words)
{
	const int64_t *digits = sums + i * (n + 2);
	uint32_t j;

	for (j = 0; j < n; j++)
		words[j] = (uint64_t) digits[j];
	words[n] = (uint64_t) digits[n] + ((uint64_t) digits[n + 1] << 32);
}

/* Entry i as a cell of GE_CELL_BINS, which is all zeros yet. */
static void
make_parts(const GeDeviceCell *layout, const GeTargetStatistics *statistics, uint64_t i,
		   uint64_t *cell)
{
	if (layout->has_sum)
		make_sum(statistics->sums, i, layout->n_bins, cell + 1);
	if (layout->squares.at != 0)
		make_sum(statistics->squares, i, layout->squares.n_bins,
				 cell + layout->squares.at);
	if (layout->weights.at != 0)
		make_sum(statistics->weights, i, layout->weights.n_bins,
				 cell + layout->weights.at);
	if (layout->least_at != 0 && isfinite(statistics->least[i]))
		cell[layout->least_at] = ~ge_order_key(statistics->least[i]);
	if (layout->greatest_at != 0 && isfinite(statistics->greatest[i]))
		cell[layout->greatest_at] = ge_order_key(statistics->greatest[i]);
}

/* A cell of two words, of which the sum has these digits. */
static void
make_small_cell(const GeDeviceCell *layout, uint64_t count, const int64_t *digits,
				uint64_t *cell)
{
	/* what digits 0 and 1 borrow from or carry into 2^64 */
	__int128 low = (__int128) digits[1] * ((__int128) 1 << 32) + digits[0];
	uint64_t top =
		(uint64_t) digits[layout->n_bins] + ((uint64_t) digits[layout->n_bins + 1] << 32);

	cell[0] = (uint64_t) low;
	cell[1] = count;
	if (layout->form == GE_CELL_TWO)
		cell[1] += (top + (uint64_t) (low >> 64)) << 32;
}

/* Bring groups first..first+n-1 into the form that groups_kernel takes. */
static void
make_groups(const GroupsJob *job, uint32_t first, uint32_t n)
{
	static const int64_t zeros[GE_SUM_DIGITS(0, 1)] = {0};
	const GeTargetView *view = &job->target->view;
	const GeTargetStatistics *statistics = job->statistics;
	uint32_t n_digits = view->layout.n_bins + 2, i;

	for (i = 0; i < n; i++)
	{
		uint64_t *group = job->words + (uint64_t) i * (2 + view->layout.n_words);
		uint64_t at = (uint64_t) first + i, count;

		memset(group, 0, (2 + view->layout.n_words) * sizeof *group);
		count = statistics->n_targets != NULL ? statistics->n_targets[at] : 0;
		group[0] = (uint64_t) job->ids[at] * view->k;
		if (job->folds != NULL)
			group[0] += job->folds[at];
		group[1] = statistics->n_rows[at] - count;
		if (view->layout.form != GE_CELL_BINS)
		{
			make_small_cell(&view->layout, count,
							statistics->sums != NULL ? statistics->sums + at * n_digits
													 : zeros,
							group + 2);
			continue;
		}
		group[2] = count;
		make_parts(&view->layout, statistics, at, group + 2);
	}
}

static GeStatus
add_groups(GroupsJob *job, uint32_t first, uint32_t n, GeError *error)
{
	GeTarget *target = job->target;
	GeContext *context = target->context;
	uint64_t words = (uint64_t) n * (2 + target->view.layout.n_words);

	GE_TRY(ge_cuda_poll(context, error));
	GE_TRY(check_places(job, first, n, error));
	GE_TRY(ge_statistics_check(&target->spec, job->statistics, first, n, &target->n_added,
							   error));
	GE_TRY(ge_cuda_target_reserve_null_rows(target, error));
	GE_TRY(ge_cuda_target_carry_if_due(target, n, error));
	make_groups(job, first, n);
	GE_TRY(ge_cuda_order(context, context->compute, context->copy_in, error));
	GE_TRY(ge_cuda_upload(context, job->buffer.data, job->words, words * sizeof(uint64_t),
						  error));
	GE_TRY(ge_cuda_order(context, context->copy_in, context->compute, error));
	GE_CUDA(ge_cuda_target_groups_launch(&target->view, job->buffer.data, n,
										 context->compute));
	return GE_OK;
}

GeStatus
ge_cuda_target_add_statistics(GeTarget *target, uint32_t n, const uint32_t *ids,
							  const uint32_t *folds, const GeTargetStatistics *statistics,
							  GeError *error)
{
	GroupsJob job = {
		.target = target, .ids = ids, .folds = folds, .statistics = statistics};
	uint64_t bytes =
		GROUPS_AT_ONCE * (2 + target->view.layout.n_words) * sizeof(uint64_t);
	uint32_t first, at_once;
	GeStatus status;

	GE_TRY(ge_cuda_enter(target->context, error));
	if (target->is_finished || !target->spec.takes_statistics)
		return ge_cuda_fail(error, GE_INTERNAL,
							"statistics for a target that takes none");
	job.words = malloc(bytes);
	if (job.words == NULL)
		return ge_cuda_fail(error, GE_OUT_OF_MEMORY, "out of host memory for statistics");
	status = ge_cuda_buffer_reserve(target->context, &job.buffer, bytes, error);
	for (first = 0; status == GE_OK && first < n; first += at_once)
	{
		at_once = n - first < GROUPS_AT_ONCE ? n - first : GROUPS_AT_ONCE;
		status = add_groups(&job, first, at_once, error);
	}
	ge_cuda_buffer_free(target->context, &job.buffer);
	free(job.words);
	return status;
}
