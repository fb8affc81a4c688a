/*
 * target_dense.h: what the two files of the dense way share.
 */
#ifndef GE_CPU_TARGET_DENSE_H
#define GE_CPU_TARGET_DENSE_H

#include "target.h"

/* Each thread has cells of its own where those of a column take at most this. */
#define GE_PRIVATE_BYTES (UINT64_C(256) << 10)

/* Rows of which the cells are found before their owners add them. */
#define GE_CHUNK_ROWS UINT32_C(131072)

static inline uint64_t
ge_dense_cells_bytes(const GeTarget *target)
{
	return target->dense.n_cells * target->layout.n_words * sizeof(uint64_t);
}

/* target_dense_add.c */
extern GeStatus ge_dense_add(GeTarget *target, const GeTargetRows *rows, GeError *error);

#endif /* GE_CPU_TARGET_DENSE_H */
