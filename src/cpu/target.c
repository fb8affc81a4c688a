/*
 * target.c: the life of target statistics: created, added to, finished, asked for rows.
 *
 * What is here checks arguments and computes the priors; target_dense.c and
 * target_sorted.c do the rest.
 */
#include "cpu/target.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/cpu_backend.h"
#include "cpu/float_mode.h"
#include "cpu/folds.h"
#include "cpu/memory.h"

const GeTargetAbilities ge_cpu_target_abilities = {
	.accumulators = GE_COUNT_ROWS | GE_COUNT_TARGETS | GE_SUM_TARGETS | GE_SUM_SQUARES |
					GE_SUM_WEIGHTS | GE_LEAST_TARGET | GE_GREATEST_TARGET |
					GE_ALL_TARGETS,
	.finishes = 1 << GE_FINISH_MEAN | 1 << GE_FINISH_COUNT | 1 << GE_FINISH_FREQUENCY |
				1 << GE_FINISH_SUM | 1 << GE_FINISH_VAR | 1 << GE_FINISH_STD |
				1 << GE_FINISH_MIN | 1 << GE_FINISH_MAX | 1 << GE_FINISH_QUANTILE |
				1 << GE_FINISH_WOE,
	.splits = 1 << GE_SPLIT_NONE | 1 << GE_SPLIT_INTERLEAVED | 1 << GE_SPLIT_CONTIGUOUS |
			  1 << GE_SPLIT_RANDOM | 1 << GE_SPLIT_CUSTOM | 1 << GE_SPLIT_ORDERED,
	.most_finishes = GE_MAX_FINISHES,
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

static void
make_layout(const GeTargetSpec *spec, GeCellLayout *layout, GeCellParts *parts)
{
	GeBins bins = ge_sum_bins(spec, GE_SUM_TARGETS);

	ge_cell_layout_init(layout, bins.low, bins.high, spec->folds.n_rows);
	ge_cell_parts_init(parts, spec, layout);
}

bool
ge_dense_pays(const GeTargetSpec *spec)
{
	uint64_t n_rows = spec->folds.n_rows;
	unsigned __int128 n_cells =
		((unsigned __int128) spec->n_categories + 1) * cells_per_category(spec);
	GeCellLayout layout;
	GeCellParts parts;

	make_layout(spec, &layout, &parts);
	n_cells *= parts.n_words * sizeof(uint64_t);
	return n_rows > MOST_SORTED_ROWS || n_cells <= DENSE_BYTES ||
		   n_cells <= n_rows * DENSE_BYTES_PER_ROW;
}

/* Counts of rows are the same in every fold: rows of a target 0 without folds. */
static void
forget_target(GeTargetSpec *spec)
{
	spec->kind = GE_TARGET_INT64;
	spec->low_bin = spec->high_bin = 0;
	spec->largest = 1;
	if (spec->folds.split != GE_SPLIT_ORDERED)
		spec->folds.split = GE_SPLIT_NONE;
	spec->folds.n_folds = 0;
}

/* The way given, unless the accumulators leave one alone. */
static const GeTargetWay *
choose_way(const GeTargetSpec *spec, const GeTargetWay *way)
{
	if (spec->folds.split == GE_SPLIT_ORDERED)
		return &ge_ordered_way;
	if (spec->takes_statistics || spec->accumulators == GE_COUNT_ROWS)
		return &ge_dense_way;
	return spec->accumulators & GE_ALL_TARGETS ? &ge_sorted_way : way;
}

/* Statistics that no cells give. */
static bool
needs_rows(const GeTargetSpec *spec)
{
	return (spec->accumulators & GE_ALL_TARGETS) != 0 ||
		   spec->folds.split == GE_SPLIT_ORDERED;
}

GeStatus
ge_target_create(GeContext *context, const GeTargetSpec *spec, const GeTargetWay *way,
				 GeTarget **target, GeError *error)
{
	GeTarget *created;
	GeStatus status;

	*target = NULL;
	status = ge_target_spec_check(&ge_cpu_target_abilities, spec, error);
	if (status == GE_OK && needs_rows(spec) && spec->folds.n_rows > MOST_SORTED_ROWS)
		status =
			ge_cpu_fail(error, GE_UNSUPPORTED,
						"quantiles, or an order, of more than %u rows", MOST_SORTED_ROWS);
	if (status != GE_OK)
		return status;
	created = calloc(1, sizeof *created);
	if (created == NULL)
		return ge_cpu_no_memory(error, sizeof *created, "target statistics");
	created->context = context;
	created->way = choose_way(spec, way);
	created->spec = *spec;
	created->counts_only = spec->accumulators == GE_COUNT_ROWS;
	if (created->counts_only)
		forget_target(&created->spec);
	created->n_folds = cells_per_category(&created->spec);
	make_layout(&created->spec, &created->layout, &created->parts);
	created->plain = created->parts.n_words == created->layout.n_words;
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

void
ge_cpu_target_free(GeTarget *target)
{
	if (target == NULL)
		return;
	target->way->free(target);
	ge_target_free_priors(target);
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
	chunk.places = rows->places == NULL ? NULL : rows->places + start;
	chunk.visible = rows->visible == NULL ? NULL : rows->visible + start;
	chunk.int_targets = rows->int_targets == NULL ? NULL : rows->int_targets + start;
	chunk.float_targets =
		rows->float_targets == NULL ? NULL : rows->float_targets + start;
	chunk.target_is_null =
		rows->target_is_null == NULL ? NULL : rows->target_is_null + start;
	chunk.weights = rows->weights == NULL ? NULL : rows->weights + start;
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

static void
take_finishes(GeTarget *target, const GeFinishSpec *spec)
{
	const GeFinish *first = spec->finishes;
	uint32_t f;

	target->n_finishes = spec->n_finishes;
	memcpy(target->finishes, first, spec->n_finishes * sizeof *first);
	target->plain_mean = target->plain && spec->n_finishes == 1 &&
						 first->kind == GE_FINISH_MEAN && first->smooth >= 0;
	for (f = 0; f < spec->n_finishes; f++)
	{
		GeFinishKind kind = spec->finishes[f].kind;

		target->parts.wants_spread |=
			(ge_finish_needs(&spec->finishes[f], false) & GE_SUM_SQUARES) != 0;
		target->parts.wants_zeros |= kind == GE_FINISH_WOE;
		target->wants_quantiles |= kind == GE_FINISH_QUANTILE;
	}
	target->prior_out_of_fold = spec->prior_out_of_fold;
	target->missing_is_category = spec->missing_is_category;
}

GeStatus
ge_cpu_target_finish(GeTarget *target, const GeFinishSpec *spec, GeTargetTotals *totals,
					 double *unseen, GeError *error)
{
	GeStatus status =
		ge_finish_check(&ge_cpu_target_abilities, &target->spec, spec, error);
	uint32_t f;

	if (status != GE_OK)
		return status;
	if (target->finished || target->n_added != target->spec.folds.n_rows)
		return ge_cpu_fail(error, GE_INTERNAL, "%llu rows of %llu were added",
						   (unsigned long long) target->n_added,
						   (unsigned long long) target->spec.folds.n_rows);
	ge_float_mode_reset();
	target->finished = true;
	take_finishes(target, spec);
	status = ge_target_priors(target, error);
	if (status != GE_OK)
		return status;
	totals->n_rows = target->n_added;
	totals->n_targets = target->n_targets;
	for (f = 0; f < target->n_finishes; f++)
		unseen[f] = target->priors[f].unseen;
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
		status = target->way->rows(target, &chunk, encodings, start, error);
		if (status == GE_OK)
			status = ge_work_step(&work, 4 * (uint64_t) chunk.n_rows);
	}
	return status;
}
