/*
 * target_dense.c: target statistics as one cell for every category and fold.
 */
#include <stdlib.h>

#include "cpu/target_dense.h"

static GeStatus
create(GeTarget *target, GeError *error)
{
	GeDenseCells *dense = &target->dense;

	if (target->plain && ge_cell_layout_packs(&target->layout))
	{
		target->layout = ge_cell_layout_packed(&target->layout);
		target->parts.n_words = target->layout.n_words;
	}
	dense->n_cells = ((uint64_t) target->spec.n_categories + 1) * target->n_folds;
	dense->cells = ge_alloc_zeroed(ge_dense_cells_bytes(target));
	if (dense->cells == NULL)
		return ge_cpu_no_memory(error, ge_dense_cells_bytes(target),
								"the cells of a target");
	return GE_OK;
}

static void
free_private_cells(GeTarget *target)
{
	uint32_t i;

	for (i = 0; target->dense.private_cells != NULL && i < GE_MAX_THREADS; i++)
		ge_free_zeroed(target->dense.private_cells[i], ge_dense_cells_bytes(target));
	free(target->dense.private_cells);
	target->dense.private_cells = NULL;
}

static void
free_cells(GeTarget *target)
{
	GeDenseCells *dense = &target->dense;

	free_private_cells(target);
	ge_free_zeroed(dense->cells, ge_dense_cells_bytes(target));
	ge_free_zeroed(dense->nulls, ge_dense_nulls_bytes(target));
	ge_free_zeroed(dense->resolved, GE_CHUNK_ROWS * sizeof(uint64_t));
	ge_free_zeroed(dense->categories,
				   ge_dense_nulls_bytes(target) * target->parts.n_words);
	if (dense->owns_encodings)
		ge_free_zeroed(dense->encodings, ge_dense_encodings_bytes(target));
}

void
ge_dense_merge_private(GeTarget *target)
{
	uint32_t n_words = target->parts.n_words, i;
	uint64_t c;

	for (i = 0; target->dense.private_cells != NULL && i < GE_MAX_THREADS; i++)
		if (target->dense.private_cells[i] != NULL)
			for (c = 0; c < target->dense.n_cells; c++)
				ge_cell_add_parts(&target->layout, &target->parts,
								  target->dense.cells + c * n_words,
								  target->dense.private_cells[i] + c * n_words);
	free_private_cells(target);
}

static GeStatus
add_up(GeTarget *target, uint64_t n_totals, uint64_t *totals, GeError *error)
{
	uint32_t n_words = target->parts.n_words;
	GeWork work = {&target->context->options, error, 0};
	uint64_t c, fold = 0;

	ge_dense_merge_private(target);
	for (c = 0; c < target->dense.n_cells; c++)
	{
		ge_cell_add_parts(&target->layout, &target->parts, totals + fold * n_words,
						  target->dense.cells + c * n_words);
		fold = fold + 1 == n_totals ? 0 : fold + 1;
		if (ge_work_step(&work, 2) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}

static const uint64_t *
category(const GeTarget *target, uint32_t id, uint64_t *n_rows)
{
	const GeDenseCells *dense = &target->dense;
	const uint64_t *cells = dense->categories == NULL ? dense->cells : dense->categories;
	const uint64_t *cell = cells + (uint64_t) id * target->parts.n_words;

	*n_rows = ge_cell_count(&target->layout, cell);
	if (dense->nulls != NULL)
		*n_rows += dense->nulls[id];
	return cell;
}

GeStatus
ge_dense_reserve_nulls(GeTarget *target, GeError *error)
{
	GeDenseCells *dense = &target->dense;

	if (dense->nulls == NULL)
		dense->nulls = ge_alloc_zeroed(ge_dense_nulls_bytes(target));
	return dense->nulls != NULL ? GE_OK
								: ge_cpu_no_memory(error, ge_dense_nulls_bytes(target),
												   "counts of rows without a target");
}

const GeTargetWay ge_dense_way = {
	.create = create,
	.free = free_cells,
	.add = ge_dense_add,
	.add_up = add_up,
	.encode = ge_dense_encode,
	.rows = ge_dense_rows,
	.category = category,
};
