/*
 * target.c: the life of target statistics: created, added to, finished, asked for rows.
 *
 * What is here checks arguments and computes the priors; target_dense.c and
 * target_sorted.c do the rest.
 */
#include "cpu/target.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/cpu_backend.h"
#include "cpu/float_mode.h"
#include "cpu/folds.h"
#include "cpu/memory.h"

const GeTargetAbilities ge_cpu_target_abilities = {
	.accumulators = GE_COUNT_ROWS | GE_COUNT_TARGETS | GE_SUM_TARGETS,
	.finishes = 1 << GE_FINISH_MEAN,
	.splits = 1 << GE_SPLIT_NONE | 1 << GE_SPLIT_INTERLEAVED | 1 << GE_SPLIT_CONTIGUOUS |
			  1 << GE_SPLIT_RANDOM | 1 << GE_SPLIT_CUSTOM,
	.most_finishes = 1,
};

/* Dense cells (not packed) pay up to this many bytes, or up to this many for each row. */
#define DENSE_BYTES (UINT64_C(64) << 20)
#define DENSE_BYTES_PER_ROW 32

/* The sorted way numbers rows in 32 bits. */
#define MOST_SORTED_ROWS UINT32_MAX

static uint32_t
cells_per_category(const GeTargetSpec *spec)
{
	return spec->folds.n_folds > 0 ? spec->folds.n_folds : 1;
}

bool
ge_dense_pays(const GeTargetSpec *spec)
{
	uint64_t n_rows = spec->folds.n_rows;
	unsigned __int128 n_cells =
		((unsigned __int128) spec->n_categories + 1) * cells_per_category(spec);
	GeCellLayout layout;

	ge_cell_layout_init(&layout, spec->low_bin, spec->high_bin, n_rows);
	n_cells *= layout.n_words * sizeof(uint64_t);
	return n_rows > MOST_SORTED_ROWS || n_cells <= DENSE_BYTES ||
		   n_cells <= n_rows * DENSE_BYTES_PER_ROW;
}

GeStatus
ge_target_create(GeContext *context, const GeTargetSpec *spec, const GeTargetWay *way,
				 GeTarget **target, GeError *error)
{
	GeTarget *created;
	GeStatus status;

	*target = NULL;
	status = ge_target_spec_check(&ge_cpu_target_abilities, spec, error);
	if (status != GE_OK)
		return status;
	created = calloc(1, sizeof *created);
	if (created == NULL)
		return ge_cpu_no_memory(error, sizeof *created, "target statistics");
	created->context = context;
	created->way = spec->takes_statistics ? &ge_dense_way : way;
	created->spec = *spec;
	created->n_folds = cells_per_category(spec);
	ge_cell_layout_init(&created->layout, spec->low_bin, spec->high_bin,
						spec->folds.n_rows);
	status = created->way->create(created, error);
	if (status != GE_OK)
		ge_cpu_target_free(created);
	else
		*target = created;
	return status;
}

GeStatus
ge_cpu_target_create(GeContext *context, const GeTargetSpec *spec, GeTarget **target,
					 GeError *error)
{
	*target = NULL;
	return ge_target_create(context, spec,
							ge_dense_pays(spec) ? &ge_dense_way : &ge_sorted_way, target,
							error);
}

static uint64_t
fold_priors_bytes(const GeTarget *target)
{
	return target->n_folds * sizeof(GePrior);
}

void
ge_cpu_target_free(GeTarget *target)
{
	if (target == NULL)
		return;
	target->way->free(target);
	ge_free_zeroed(target->fold_priors, fold_priors_bytes(target));
	free(target);
}

static GeStatus
check_rows(const GeTarget *target, const GeTargetRows *rows, GeError *error)
{
	uint64_t n_rows = target->spec.folds.n_rows;

	if (rows->first_ordinal > n_rows || rows->n_rows > n_rows - rows->first_ordinal)
		return ge_cpu_fail(error, GE_INTERNAL, "rows %llu to %llu of %llu",
						   (unsigned long long) rows->first_ordinal,
						   (unsigned long long) rows->first_ordinal + rows->n_rows,
						   (unsigned long long) n_rows);
	if (rows->id_width != 1 && rows->id_width != 2 && rows->id_width != 4)
		return ge_cpu_fail(error, GE_INTERNAL, "ids of %u bytes", rows->id_width);
	return GE_OK;
}

/* At most GE_CHUNK_ROWS of the rows, from `start` on. */
static GeTargetRows
cut_chunk(const GeTargetRows *rows, uint32_t start)
{
	GeTargetRows chunk = *rows;

	chunk.first_ordinal += start;
	chunk.n_rows = rows->n_rows - start;
	if (chunk.n_rows > GE_CHUNK_ROWS)
		chunk.n_rows = GE_CHUNK_ROWS;
	chunk.ids = (const uint8_t *) rows->ids + (size_t) start * rows->id_width;
	chunk.folds = rows->folds == NULL ? NULL : rows->folds + start;
	chunk.int_targets = rows->int_targets == NULL ? NULL : rows->int_targets + start;
	chunk.float_targets =
		rows->float_targets == NULL ? NULL : rows->float_targets + start;
	chunk.target_is_null =
		rows->target_is_null == NULL ? NULL : rows->target_is_null + start;
	return chunk;
}

GeStatus
ge_cpu_target_add(GeTarget *target, const GeTargetRows *rows, GeError *error)
{
	GeStatus status = check_rows(target, rows, error);
	GeWork work = {&target->context->options, error, 0};
	GeTargetRows chunk;
	uint32_t start;

	if (status == GE_OK && target->finished)
		status = ge_cpu_fail(error, GE_INTERNAL, "rows added to a finished target");
	if (status == GE_OK && rows->n_rows > target->spec.folds.n_rows - target->n_added)
		status = ge_cpu_fail(error, GE_INTERNAL, "more rows than the %llu announced",
							 (unsigned long long) target->spec.folds.n_rows);
	ge_float_mode_reset();
	for (start = 0; start < rows->n_rows && status == GE_OK; start += chunk.n_rows)
	{
		chunk = cut_chunk(rows, start);
		status = target->way->add(target, &chunk, error);
		if (status == GE_OK)
			status = ge_work_step(&work, 4 * (uint64_t) chunk.n_rows);
		target->n_added += chunk.n_rows;
	}
	return status;
}

/* The prior over the rows of all folds but the one of `cell`. */
static GePrior
prior_without(const GeTarget *target, const uint64_t *all, const uint64_t *cell)
{
	const GeCellLayout *layout = &target->layout;
	uint64_t others[GE_MAX_CELL_WORDS];

	memcpy(others, all, layout->n_words * sizeof *others);
	ge_cell_merge(layout, others, cell, true);
	if (ge_cell_count(layout, others) == 0)
		return target->prior;
	return ge_prior(&target->finish, ge_cell_figures(layout, others));
}

/* From the sums of all rows and of each fold. */
static GeStatus
compute_fold_priors(GeTarget *target, const uint64_t *all, const uint64_t *totals,
					GeError *error)
{
	GeWork work = {&target->context->options, error, 0};
	uint32_t f;

	target->fold_priors = ge_alloc_array(target->n_folds, sizeof(GePrior));
	if (target->fold_priors == NULL)
		return ge_cpu_no_memory(error, fold_priors_bytes(target), "priors of folds");
	for (f = 0; f < target->n_folds; f++)
	{
		target->fold_priors[f] =
			prior_without(target, all, totals + (uint64_t) f * target->layout.n_words);
		if (ge_work_step(&work, 30) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}

/* From the sums of all folds (or, with n_totals = 1, of all rows). */
static GeStatus
compute_priors(GeTarget *target, uint64_t n_totals, const uint64_t *totals,
			   GeError *error)
{
	const GeCellLayout *layout = &target->layout;
	uint64_t all[GE_MAX_CELL_WORDS] = {0}, i;
	GeFigures figures;

	for (i = 0; i < n_totals; i++)
		ge_cell_merge(layout, all, totals + i * layout->n_words, false);
	figures = ge_cell_figures(layout, all);
	target->n_targets = figures.n_targets;
	if (figures.n_targets == 0)
		return GE_OK;
	if (isinf(figures.sum))
		return ge_target_overflow(error, "the sum of all targets");
	target->prior = ge_prior(&target->finish, figures);
	return n_totals == 1 ? GE_OK : compute_fold_priors(target, all, totals, error);
}

/* What all rows come to: the priors, for which the way adds them up. */
static GeStatus
add_up(GeTarget *target, GeError *error)
{
	bool by_fold = target->prior_out_of_fold && target->spec.folds.split != GE_SPLIT_NONE;
	uint64_t n_totals = by_fold ? target->n_folds : 1;
	uint64_t bytes = n_totals * target->layout.n_words * sizeof(uint64_t);
	uint64_t *sums = ge_alloc_zeroed(bytes);
	GeStatus status;

	if (sums == NULL)
		return ge_cpu_no_memory(error, bytes, "sums of folds");
	status = target->way->add_up(target, n_totals, sums, error);
	if (status == GE_OK)
		status = compute_priors(target, n_totals, sums, error);
	ge_free_zeroed(sums, bytes);
	return status;
}

GeStatus
ge_cpu_target_finish(GeTarget *target, const GeFinishSpec *spec, GeTargetTotals *totals,
					 double *unseen, GeError *error)
{
	GeStatus status =
		ge_finish_check(&ge_cpu_target_abilities, &target->spec, spec, error);

	if (status != GE_OK)
		return status;
	if (target->finished || target->n_added != target->spec.folds.n_rows)
		return ge_cpu_fail(error, GE_INTERNAL, "%llu rows of %llu were added",
						   (unsigned long long) target->n_added,
						   (unsigned long long) target->spec.folds.n_rows);
	ge_float_mode_reset();
	target->finished = true;
	target->finish = spec->finishes[0];
	target->prior_out_of_fold = spec->prior_out_of_fold;
	target->missing_is_category = spec->missing_is_category;
	status = add_up(target, error);
	if (status != GE_OK)
		return status;
	totals->n_rows = target->n_added;
	totals->n_targets = target->n_targets;
	unseen[0] = target->prior.unseen;
	return target->way->encode(target, error);
}

GeStatus
ge_cpu_target_rows(GeTarget *target, const GeTargetRows *rows, double *const *encodings,
				   GeError *error)
{
	GeStatus status = check_rows(target, rows, error);
	GeWork work = {&target->context->options, error, 0};
	GeTargetRows chunk;
	uint32_t start;

	if (status == GE_OK && !target->finished)
		status = ge_cpu_fail(error, GE_INTERNAL, "rows asked of an unfinished target");
	ge_float_mode_reset();
	for (start = 0; start < rows->n_rows && status == GE_OK; start += chunk.n_rows)
	{
		chunk = cut_chunk(rows, start);
		status = target->way->rows(target, &chunk, encodings[0] + start, error);
		if (status == GE_OK)
			status = ge_work_step(&work, 4 * (uint64_t) chunk.n_rows);
	}
	return status;
}
