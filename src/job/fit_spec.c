/*
 * fit_spec.c: what a fit of the plan counts, and how it is finished.
 */
#include "postgres.h"

#include "backend/finish.h"
#include "base/shown.h"
#include "job/internal.h"

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
					ge_shown(run->plan->targets[fit->target].name)),
			 errhint("Leave \"woe\" out, or say target_type => 'binary'.")));
}

GeFinish *
ge_fit_finishes(const GePlan *plan, const GeEncoding *encoding, const GeFit *fit,
				uint32 *accumulators)
{
	GeFinish *finishes = palloc0_array(GeFinish, fit->n_outputs + 1);
	bool is_weighted = plan->options.weight_column != NULL && fit->target >= 0;

	*accumulators = GE_COUNT_ROWS;
	if (fit->target >= 0) /* the moments of an encoder have them, whatever is asked for */
		*accumulators |= GE_COUNT_TARGETS | GE_SUM_TARGETS;
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

void
ge_run_fit_spec(const GeRun *run, const GeRunEncoding *encoding, GeRunFit *fit,
				GeFinishSpec *finish)
{
	const GeEncoding *plan = encoding->plan;
	GeTargetSpec *spec = &fit->spec;

	*finish = (GeFinishSpec){
		.n_finishes = fit->plan->n_outputs,
		.finishes = ge_fit_finishes(run->plan, plan, fit->plan, &spec->accumulators),
		.prior_out_of_fold = run->plan->options.folds.prior_out_of_fold,
		.missing_is_category = plan->options.handle_missing == GE_MISSING_CATEGORY &&
							   !encoding->categories->is_closed,
	};
	spec->folds = run->folds;
	spec->n_categories = ge_last_counted_id(encoding->categories);
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
		fit->counts_binary = target->counts_binary;
	}
}
