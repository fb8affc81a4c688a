/*
 * target_dense_widen.c: whether packed cells can take the next rows.
 *
 * A packed cell holds a sum below 2^31.  While the sum of |x| over all targets of the
 * column is below that, no cell can exceed it.  The first rows that might exceed it turn
 * all cells into int64 cells.  Most columns do this with their first rows or never.
 */
#include <string.h>

#include "cpu/target_dense.h"

/* No less than the largest |x| of the rows, and than 1; null targets may count too. */
static uint64_t
largest_magnitude(const GeTarget *target, const GeTargetRows *rows)
{
	uint64_t largest = 1, magnitude;
	double as_double;
	uint32_t i;

	if (target->spec.kind == GE_TARGET_INT64)
	{
		for (i = 0; i < rows->n_rows; i++)
		{
			int64_t x = rows->int_targets[i];

			magnitude = x < 0 ? 0 - (uint64_t) x : (uint64_t) x;
			largest = magnitude > largest ? magnitude : largest;
		}
		return largest;
	}
	as_double = 1;
	memcpy(&largest, &as_double, sizeof largest);
	for (i = 0; i < rows->n_rows; i++)
	{
		/* without its sign, a double is ordered as its bits are */
		memcpy(&magnitude, &rows->float_targets[i], sizeof magnitude);
		magnitude &= INT64_MAX;
		largest = magnitude > largest ? magnitude : largest;
	}
	memcpy(&as_double, &largest, sizeof as_double);
	return as_double < 0x1p62 ? (uint64_t) as_double : UINT64_C(1) << 62;
}

static GeStatus
widen(GeTarget *target, GeError *error)
{
	GeDenseCells *dense = &target->dense;
	uint64_t bytes = ge_dense_cells_bytes(target), c;
	GeWork work = {&target->context->options, error, 0};
	GeStatus status = GE_OK;
	uint64_t *wide;

	ge_dense_merge_private(target);
	wide = ge_alloc_array(dense->n_cells, 2 * sizeof(uint64_t));
	if (wide == NULL)
		return ge_cpu_no_memory(error, 2 * bytes, "the cells of a target");
	/* 0 before the first rows: then there is nothing to carry over, and nothing to touch */
	for (c = 0; dense->packed_sum > 0 && c < dense->n_cells && status == GE_OK; c++)
	{
		wide[2 * c] = ge_cell_count(&target->layout, dense->cells + c);
		wide[2 * c + 1] = (uint64_t) ge_packed_sum(dense->cells[c]);
		status = ge_work_step(&work, 2);
	}
	ge_free_zeroed(dense->cells, bytes);
	dense->cells = wide;
	ge_cell_layout_init(&target->layout, 0, 0, target->spec.folds.n_rows);
	target->parts.n_words = target->layout.n_words;
	return status;
}

GeStatus
ge_dense_make_room(GeTarget *target, uint64_t most, GeError *error)
{
	if (most > GE_PACKED_LIMIT - target->dense.packed_sum)
		return widen(target, error);
	target->dense.packed_sum += most;
	return GE_OK;
}

GeStatus
ge_dense_make_room_for_rows(GeTarget *target, const GeTargetRows *rows, GeError *error)
{
	uint64_t largest, most;

	if (target->layout.form != GE_SUM_PACKED)
		return GE_OK;
	largest =
		target->spec.largest > 0 ? target->spec.largest : largest_magnitude(target, rows);
	if (__builtin_mul_overflow(largest, (uint64_t) rows->n_rows, &most))
		most = UINT64_MAX;
	return ge_dense_make_room(target, most, error);
}
