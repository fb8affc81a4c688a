/*
 * target.h: target statistics of one category column on the CPU.
 *
 * Two ways to hold them, which give the same bits.  The size alone decides (ge_dense_pays),
 * but what takes ready-made statistics has dense cells: sorted rows have no place for them.
 * Rows that stand in an order (GE_SPLIT_ORDERED) have a third way.
 *
 * Dense cells (target_dense.c): a cell for every category and fold, added to as rows
 * come; in the end the encodings of a cell take its place, if they fit.  Memory:
 * 8 * n_words bytes for each of the (n_categories + 1) * k cells, and once more for each
 * category if there are folds; 8 bytes for each cell and finish if there are no folds or
 * more finishes than words.  n_words is 1 for 0/1 targets and whatever else stays packed,
 * 2 for whole numbers below 2^32, 3 for two or three bins (sum_cell.h), and more with
 * other accumulators (target_parts.h).  Several threads: if the cells of a column take
 * less than GE_PRIVATE_BYTES each thread has cells of its own, else each owns some of the
 * cells.
 *
 * Sorted segments (target_sorted.c): id and target of every row are kept; at the end rows
 * are sorted by category and fold, and every row gets its encodings, one in the place of
 * its target.  Memory: 12 bytes for each row (16 with custom or random folds, 8 more with
 * weights), 8 more for each finish if there are several, 8 more while it sorts, and
 * 8 * n_words + 4 for each category, n_words at least 2.  Quantiles take 4 bytes a row
 * more, and 36 while their targets are sorted.
 *
 * Rows in an order (target_ordered.c): id and target of every row are kept by their places;
 * at the end the rows are counted in one after another, and each gets its encodings from
 * those before.  Memory: 20 bytes for each row (8 more with weights, 4 more while an order of
 * what they see is needed), 8 for each finish, and 8 * n_words + 8 for each category.
 * Quantiles take 12 bytes a row more, and 36 while their targets are sorted.
 */
#ifndef GE_CPU_TARGET_H
#define GE_CPU_TARGET_H

#include <string.h>

#include "backend/backend.h"
#include "backend/finish.h"
#include "cpu/context.h"
#include "cpu/target_parts.h"

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
	/* Those of the rows and finish f into encodings[f][start..]. */
	GeStatus (*rows)(GeTarget *target, const GeTargetRows *rows, double *const *encodings,
					 uint32_t start, GeError *error);
	/* After encode: the cell of a category over all folds, and the rows with its id. */
	const uint64_t *(*category)(const GeTarget *target, uint32_t id, uint64_t *n_rows);
} GeTargetWay;

extern const GeTargetWay ge_dense_way;
extern const GeTargetWay ge_sorted_way;
extern const GeTargetWay ge_ordered_way;

typedef struct GeDenseCells
{
	uint64_t *cells; /* cell (id, fold) at (id * n_folds + fold) * n_words */
	uint64_t n_cells;
	uint64_t packed_sum; /* while packed: no less than the sum of all |x|; 0: empty */
	uint64_t *nulls;	 /* of each id: rows without a target; NULL: none */
	uint64_t **private_cells; /* of each thread but the first: its own, or NULL */
	uint64_t *resolved;		  /* of each row of a chunk: its cell */
	uint64_t *categories;	  /* after encode: over all folds; NULL: cells are that */
	double *encodings;	 /* after encode: n_finishes for each cell, a stride apart; */
	uint64_t stride;	 /*   NULL: made from the cell when a row asks */
	bool owns_encodings; /* they do not lie in the cells */
} GeDenseCells;

/* The ordered way has what is "by ordinal" by place, except encodings. */
typedef struct GeSortedRows
{
	uint32_t *ids;		  /* by ordinal; GE_NULL_BIT: the row has no target */
	uint32_t *folds;	  /* by ordinal, for custom and random folds; else NULL */
	uint64_t *values;	  /* by ordinal: the bits of the target */
	double *weights;	  /* by ordinal, or NULL */
	bool any_null;		  /* any of ids has GE_NULL_BIT */
	uint64_t *categories; /* after encode: cells of ids 0..n_categories */
	uint32_t *starts;	  /* after encode: rows with a smaller id; one more than ids */
	double *encodings;	  /* after encode: by finish, then ordinal; one finish alone */
						  /*   has the place of the targets, but a quantile */
	uint32_t *by_value; /* for quantiles: ordinals in the order of their targets; after */
						/*   encode by id first, as `starts` says */
	uint32_t *places;	/* for their priors: target_quantiles.h */
	uint32_t *fold_starts;
	uint32_t *ordinals; /* the ordered way, by place: the row's ordinal, */
	uint32_t *visible;	/*   and how many rows it learns from */
} GeSortedRows;

struct GeTarget
{
	GeContext *context;
	const GeTargetWay *way;
	GeTargetSpec spec;
	GeCellLayout layout; /* of the count and the sum */
	GeCellParts parts;	 /* of a whole cell */
	uint32_t n_folds;	 /* 1 for GE_SPLIT_NONE and if there are no rows */
	bool counts_only;	 /* no accumulator but GE_COUNT_ROWS: a cell counts all rows */
	bool plain;			 /* cells are a count and a sum, and rows have no weights */
	bool finished;
	uint64_t n_added;
	/* known when finished: */
	uint64_t n_targets;
	uint32_t n_finishes;
	GeFinish finishes[GE_MAX_FINISHES];
	bool wants_quantiles; /* a finish is a quantile; the rows are sorted */
	bool plain_mean;	  /* plain, and the one finish is a mean with a given smooth */
	bool prior_out_of_fold;
	bool missing_is_category;
	GePrior priors[GE_MAX_FINISHES]; /* over all rows */
	GePrior *fold_priors; /* over the other folds of each: n_finishes by fold; NULL: the
						   * priors over all rows serve for all */
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

static inline GeCellRow
ge_cell_row(const GeTarget *target, const GeTargetRows *rows, uint32_t row)
{
	GeCellRow cell_row = {.kind = target->spec.kind};

	if (target->spec.kind == GE_TARGET_INT64)
		cell_row.bits = (uint64_t) rows->int_targets[row];
	else
		memcpy(&cell_row.bits, &rows->float_targets[row], sizeof cell_row.bits);
	if (target->parts.weighted)
		cell_row.weight = rows->weights[row];
	return cell_row;
}

/* The priors of a fold: n_finishes of them. */
static inline const GePrior *
ge_priors_of_fold(const GeTarget *target, uint32_t fold)
{
	return target->fold_priors == NULL
			   ? target->priors
			   : target->fold_priors + (uint64_t) fold * target->n_finishes;
}

/* Each fold has priors of its own; in an order they follow from the rows before. */
static inline bool
ge_has_fold_priors(const GeTarget *target)
{
	return target->prior_out_of_fold && target->spec.folds.split != GE_SPLIT_NONE &&
		   target->spec.folds.split != GE_SPLIT_ORDERED;
}

/* Rows with this id belong to a category. */
static inline bool
ge_is_category(const GeTarget *target, uint32_t id)
{
	return id != GE_ID_MISSING || target->missing_is_category;
}

/* The encoding of some rows of a plain mean. */
static inline double
ge_plain_mean(const GeTarget *target, const GeCellLayout *layout, const uint64_t *cell,
			  GePrior prior)
{
	return ge_finish_plain_mean(target->finishes, ge_cell_count(layout, cell),
								ge_cell_round(layout, cell), prior);
}

/*
 * The encodings of the rows of a cell, by finish: n_rows are all rows of the category;
 * quantiles are those of the rows, by finish, if there are such finishes.
 */
extern void ge_cell_encodings(const GeTarget *target, const uint64_t *cell,
							  uint64_t n_rows, const double *quantiles,
							  const GePrior *priors, double *encodings);

/* The encodings of rows without a category. */
extern void ge_unseen_encodings(const GeTarget *target, const GePrior *priors,
								double *encodings);

/* The encodings of new rows with an id; false: one is beyond the range of a double. */
extern bool ge_full_encodings(const GeTarget *target, uint32_t id, double *encodings);

/* target_priors.c: add all rows up, and compute the priors. */
extern GeStatus ge_target_priors(GeTarget *target, GeError *error);
/* The priors of all finishes from the cell of the n_rows rows that they count; quantiles as
 * above. */
extern void ge_cell_priors(const GeTarget *target, const uint64_t *cell, uint64_t n_rows,
						   const double *quantiles, GePrior *priors);
extern void ge_target_free_priors(GeTarget *target);

/* The status of a target or a weight that touches a bin outside those of its column. */
extern GeStatus ge_target_out_of_bins(GeError *error);

/* GE_SUM_OVERFLOW, said of a category or of the whole column. */
extern GeStatus ge_target_overflow(GeError *error, const char *of_what);

#endif /* GE_CPU_TARGET_H */
