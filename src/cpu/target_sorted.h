/*
 * target_sorted.h: what the two files of the sorted way share.
 */
#ifndef GE_CPU_TARGET_SORTED_H
#define GE_CPU_TARGET_SORTED_H

#include "cpu/folds.h"
#include "cpu/memory.h"
#include "cpu/target.h"

/* In GeSortedRows.ids: the row has no target.  Ids are below it (GE_MAX_CATEGORIES). */
#define GE_NULL_BIT (UINT32_C(1) << 31)

static inline uint32_t
ge_sorted_n_rows(const GeTarget *target)
{
	return (uint32_t) target->spec.folds.n_rows; /* ge_dense_pays sees to it */
}

/* The fold of a row that has been added. */
static inline uint32_t
ge_sorted_fold(const GeTarget *target, uint32_t ordinal)
{
	const GeFolds *folds = &target->spec.folds;

	if (target->sorted.folds != NULL)
		return target->sorted.folds[ordinal];
	if (folds->split == GE_SPLIT_INTERLEAVED)
		return ordinal % folds->n_folds;
	return folds->split == GE_SPLIT_NONE || folds->split == GE_SPLIT_ORDERED
			   ? 0
			   : ge_fold_of_position(folds, ordinal);
}

static inline GeCellRow
ge_sorted_cell_row(const GeTarget *target, uint32_t ordinal)
{
	GeCellRow row = {.kind = target->spec.kind, .bits = target->sorted.values[ordinal]};

	if (target->sorted.weights != NULL)
		row.weight = target->sorted.weights[ordinal];
	return row;
}

/* Encodings that do not have the place of the targets. */
static inline uint64_t
ge_sorted_encodings_bytes(const GeTarget *target)
{
	return ge_array_bytes(ge_sorted_n_rows(target), target->n_finishes * sizeof(double));
}

/* The encodings of finish f, by ordinal. */
static inline double *
ge_sorted_encodings(const GeTarget *target, uint32_t f)
{
	return target->sorted.encodings + (uint64_t) f * ge_sorted_n_rows(target);
}

/* Count a row's target in, if it has one.  False: it lies outside the bins. */
static inline bool
ge_sorted_add_row(const GeTarget *target, uint64_t *cell, uint32_t ordinal)
{
	const GeCellLayout *layout = &target->layout;
	uint64_t value = target->sorted.values[ordinal];
	double x;

	if (target->sorted.any_null && (target->sorted.ids[ordinal] & GE_NULL_BIT))
		return true;
	if (!target->plain)
		return ge_cell_add_row(layout, &target->parts, cell,
							   ge_sorted_cell_row(target, ordinal));
	if (target->spec.kind == GE_TARGET_INT64)
		return ge_cell_add_int64(layout, layout->form, cell, (int64_t) value);
	memcpy(&x, &value, sizeof x);
	return ge_cell_add_double(layout, layout->form, cell, x);
}

/* The quantiles of a category over all folds, by finish; after encode. */
extern void ge_sorted_full_quantiles(const GeTarget *target, uint32_t id,
									 double *quantiles);

/* Rows that are prefetched; arrays of ordinals have so many entries more. */
#define GE_ROWS_AHEAD 32

/* Ordinals on their way: `from` in the order so far, `to` in the next one. */
typedef struct GeOrder
{
	GeTarget *target;
	uint32_t *from;
	uint32_t *to;
	uint32_t
		*fills[GE_MAX_THREADS]; /* of each thread: the ends of folds, for quantiles */
} GeOrder;

/* target_sorted_order.c: order->to by category and fold; sorted.starts is zero before. */
extern GeStatus ge_sorted_sort_rows(GeOrder *order, GeWork *work);
/* sorted.by_value by category and target, from the order of targets alone. */
extern GeStatus ge_sorted_sort_values(GeOrder *order, GeWork *work);

/* target_sorted.c: what the ordered way has in common with the sorted one. */
extern GeStatus ge_sorted_create(GeTarget *target, GeError *error);
extern void ge_sorted_free(GeTarget *target);
extern GeStatus ge_sorted_add_up(GeTarget *target, uint64_t n_totals, uint64_t *totals,
								 GeError *error);
extern GeStatus ge_sorted_rows(GeTarget *target, const GeTargetRows *rows,
							   double *const *encodings, uint32_t start, GeError *error);
extern const uint64_t *ge_sorted_category(const GeTarget *target, uint32_t id,
										  uint64_t *n_rows);

/* target_sorted_encode.c: room for encodings that does not have the place of targets. */
extern GeStatus ge_sorted_allocate_encodings(GeTarget *target, GeError *error);
/* Their encodings at a row's ordinal. */
extern void ge_sorted_write_encodings(const GeTarget *target, uint32_t ordinal,
									  const double *encodings);
/* target_ordered_encode.c: count the rows in by their order, and encode them. */
extern GeStatus ge_ordered_encode(GeTarget *target, GeError *error);

/* target_sorted_encode.c: sort the rows, then encode category after category. */
extern GeStatus ge_sorted_encode(GeTarget *target, GeError *error);

#endif /* GE_CPU_TARGET_SORTED_H */
