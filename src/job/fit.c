/*
 * fit.c: the fitted source counted by every fit of the plan, and finished.
 */
#include "postgres.h"
#include "miscadmin.h"

#include <unistd.h>

#include "backend/finish.h"
#include "base/run_log.h"
#include "job/internal.h"

/* Whether rows of a class are 1 and all others 0, or NULL where they are missing. */
static void
make_class_targets(const GeRun *run, const GeFit *fit, const GeSegment *segment,
				   int64 *ints, uint8 *is_null)
{
	const GeRunTarget *target = &run->targets[fit->target];
	const GeIds *ids = &segment->ids[target->id_column];

	for (uint32 row = 0; row < segment->n_rows; row++)
	{
		uint32 id = ge_ids_get(ids, row);

		is_null[row] = id == GE_ID_MISSING;
		ints[row] = !is_null[row] && target->class_of_id[id] == (uint32) fit->class;
	}
}

/* Room for the targets of a class. */
typedef struct ClassTargets
{
	int64 *ints;
	uint8 *is_null;
} ClassTargets;

/* The targets of a segment; class has room for those of a class. */
static void
set_targets(const GeRun *run, const GeFit *fit, const GeSegment *segment,
			ClassTargets class, GeTargetRows *rows)
{
	const GeTargetValues *values;

	rows->weights = segment->weights;
	if (fit->class >= 0)
	{
		make_class_targets(run, fit, segment, class.ints, class.is_null);
		rows->int_targets = class.ints;
		rows->target_is_null = class.is_null;
		return;
	}
	if (fit->target < 0)
		return;
	values = &segment->targets[fit->target];
	rows->int_targets = values->ints;
	rows->float_targets = values->floats;
	rows->target_is_null = values->is_null;
}

/* Add the rows of the fitted source, to pooled categories or to those counted. */
static void
add_rows(GeRun *run, GeRunEncoding *encoding, const GeRunFit *fit, GeTarget *target,
		 bool pooled)
{
	GeRowStore *rows = run->rows[0];
	uint32 most = Max(ge_job_largest_segment(rows), 1);
	GeTargetBuffers buffers = ge_job_target_buffers(most);
	ClassTargets class = {palloc_array(int64, most), palloc_array(uint8, most)};

	for (int i = 0; i < rows->n_segments; i++)
	{
		const GeSegment *segment = &rows->segments[i];
		GeTargetRows block;

		CHECK_FOR_INTERRUPTS();
		ge_job_target_rows(run, encoding, segment, 0, segment->n_rows, &buffers, &block);
		set_targets(run, fit->plan, segment, class, &block);
		if (pooled)
		{
			ge_run_map_ids(&segment->ids[encoding->id_column], 0, buffers.ids, &block,
						   ge_pooled_number, encoding->categories);
			block.folds = NULL;
		}
		ge_compute_target_add(run->compute, target, &block, encoding->plan->name);
	}
	pfree(buffers.folds);
	pfree(buffers.ids);
	pfree(class.ints);
	pfree(class.is_null);
}

/* Count each pooled category on its own: the encoder has its figures. */
static void
fit_pooled(GeRun *run, GeRunEncoding *encoding, GeRunFit *fit, GeFinishSpec finish)
{
	GeTargetSpec spec = fit->spec;
	GeTargetTotals totals;
	double *unseen = palloc_array(double, fit->plan->n_outputs + 1);

	spec.folds = (GeFolds){.split = GE_SPLIT_NONE, .n_rows = run->rows[0]->n_rows};
	spec.n_categories = encoding->categories->n_pooled;
	finish.prior_out_of_fold = false;
	fit->pooled = ge_compute_target(run->compute, &spec, encoding->plan->name);
	add_rows(run, encoding, fit, fit->pooled, true);
	ge_compute_target_finish(run->compute, fit->pooled, &finish, &totals, unseen,
							 encoding->plan->name);
	pfree(unseen);
}

/* Weight of evidence compares ones with zeros. */
static void
require_binary(const GeRun *run, const GeFit *fit, const GeStat *stat)
{
	if (stat->kind != GE_FINISH_WOE || run->targets[fit->target].is_binary)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"woe\" needs a target of zeros and ones, but \"%s\" has other "
					"values",
					run->plan->targets[fit->target].name),
			 errhint("Leave \"woe\" out, or say target_type => 'binary'.")));
}

GeFinish *
ge_fit_finishes(const GePlan *plan, const GeEncoding *encoding, const GeFit *fit,
				uint32 *accumulators)
{
	GeFinish *finishes = palloc0_array(GeFinish, fit->n_outputs + 1);
	bool is_weighted = plan->options.weight_column != NULL && fit->target >= 0;

	*accumulators = GE_COUNT_ROWS;
	if (is_weighted)
		*accumulators |= GE_SUM_WEIGHTS;
	for (int k = 0; k < fit->n_outputs; k++)
	{
		const GeStat *stat = &plan->outputs[fit->outputs[k]].stat;

		finishes[k] = (GeFinish){.kind = stat->kind,
								 .smooth = encoding->options.smooth,
								 .regularization = encoding->options.regularization,
								 .percent = stat->percent};
		*accumulators |= ge_finish_needs(&finishes[k], is_weighted);
	}
	return finishes;
}

static void
fit_encoding(GeRun *run, GeRunEncoding *encoding, GeRunFit *fit)
{
	const GeEncoding *plan = encoding->plan;
	GeTargetSpec *spec = &fit->spec;
	const GeFinishSpec finish = {
		.n_finishes = fit->plan->n_outputs,
		.finishes = ge_fit_finishes(run->plan, plan, fit->plan, &spec->accumulators),
		.prior_out_of_fold = run->plan->options.folds.prior_out_of_fold,
		.missing_is_category = plan->options.handle_missing == GE_MISSING_CATEGORY,
	};

	spec->folds = run->folds;
	spec->n_categories = ge_largest_counted_id(encoding->categories);
	if (fit->plan->target >= 0)
	{
		const GeRunTarget *target = &run->targets[fit->plan->target];

		for (int k = 0; k < fit->plan->n_outputs; k++)
			require_binary(run, fit->plan,
						   &run->plan->outputs[fit->plan->outputs[k]].stat);
		spec->kind = run->plan->targets[fit->plan->target].form == GE_TARGET_FLOATS
						 ? GE_TARGET_FLOAT64
						 : GE_TARGET_INT64;
		spec->low_bin = target->bins.low;
		spec->high_bin = target->bins.high;
		spec->low_weight_bin = run->weight_bins.low;
		spec->high_weight_bin = run->weight_bins.high;
		spec->largest = target->largest;
		spec->is_binary = target->is_binary;
	}
	fit->target = ge_compute_target(run->compute, spec, plan->name);
	add_rows(run, encoding, fit, fit->target, false);
	ge_compute_target_finish(run->compute, fit->target, &finish, &fit->totals,
							 fit->unseen, plan->name);
	if (encoding->categories->n_pooled > 0)
		fit_pooled(run, encoding, fit, finish);
}

/*
 * What all targets of the backend will take at least: a count and a sum for each category,
 * target and class.
 */
static void
check_memory(const GeRun *run)
{
	double bytes = 0, most = (double) sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);

	for (int i = 0; i < run->plan->n_encodings; i++)
		bytes += 2.0 * sizeof(uint64) * run->plan->encodings[i].n_fits *
				 run->encodings[i].categories->n_known;
	if (bytes > most)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY),
						errmsg("the statistics would not fit into memory"),
						errdetail("They take %.0f MB or more; the machine has %.0f MB.",
								  bytes / 1048576, most / 1048576),
						errhint("Take fewer classes or columns in one call.")));
}

void
ge_job_fit(GeRun *run)
{
	check_memory(run);
	for (int i = 0; i < run->plan->n_encodings; i++)
	{
		GeRunEncoding *encoding = &run->encodings[i];

		ge_stage_begin();
		for (int k = 0; k < encoding->plan->n_fits; k++)
			fit_encoding(run, encoding, &encoding->fits[k]);
		ge_stage_end("fit", run->rows[0]->n_rows, -1, ge_compute_name(run->compute),
					 "target encoding of %s, %u categories", encoding->plan->name,
					 encoding->categories->n_trained);
	}
}
