/*
 * statistics.c: the accumulators and the full encodings of categories, copied out.
 *
 * CPU twin: src/cpu/target_statistics.c.
 */
#include "target/target.h"

/* Categories whose statistics are computed and copied out at a time. */
#define STATISTICS_ROWS 65536

/* Words of one category in each array: GeTargetStatistics in its order. */
typedef struct GeStatisticsWords
{
	uint64_t sums;
	uint64_t squares;
	uint64_t weights;
	uint64_t all;
} GeStatisticsWords;

static GeStatisticsWords
words_of(const GeDeviceCell *layout)
{
	GeStatisticsWords words = {
		.sums = layout->n_bins + 2,
		.squares = (layout->is_binary ? layout->n_bins : layout->squares.n_bins) + 2,
		.weights = layout->weights.n_bins + 2};

	words.all = 4 + words.sums + words.squares + words.weights;
	return words;
}

/* The next n words of *at, if the host wants them. */
static void *
place(uint64_t **at, uint64_t n, const void *host)
{
	uint64_t *here = *at;

	if (host == NULL)
		return NULL;
	*at += n;
	return here;
}

/* The device's arrays for n ids, of those that the host has. */
static GeTargetStatistics
place_arrays(const GeDeviceCell *layout, uint64_t *at, uint64_t n,
			 const GeTargetStatistics *host)
{
	GeStatisticsWords words = words_of(layout);
	GeTargetStatistics device;

	device.n_rows = place(&at, n, host->n_rows);
	device.n_targets = place(&at, n, host->n_targets);
	device.sums = place(&at, n * words.sums, host->sums);
	device.squares = place(&at, n * words.squares, host->squares);
	device.weights = place(&at, n * words.weights, host->weights);
	device.least = place(&at, n, host->least);
	device.greatest = place(&at, n, host->greatest);
	return device;
}

/* n entries of `words` words into an array of the caller from entry `at` on. */
static GeStatus
copy_out(GeContext *context, void *array, uint64_t at, const void *device, uint64_t n,
		 uint64_t words, GeError *error)
{
	if (array == NULL)
		return GE_OK;
	return ge_cuda_download(context, (uint64_t *) array + at * words, device,
							n * words * sizeof(uint64_t), error);
}

/* The accumulators of ids first..first+n-1, which have the places from `at` on. */
static GeStatus
copy_statistics(GeTarget *target, uint32_t first, uint32_t n, uint64_t *buffer,
				const GeTargetStatistics *host, uint32_t at, GeError *error)
{
	GeContext *context = target->context;
	const GeDeviceCell *layout = &target->view.layout;
	GeStatisticsWords words = words_of(layout);
	GeTargetStatistics device = place_arrays(layout, buffer, n, host);

	GE_CUDA(ge_cuda_target_statistics_launch(&target->view, first, n, &device,
											 context->compute));
	GE_TRY(copy_out(context, host->n_rows, at, device.n_rows, n, 1, error));
	GE_TRY(copy_out(context, host->n_targets, at, device.n_targets, n, 1, error));
	GE_TRY(copy_out(context, host->sums, at, device.sums, n, words.sums, error));
	GE_TRY(copy_out(context, host->squares, at, device.squares, n, words.squares, error));
	GE_TRY(copy_out(context, host->weights, at, device.weights, n, words.weights, error));
	GE_TRY(copy_out(context, host->least, at, device.least, n, 1, error));
	return copy_out(context, host->greatest, at, device.greatest, n, 1, error);
}

/* Ids whose statistics are computed at once: fewer if memory is limited. */
static uint32_t
statistics_at_a_time(const GeTarget *target, uint32_t count)
{
	uint64_t limit = target->context->options.memory_limit;
	uint64_t bytes = 8 * words_of(&target->view.layout).all, n = count;

	if (n > STATISTICS_ROWS)
		n = STATISTICS_ROWS;
	while (limit != 0 && n > 64 && n * bytes > limit / 8)
		n /= 2;
	return (uint32_t) n;
}

static GeStatus
check_ids(const GeTarget *target, uint32_t first_id, uint32_t count, GeError *error)
{
	if (!target->is_finished)
		return ge_cuda_fail(error, GE_INTERNAL, "statistics of an unfinished target");
	if ((uint64_t) first_id + count > (uint64_t) target->spec.n_categories + 1)
		return ge_cuda_fail(
			error, GE_INTERNAL, "there are no categories %u to %llu of %u", first_id,
			(unsigned long long) first_id + count, target->spec.n_categories);
	return GE_OK;
}

GeStatus
ge_cuda_target_statistics(GeTarget *target, uint32_t first_id, uint32_t count,
						  const GeTargetStatistics *statistics, double *const *encodings,
						  GeError *error)
{
	GeContext *context = target->context;
	uint64_t n_ids = (uint64_t) target->spec.n_categories + 1;
	uint32_t at, n, f, most = statistics_at_a_time(target, count);
	GeBuffer buffer = {0};
	GeStatus status;

	GE_TRY(ge_cuda_enter(context, error));
	GE_TRY(check_ids(target, first_id, count, error));
	status = ge_cuda_buffer_reserve(
		context, &buffer, most * words_of(&target->view.layout).all * sizeof(uint64_t),
		error);
	for (at = 0; status == GE_OK && at < count; at += n)
	{
		n = count - at < most ? count - at : most;
		status =
			copy_statistics(target, first_id + at, n, buffer.data, statistics, at, error);
	}
	for (f = 0; encodings != NULL && status == GE_OK && f < target->n_finishes; f++)
		status =
			ge_cuda_download(context, encodings[f],
							 (const double *) target->full.data + f * n_ids + first_id,
							 count * sizeof(double), error);
	ge_cuda_buffer_free(context, &buffer);
	return status;
}
