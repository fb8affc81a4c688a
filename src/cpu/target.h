/*
 * target.h: target statistics of one category column on the CPU.
 *
 * Two ways to hold them, which give the same bits.  The size alone decides (ge_dense_pays),
 * but what takes ready-made statistics has dense cells: sorted rows have no place for them.
 *
 * Dense cells (target_dense.c): a cell for every category and fold, added to as rows
 * come; in the end the encoding of a cell takes the place of its count.  Memory:
 * 8 * n_words bytes for each of the (n_categories + 1) * k cells, and once more for each
 * category when there are folds.  n_words is 1 for 0/1 targets and whatever else stays
 * packed, 2 for whole numbers below 2^32, 3 for two or three bins (sum_cell.h).  Several
 * threads: where the cells of a column take less than GE_PRIVATE_BYTES each thread has
 * cells of its own, else each owns some of the cells.
 *
 * Sorted segments (target_sorted.c): id and target of every row are kept; at the end rows
 * are sorted by category and fold, and every row gets its encoding in the place of its
 * target.  Memory: 12 bytes for each row (16 with custom or random folds), 8 more while
 * it sorts, and 8 * n_words + 4 for each category, n_words at least 2.
 */
#ifndef GE_CPU_TARGET_H
#define GE_CPU_TARGET_H

#include "backend/backend.h"
#include "backend/finish.h"
#include "cpu/context.h"
#include "cpu/sum_cell.h"

/* What a way to hold the statistics does; target.c has checked the arguments. */
typedef struct GeTargetWay
{
	GeStatus (*create)(GeTarget *target, GeError *error);
	void (*free)(GeTarget *target);
	GeStatus (*add)(GeTarget *target, const GeTargetRows *rows, GeError *error);
	/* Add all rows up: into totals[f * n_words], f a fold, or f = 0 with n_totals = 1. */
	GeStatus (*add_up)(GeTarget *target, uint64_t n_totals, uint64_t *totals,
					   GeError *error);
	/* The priors are known: compute all encodings. */
	GeStatus (*encode)(GeTarget *target, GeError *error);
	GeStatus (*rows)(GeTarget *target, const GeTargetRows *rows, double *encodings,
					 GeError *error);
	/* After encode: the cell of a category over all folds, and the rows with its id. */
	const uint64_t *(*category)(const GeTarget *target, uint32_t id, uint64_t *n_rows);
} GeTargetWay;

extern const GeTargetWay ge_dense_way;
extern const GeTargetWay ge_sorted_way;

typedef struct GeDenseCells
{
	uint64_t *cells; /* cell (id, fold) at (id * n_folds + fold) * n_words */
	uint64_t n_cells;
	uint64_t packed_sum; /* while packed: no less than the sum of all |x|; 0: empty */
	uint64_t *nulls;	 /* of each id: rows without a target; NULL: none */
	uint64_t **private_cells; /* of each thread but the first: its own, or NULL */
	uint64_t *resolved;		  /* of each row of a chunk: its cell */
	uint64_t *categories;	  /* after encode: over all folds; NULL: cells are that */
} GeDenseCells;

typedef struct GeSortedRows
{
	uint32_t *ids;		  /* by ordinal; GE_NULL_BIT: the row has no target */
	uint32_t *folds;	  /* by ordinal, for custom and random folds; else NULL */
	uint64_t *values;	  /* by ordinal: the bits of the target, then of the encoding */
	bool any_null;		  /* any of ids has GE_NULL_BIT */
	uint64_t *categories; /* after encode: cells of ids 0..n_categories */
	uint32_t *starts;	  /* after encode: rows with a smaller id; one more than ids */
} GeSortedRows;

struct GeTarget
{
	GeContext *context;
	const GeTargetWay *way;
	GeTargetSpec spec;
	GeCellLayout layout;
	uint32_t n_folds; /* 1 for GE_SPLIT_NONE and if there are no rows */
	bool finished;
	uint64_t n_added;
	/* known when finished: */
	uint64_t n_targets;
	GeFinish finish;
	bool prior_out_of_fold;
	bool missing_is_category;
	GePrior prior;		  /* over all rows */
	GePrior *fold_priors; /* over the other folds of each; NULL: prior serves for all */
	GeDenseCells dense;
	GeSortedRows sorted;
};

/* As the backend's target.create, with the way given for what takes no statistics. */
extern GeStatus ge_target_create(GeContext *context, const GeTargetSpec *spec,
								 const GeTargetWay *way, GeTarget **target,
								 GeError *error);

/* Whether cells for all categories and folds pay. */
extern bool ge_dense_pays(const GeTargetSpec *spec);

/* Rows that are looked at together: their cache misses overlap. */
#define GE_ROW_BLOCK 256

/*
 * The cells of n <= GE_ROW_BLOCK rows from rows->ids[start] on.  GE_INTERNAL if an id or
 * a fold is out of range.
 */
extern GeStatus ge_target_cells(const GeTarget *target, const GeTargetRows *rows,
								uint32_t start, uint32_t n, uint64_t *cells,
								GeError *error);

/* The most rows that a way is given at once: target.c cuts longer calls. */
#define GE_CHUNK_ROWS UINT32_C(262144)

static inline bool
ge_target_is_null(const GeTargetRows *rows, uint32_t row)
{
	return rows->target_is_null != NULL && rows->target_is_null[row];
}

static inline GePrior
ge_prior_of_fold(const GeTarget *target, uint32_t fold)
{
	return target->fold_priors == NULL ? target->prior : target->fold_priors[fold];
}

/* Rows with this id belong to a category. */
static inline bool
ge_is_category(const GeTarget *target, uint32_t id)
{
	return id != GE_ID_MISSING || target->missing_is_category;
}

/* A cell as a finish sees it. */
static inline GeFigures
ge_cell_figures(const GeCellLayout *layout, const uint64_t *cell)
{
	GeFigures figures = {ge_cell_count(layout, cell), ge_cell_round(layout, cell)};

	return figures;
}

/* The encoding of new rows of a category, from its statistics over all folds. */
static inline double
ge_full_encoding(const GeTarget *target, const uint64_t *category)
{
	return ge_finish(&target->finish, ge_cell_figures(&target->layout, category),
					 target->prior);
}

/* The out-of-fold encoding of the rows of one cell of a category. */
extern double ge_fold_encoding(const GeTarget *target, const uint64_t *category,
							   const uint64_t *cell, uint32_t fold);

/* The status of a target that touches a bin outside low_bin..high_bin. */
extern GeStatus ge_target_out_of_bins(const GeTarget *target, GeError *error);

/* GE_SUM_OVERFLOW, said of a category or of the whole column. */
extern GeStatus ge_target_overflow(GeError *error, const char *of_what);

#endif /* GE_CPU_TARGET_H */
