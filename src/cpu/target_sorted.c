/*
 * target_sorted.c: target statistics from rows that are kept until all are there.
 */
#include <math.h>
#include <string.h>

#include "cpu/memory.h"
#include "cpu/target_sorted.h"

static uint64_t
categories_bytes(const GeTarget *target)
{
	return ((uint64_t) target->spec.n_categories + 1) * target->parts.n_words *
		   sizeof(uint64_t);
}

static uint64_t
starts_bytes(const GeTarget *target)
{
	return ((uint64_t) target->spec.n_categories + 2) * sizeof(uint32_t);
}

/* Folds that are given, or expensive to compute, are kept. */
static bool
keeps_folds(const GeTarget *target)
{
	return target->spec.folds.split == GE_SPLIT_CUSTOM ||
		   target->spec.folds.split == GE_SPLIT_RANDOM;
}

GeStatus
ge_sorted_create(GeTarget *target, GeError *error)
{
	GeSortedRows *sorted = &target->sorted;
	uint64_t n = ge_sorted_n_rows(target);

	sorted->ids = ge_alloc_array(n, sizeof *sorted->ids);
	sorted->values = ge_alloc_array(n, sizeof *sorted->values);
	sorted->categories = ge_alloc_zeroed(categories_bytes(target));
	sorted->starts = ge_alloc_zeroed(starts_bytes(target));
	if (keeps_folds(target))
		sorted->folds = ge_alloc_array(n, sizeof *sorted->folds);
	if (target->parts.weighted)
		sorted->weights = ge_alloc_array(n, sizeof *sorted->weights);
	if (sorted->ids == NULL || sorted->values == NULL || sorted->categories == NULL ||
		sorted->starts == NULL || (keeps_folds(target) && sorted->folds == NULL) ||
		(target->parts.weighted && sorted->weights == NULL))
		return ge_cpu_no_memory(error,
								n * 24 + categories_bytes(target) + starts_bytes(target),
								"the rows of a target");
	return GE_OK;
}

void
ge_sorted_free(GeTarget *target)
{
	GeSortedRows *sorted = &target->sorted;
	uint64_t n = ge_sorted_n_rows(target);

	ge_free_zeroed(sorted->ids, n * sizeof *sorted->ids);
	ge_free_zeroed(sorted->folds, n * sizeof *sorted->folds);
	if (sorted->encodings != (double *) (void *) sorted->values)
		ge_free_zeroed(sorted->encodings, ge_sorted_encodings_bytes(target));
	ge_free_zeroed(sorted->values, n * sizeof *sorted->values);
	ge_free_zeroed(sorted->weights, n * sizeof *sorted->weights);
	ge_free_zeroed(sorted->by_value, n * sizeof *sorted->by_value);
	ge_free_zeroed(sorted->categories, categories_bytes(target));
	ge_free_zeroed(sorted->starts, starts_bytes(target));
}

/* Keep rows start..start+n-1, n <= GE_ROW_BLOCK. */
static GeStatus
keep_block(GeTarget *target, const GeTargetRows *rows, uint32_t start, uint32_t n,
		   GeError *error)
{
	GeSortedRows *sorted = &target->sorted;
	uint64_t ordinal = rows->first_ordinal + start, cells[GE_ROW_BLOCK];
	GeStatus status = ge_target_cells(target, rows, start, n, cells, error);
	uint32_t i;

	if (status != GE_OK)
		return status;
	for (i = 0; i < n; i++)
	{
		bool is_null = ge_target_is_null(rows, start + i);

		sorted->ids[ordinal + i] =
			(uint32_t) (cells[i] / target->n_folds) | (is_null ? GE_NULL_BIT : 0);
		sorted->any_null |= is_null;
	}
	if (sorted->folds != NULL)
		for (i = 0; i < n; i++)
			sorted->folds[ordinal + i] = (uint32_t) (cells[i] % target->n_folds);
	if (target->spec.kind == GE_TARGET_INT64)
		memcpy(sorted->values + ordinal, rows->int_targets + start, n * sizeof(int64_t));
	else
		memcpy(sorted->values + ordinal, rows->float_targets + start, n * sizeof(double));
	if (sorted->weights != NULL)
		memcpy(sorted->weights + ordinal, rows->weights + start, n * sizeof(double));
	return GE_OK;
}

static GeStatus
add(GeTarget *target, const GeTargetRows *rows, GeError *error)
{
	GeWork work = {&target->context->options, error, 0};
	uint32_t start = 0, n;

	for (; start < rows->n_rows; start += n)
	{
		GeStatus status;

		n = rows->n_rows - start < GE_ROW_BLOCK ? rows->n_rows - start : GE_ROW_BLOCK;
		status = keep_block(target, rows, start, n, error);
		if (status == GE_OK)
			status = ge_work_step(&work, 20 * n);
		if (status != GE_OK)
			return status;
	}
	return GE_OK;
}

GeStatus
ge_sorted_add_up(GeTarget *target, uint64_t n_totals, uint64_t *totals, GeError *error)
{
	GeWork work = {&target->context->options, error, 0};
	uint32_t n = ge_sorted_n_rows(target), i;

	for (i = 0; i < n; i++)
	{
		uint64_t fold = n_totals > 1 ? ge_sorted_fold(target, i) : 0;

		if (!ge_sorted_add_row(target, totals + fold * target->parts.n_words, i))
			return ge_target_out_of_bins(error);
		if (ge_work_step(&work, 10) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}

GeStatus
ge_sorted_rows(GeTarget *target, const GeTargetRows *rows, double *const *encodings,
			   uint32_t start, GeError *error)
{
	bool in_range = true;
	uint32_t f, i;

	for (f = 0; f < target->n_finishes; f++)
	{
		double *out = encodings[f] + start;

		memcpy(out, ge_sorted_encodings(target, f) + rows->first_ordinal,
			   rows->n_rows * sizeof *out);
		for (i = 0; i < rows->n_rows; i++)
			in_range &= !isinf(out[i]);
	}
	return in_range ? GE_OK : ge_target_overflow(error, "an out-of-fold encoding");
}

const uint64_t *
ge_sorted_category(const GeTarget *target, uint32_t id, uint64_t *n_rows)
{
	const GeSortedRows *sorted = &target->sorted;

	*n_rows = sorted->starts[id + 1] - sorted->starts[id];
	return sorted->categories + (uint64_t) id * target->parts.n_words;
}

const GeTargetWay ge_sorted_way = {
	.create = ge_sorted_create,
	.free = ge_sorted_free,
	.add = add,
	.add_up = ge_sorted_add_up,
	.encode = ge_sorted_encode,
	.rows = ge_sorted_rows,
	.category = ge_sorted_category,
};
