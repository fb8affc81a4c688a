/*
 * target_dense.h: what the files of the dense way share.
 */
#ifndef GE_CPU_TARGET_DENSE_H
#define GE_CPU_TARGET_DENSE_H

#include "cpu/memory.h"
#include "cpu/target.h"

/* Each thread has cells of its own if those of a column take at most this. */
#define GE_PRIVATE_BYTES (UINT64_C(256) << 10)

static inline uint64_t
ge_dense_cells_bytes(const GeTarget *target)
{
	return ge_array_bytes(target->dense.n_cells,
						  target->parts.n_words * sizeof(uint64_t));
}

/* Those that do not lie in the cells. */
static inline uint64_t
ge_dense_encodings_bytes(const GeTarget *target)
{
	return ge_array_bytes(target->dense.n_cells, target->n_finishes * sizeof(double));
}

static inline uint64_t
ge_dense_nulls_bytes(const GeTarget *target)
{
	return ((uint64_t) target->spec.n_categories + 1) * sizeof(uint64_t);
}

/* target_dense.c: bring all cells of threads into dense.cells. */
extern void ge_dense_merge_private(GeTarget *target);

/* target_dense_add.c */
extern GeStatus ge_dense_add(GeTarget *target, const GeTargetRows *rows, GeError *error);

/* target_dense.c: the counts of rows without a target are there. */
extern GeStatus ge_dense_reserve_nulls(GeTarget *target, GeError *error);

/* target_dense_widen.c: cells can take sums of which the magnitudes together are at most
 * `most`, or are packed no more; cells must be packed. */
extern GeStatus ge_dense_make_room(GeTarget *target, uint64_t most, GeError *error);
/* The same for rows; cells may have any form. */
extern GeStatus ge_dense_make_room_for_rows(GeTarget *target, const GeTargetRows *rows,
											GeError *error);

/* target_dense_encode.c */
extern GeStatus ge_dense_encode(GeTarget *target, GeError *error);
extern GeStatus ge_dense_rows(GeTarget *target, const GeTargetRows *rows,
							  double *const *encodings, uint32_t start, GeError *error);

#endif /* GE_CPU_TARGET_DENSE_H */
