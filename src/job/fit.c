/*
 * fit.c: the fitted source counted by every fit of the plan, and finished.
 */
#include "postgres.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include <unistd.h>

#include "backend/finish.h"
#include "base/run_log.h"
#include "job/internal.h"

/* A fit of an encoding, prepared. */
typedef struct FitTask
{
	GeFinishSpec finish;
	GeTarget **target; /* places that outlive a run */
	GeTarget **apart;
	double *apart_unseen;
	const GeGroupStatistics *groups; /* rows counted elsewhere; NULL: none */
} FitTask;

/* Encodings that are fitted, those of different devices at the same time. */
typedef struct Fitting
{
	GeRun *run;
	GeRunEncoding *encodings; /* that of item 0, with those of the others behind */
	FitTask **tasks;		  /* by item, by fit */
	bool counts_rows;		  /* not only groups */
	bool rows_alone;		  /* the rows that are read, without folds and finishes */
	GeFitRoom *rooms;		  /* by device */
} Fitting;

static GeFitRoom *
room_of(const Fitting *fitting, const GeRunEncoding *encoding)
{
	return &fitting->rooms[ge_compute_place(fitting->run->compute,
											encoding->categories->dictionary)];
}

/* The target of a fit, from its creation to its encodings. */
static GeStatus
fit_counted(const Fitting *fitting, const GeRunEncoding *encoding, GeRunFit *fit,
			const FitTask *task, GeError *error)
{
	const GeCompute *compute = fitting->run->compute;
	GeStatus status = ge_compute_try_target(compute, encoding->categories->dictionary,
											&fit->spec, task->target, error);

	if (status == GE_OK && fitting->counts_rows)
		status = ge_fit_add_rows(fitting->run, encoding, fit, *task->target, false,
								 room_of(fitting, encoding), error);
	if (status == GE_OK && task->groups != NULL)
		status = ge_compute_try_target_add_statistics(
			compute, *task->target, task->groups->n, task->groups->ids,
			task->groups->folds, &task->groups->figures, error);
	if (status == GE_OK)
		status = ge_compute_try_target_finish(compute, *task->target, &task->finish,
											  &fit->totals, fit->unseen, error);
	return status;
}

/* Count each category on its own that shares an id: the encoder has its figures. */
static GeStatus
fit_apart(const Fitting *fitting, const GeRunEncoding *encoding, const GeRunFit *fit,
		  const FitTask *task, GeError *error)
{
	const GeCompute *compute = fitting->run->compute;
	GeTargetSpec spec = fit->spec;
	GeFinishSpec finish = task->finish;
	GeTargetTotals totals;
	GeStatus status;

	spec.folds = (GeFolds){.split = GE_SPLIT_NONE, .n_rows = ge_job_n_rows(fitting->run)};
	spec.n_categories = ge_n_apart(encoding->categories);
	finish.prior_out_of_fold = false;
	status = ge_compute_try_target(compute, encoding->categories->dictionary, &spec,
								   task->apart, error);
	if (status == GE_OK && fitting->counts_rows)
		status = ge_fit_add_rows(fitting->run, encoding, fit, *task->apart, true,
								 room_of(fitting, encoding), error);
	if (status == GE_OK && task->groups != NULL)
		status = ge_compute_try_target_add_statistics(
			compute, *task->apart, task->groups->n, task->groups->apart, NULL,
			&task->groups->figures, error);
	if (status == GE_OK)
		status = ge_compute_try_target_finish(compute, *task->apart, &finish, &totals,
											  task->apart_unseen, error);
	return status;
}

static const GeDictionary *
dictionary_of_item(void *arg, int i)
{
	return ((Fitting *) arg)->encodings[i].categories->dictionary;
}

static const char *
name_of_item(void *arg, int i)
{
	return ((Fitting *) arg)->encodings[i].plan->name;
}

/* GeComputeItems.work: all fits of an encoding. */
static GeStatus
fit_item(void *arg, int i, GeError *error)
{
	const Fitting *fitting = arg;
	GeRunEncoding *encoding = &fitting->encodings[i];
	GeStatus status = GE_OK;

	for (int k = 0; k < encoding->plan->n_fits && status == GE_OK; k++)
	{
		GeRunFit *fit = &encoding->fits[k];
		const FitTask *task = &fitting->tasks[i][k];

		status = fit_counted(fitting, encoding, fit, task, error);
		if (status == GE_OK && ge_n_apart(encoding->categories) > 0)
			status = fit_apart(fitting, encoding, fit, task, error);
	}
	return status;
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

/* What is counted, and how it is finished; refuses what the target does not allow. */
static void
prepare_fit(GeRun *run, GeRunEncoding *encoding, GeRunFit *fit, FitTask *task)
{
	const GeEncoding *plan = encoding->plan;
	GeTargetSpec *spec = &fit->spec;

	task->finish = (GeFinishSpec){
		.n_finishes = fit->plan->n_outputs,
		.finishes = ge_fit_finishes(run->plan, plan, fit->plan, &spec->accumulators),
		.prior_out_of_fold = run->plan->options.folds.prior_out_of_fold,
		.missing_is_category = plan->options.handle_missing == GE_MISSING_CATEGORY &&
							   !encoding->categories->is_closed,
	};
	task->target = ge_compute_target(run->compute);
	task->apart = ge_compute_target(run->compute);
	task->apart_unseen = palloc_array(double, fit->plan->n_outputs + 1);
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
	}
}

/* Rows are counted without folds, and what becomes of them does not matter. */
static void
prepare_rows_alone(const GeRun *run, FitTask *task, GeTargetSpec *spec)
{
	static const GeFinish count = {.kind = GE_FINISH_COUNT};

	task->finish = (GeFinishSpec){.n_finishes = 1, .finishes = &count};
	spec->folds = (GeFolds){.split = GE_SPLIT_NONE, .n_rows = run->rows[0]->n_rows};
}

static void
prepare_item(Fitting *fitting, int i)
{
	GeRunEncoding *encoding = &fitting->encodings[i];

	fitting->tasks[i] = palloc0_array(FitTask, encoding->plan->n_fits + 1);
	for (int k = 0; k < encoding->plan->n_fits; k++)
	{
		FitTask *task = &fitting->tasks[i][k];
		GeTargetSpec *spec = &encoding->fits[k].spec;

		prepare_fit(fitting->run, encoding, &encoding->fits[k], task);
		if (fitting->rows_alone)
			prepare_rows_alone(fitting->run, task, spec);
		else
			task->groups = ge_group_statistics(fitting->run, encoding, k, spec);
	}
}

/* The targets are those of the run now. */
static void
take_targets(const Fitting *fitting, int i)
{
	GeRunEncoding *encoding = &fitting->encodings[i];

	for (int k = 0; k < encoding->plan->n_fits; k++)
	{
		encoding->fits[k].target = *fitting->tasks[i][k].target;
		encoding->fits[k].apart = *fitting->tasks[i][k].apart;
	}
}

/* Fit n encodings from `first` on; what it takes meanwhile goes with `scratch`. */
static void
fit_encodings(GeRun *run, int first, int n, bool rows_alone, MemoryContext scratch)
{
	MemoryContext old = MemoryContextSwitchTo(scratch);
	int n_places = ge_compute_n_places(run->compute);
	Fitting fitting = {.run = run,
					   .encodings = run->encodings + first,
					   .tasks = palloc_array(FitTask *, n + 1),
					   .rows_alone = rows_alone,
					   .counts_rows = rows_alone || !ge_run_takes_out(run),
					   .rooms = palloc_array(GeFitRoom, n_places)};
	GeComputeItems items = {.n = n,
							.dictionary = dictionary_of_item,
							.work = fit_item,
							.column = name_of_item,
							.arg = &fitting};

	for (int i = 0; i < n_places; i++)
		fitting.rooms[i] = ge_fit_room(run);
	for (int i = 0; i < n; i++)
		prepare_item(&fitting, i);
	ge_compute_each(run->compute, &items);
	for (int i = 0; i < n; i++)
		take_targets(&fitting, i);
	MemoryContextSwitchTo(old);
	MemoryContextReset(scratch);
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

/* One encoding after another, each a stage. */
static void
fit_in_turn(GeRun *run, MemoryContext scratch)
{
	for (int i = 0; i < run->plan->n_encodings; i++)
	{
		ge_stage_begin();
		fit_encodings(run, i, 1, false, scratch);
		ge_stage_end("fit", ge_job_n_rows(run), -1, ge_compute_name(run->compute),
					 "target encoding of %s, %u categories", run->encodings[i].plan->name,
					 run->encodings[i].categories->n_trained);
	}
}

void
ge_run_fit_rows(GeRun *run, int encoding)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "gpu_encode fit",
												  ALLOCSET_DEFAULT_SIZES);

	fit_encodings(run, encoding, 1, true, scratch);
	MemoryContextDelete(scratch);
}

void
ge_job_fit(GeRun *run)
{
	int n = run->plan->n_encodings;
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "gpu_encode fit",
												  ALLOCSET_DEFAULT_SIZES);

	check_memory(run);
	if (n > 1 && ge_compute_is_several(run->compute))
	{
		ge_stage_begin();
		fit_encodings(run, 0, n, false, scratch);
		ge_stage_end("fit", ge_job_n_rows(run), -1, ge_compute_name(run->compute),
					 "%d target encodings: %s", n, ge_job_encodings_by_device(run));
	}
	else
		fit_in_turn(run, scratch);
	MemoryContextDelete(scratch);
}
