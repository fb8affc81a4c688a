/*
 * target_parts.h: what a cell of target statistics holds beside the count and the sum.
 *
 *   words 0..     the count and the sum of targets (sum_cell.h)
 *   squares_at    the sum of squares, without a count
 *   weights_at    the sum of weights, likewise
 *   least_at      the complement of the order key of the least target (order_key.h)
 *   greatest_at   the order key of the greatest target
 *
 * A part that no accumulator asks for is not there.  A cell of zeros is one of no rows.
 */
#ifndef GE_CPU_TARGET_PARTS_H
#define GE_CPU_TARGET_PARTS_H

#include "backend/finish.h"
#include "cpu/sum_cell.h"

typedef struct GeCellParts
{
	bool weighted;
	bool narrow;	   /* no weights, and a target is an integer of 128 bits in units */
	bool binary;	   /* the sum of targets is that of squares too */
	bool wants_spread; /* figures that the finishes need */
	bool wants_zeros;
	GeCellLayout squares;
	GeCellLayout weights;
	uint32_t squares_at; /* the first word of a part; 0: not kept */
	uint32_t weights_at;
	uint32_t least_at;
	uint32_t greatest_at;
	uint32_t n_words; /* of all parts together */
} GeCellParts;

/* Words of the largest cell: count, sums of w y, w y y and w, least and greatest. */
#define GE_MAX_TARGET_WORDS (3 + 3 * GE_MAX_BINS + GE_MAX_PRODUCT_BINS)

/* Of cells whose count and sum are laid out as `layout`. */
extern void ge_cell_parts_init(GeCellParts *parts, const GeTargetSpec *spec,
							   const GeCellLayout *layout);

/*
 * The sums of squares and of weights as cells whose counts, the words before, are not
 * theirs: for functions that leave the count alone.
 */
static inline uint64_t *
ge_squares_of(const GeCellParts *parts, uint64_t *cell)
{
	return cell + parts->squares_at - 1;
}

static inline uint64_t *
ge_weights_of(const GeCellParts *parts, uint64_t *cell)
{
	return cell + parts->weights_at - 1;
}

/* Words of a line of the cache. */
#define GE_LINE_WORDS 8

/* With sums of squares and extremes a cell has several lines of the cache. */
static inline void
ge_prefetch_cell(const GeCellParts *parts, const uint64_t *cell)
{
	uint32_t word;

	for (word = 0; word < parts->n_words; word += GE_LINE_WORDS)
		__builtin_prefetch(cell + word, 1);
	__builtin_prefetch(cell + parts->n_words - 1, 1);
}

/* A row's target, as bits of its kind, and its weight. */
typedef struct GeCellRow
{
	GeTargetKind kind;
	uint64_t bits;
	double weight;
} GeCellRow;

/* Count a row in.  False: its target or weight lies outside the bins. */
extern bool ge_cell_add_row(const GeCellLayout *layout, const GeCellParts *parts,
							uint64_t *cell, GeCellRow row);

/* cell += other. */
extern void ge_cell_add_parts(const GeCellLayout *layout, const GeCellParts *parts,
							  uint64_t *cell, const uint64_t *other);

/* The least and greatest of some cells, and those if any one cell is left out. */
typedef struct GeCellTops
{
	uint64_t least[2]; /* words of cells; the second is that of all cells but one */
	uint64_t greatest[2];
} GeCellTops;

extern void ge_cell_tops_add(const GeCellParts *parts, GeCellTops *tops,
							 const uint64_t *cell);

/* others = all - cell; tops are those of all cells that make up `all`. */
extern void ge_cell_without(const GeCellLayout *layout, const GeCellParts *parts,
							const GeCellTops *tops, const uint64_t *all,
							const uint64_t *cell, uint64_t *others);

/* A cell as finishes see it; n_rows is the number of all rows of the category. */
extern GeFigures ge_cell_figures(const GeCellLayout *layout, const GeCellParts *parts,
								 const uint64_t *cell, uint64_t n_rows);

/*
 * Entry i of statistics with the accumulators of a cell, and a cell with those of entry i;
 * arrays that are NULL, and n_rows, are left out.
 */
extern void ge_cell_to_statistics(const GeCellLayout *layout, const GeCellParts *parts,
								  const uint64_t *cell,
								  const GeTargetStatistics *statistics, uint32_t i);
extern void ge_cell_from_statistics(const GeCellLayout *layout, const GeCellParts *parts,
									const GeTargetStatistics *statistics, uint32_t i,
									uint64_t *cell);

#endif /* GE_CPU_TARGET_PARTS_H */
