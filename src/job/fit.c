/*
 * fit.c: the fitted source counted by every fit of the plan, and finished.
 */
#include "postgres.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include <unistd.h>

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
	int n;
	GeRunEncoding *encodings; /* that of item 0, with those of the others behind */
	FitTask **tasks;		  /* by item, by fit */
	bool rows_alone;		  /* the rows that are read, without folds and finishes */
	GeFitRoom *rooms;		  /* by device */
} Fitting;

static GeFitRoom *
room_of(const Fitting *fitting, const GeRunEncoding *encoding)
{
	return &fitting->rooms[ge_compute_place(fitting->run->compute,
											encoding->categories->dictionary)];
}

/* Categories of a fit that are counted apart, each on its own: the encoder has them. */
static GeTargetSpec
spec_apart(const GeRunEncoding *encoding, const GeRunFit *fit)
{
	GeTargetSpec spec = fit->spec;

	spec.folds = (GeFolds){.split = GE_SPLIT_NONE, .n_rows = fit->spec.folds.n_rows};
	spec.n_categories = ge_n_apart(encoding->categories);
	return spec;
}

/* The targets of a fit, with the groups counted in. */
static GeStatus
begin_fit(const Fitting *fitting, const GeRunEncoding *encoding, const GeRunFit *fit,
		  const FitTask *task, GeError *error)
{
	const GeCompute *compute = fitting->run->compute;
	const GeDictionary *beside = encoding->categories->dictionary;
	const GeGroupStatistics *groups = task->groups;
	GeTargetSpec apart = spec_apart(encoding, fit);
	bool counts_apart = apart.n_categories > 0;
	GeStatus status =
		ge_compute_try_target(compute, beside, &fit->spec, task->target, error);

	if (status == GE_OK && counts_apart)
		status = ge_compute_try_target(compute, beside, &apart, task->apart, error);
	if (status == GE_OK && groups != NULL)
		status = ge_compute_try_target_add_statistics(compute, *task->target, groups->n,
													  groups->ids, groups->folds,
													  &groups->figures, error);
	if (status == GE_OK && groups != NULL && counts_apart)
		status = ge_compute_try_target_add_statistics(compute, *task->apart, groups->n,
													  groups->apart, NULL,
													  &groups->figures, error);
	return status;
}

/* The rows into the targets of a fit. */
static GeStatus
count_fit(const Fitting *fitting, const GeRunEncoding *encoding, const GeRunFit *fit,
		  const FitTask *task, GeError *error)
{
	const GeRun *run = fitting->run;
	GeFitRoom *room = room_of(fitting, encoding);
	GeStatus status =
		ge_fit_add_rows(run, encoding, fit, *task->target, false, room, error);

	if (status == GE_OK && ge_n_apart(encoding->categories) > 0)
		status = ge_fit_add_rows(run, encoding, fit, *task->apart, true, room, error);
	return status;
}

/* The encodings of a fit. */
static GeStatus
end_fit(const Fitting *fitting, const GeRunEncoding *encoding, GeRunFit *fit,
		const FitTask *task, GeError *error)
{
	const GeCompute *compute = fitting->run->compute;
	GeFinishSpec apart = task->finish;
	GeTargetTotals totals;
	GeStatus status = ge_compute_try_target_finish(compute, *task->target, &task->finish,
												   &fit->totals, fit->unseen, error);

	apart.prior_out_of_fold = false;
	if (status == GE_OK && ge_n_apart(encoding->categories) > 0)
		status = ge_compute_try_target_finish(compute, *task->apart, &apart, &totals,
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

typedef GeStatus (*FitStep)(const Fitting *, const GeRunEncoding *, const GeRunFit *,
							const FitTask *, GeError *);

/* A step of those fits of an encoding that have groups. */
static GeStatus
do_grouped(const Fitting *fitting, int i, FitStep step, GeError *error)
{
	const GeRunEncoding *encoding = &fitting->encodings[i];
	GeStatus status = GE_OK;

	for (int k = 0; k < encoding->plan->n_fits && status == GE_OK; k++)
		if (fitting->tasks[i][k].groups != NULL)
			status =
				step(fitting, encoding, &encoding->fits[k], &fitting->tasks[i][k], error);
	return status;
}

/* GeComputeItems.work: the groups of all fits of an encoding. */
static GeStatus
count_groups(void *arg, int i, GeError *error)
{
	return do_grouped(arg, i, begin_fit, error);
}

/* GeComputeItems.work: the rows of all fits of an encoding, beside its groups. */
static GeStatus
count_rows(void *arg, int i, GeError *error)
{
	return do_grouped(arg, i, count_fit, error);
}

/* GeComputeItems.work: all fits of an encoding; those without groups from the beginning. */
static GeStatus
fit_item(void *arg, int i, GeError *error)
{
	const Fitting *fitting = arg;
	const GeRunEncoding *encoding = &fitting->encodings[i];
	GeStatus status = GE_OK;

	for (int k = 0; k < encoding->plan->n_fits && status == GE_OK; k++)
	{
		GeRunFit *fit = &encoding->fits[k];
		const FitTask *task = &fitting->tasks[i][k];

		if (task->groups == NULL)
			status = begin_fit(fitting, encoding, fit, task, error);
		if (status == GE_OK && task->groups == NULL)
			status = count_fit(fitting, encoding, fit, task, error);
		if (status == GE_OK)
			status = end_fit(fitting, encoding, fit, task, error);
	}
	return status;
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

		ge_run_fit_spec(fitting->run, encoding, &encoding->fits[k], &task->finish);
		task->target = ge_compute_target(fitting->run->compute);
		task->apart = ge_compute_target(fitting->run->compute);
		task->apart_unseen = palloc_array(double, encoding->fits[k].plan->n_outputs + 1);
		if (fitting->rows_alone)
			prepare_rows_alone(fitting->run, task, spec);
		else
			task->groups = ge_group_statistics(fitting->run, encoding, k);
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

/* Work on all encodings of a fitting. */
static void
do_each(Fitting *fitting, GeStatus (*work)(void *, int, GeError *))
{
	GeComputeItems items = {.n = fitting->n,
							.dictionary = dictionary_of_item,
							.work = work,
							.column = name_of_item,
							.arg = fitting};

	ge_compute_each(fitting->run->compute, &items);
}

/* Prepare all encodings; what this takes is in CurrentMemoryContext. */
static void
begin_fitting(Fitting *fitting)
{
	const GeRun *run = fitting->run;
	int n_places = ge_compute_n_places(run->compute);

	fitting->tasks = palloc_array(FitTask *, fitting->n + 1);
	fitting->rooms = palloc_array(GeFitRoom, n_places);
	for (int i = 0; i < n_places; i++)
		fitting->rooms[i] = ge_fit_room(run);
	for (int i = 0; i < fitting->n; i++)
		prepare_item(fitting, i);
}

static void
end_fitting(Fitting *fitting)
{
	do_each(fitting, fit_item);
	for (int i = 0; i < fitting->n; i++)
		take_targets(fitting, i);
}

void
ge_job_check_memory(double bytes)
{
	double most = (double) sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);

	if (bytes > most)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY),
						errmsg("the statistics would not fit into memory"),
						errdetail("They take %.0f MB or more; the machine has %.0f MB.",
								  bytes / 1048576, most / 1048576),
						errhint("Take fewer classes or columns in one call.")));
}

/* All targets of the backend: a count and a sum for each category, target and class. */
static void
check_memory(const GeRun *run)
{
	double bytes = 0;

	for (int i = 0; i < run->plan->n_encodings; i++)
		bytes += 2.0 * sizeof(uint64) * run->plan->encodings[i].n_fits *
				 run->encodings[i].categories->n_known;
	ge_job_check_memory(bytes);
}

/* What is fitted, for last_run(). */
static char *
describe(const Fitting *fitting)
{
	const GeRun *run = fitting->run;
	const GeRunEncoding *encoding = &fitting->encodings[0];

	if (fitting->n > 1)
		return psprintf("%d target encodings: %s", fitting->n,
						ge_job_encodings_by_device(run));
	return psprintf("target encoding of %s, %u categories", encoding->plan->name,
					encoding->categories->n_trained);
}

static void
end_stage(const Fitting *fitting, const char *name, uint64 n_rows)
{
	ge_stage_end(name, n_rows, -1, ge_compute_name(fitting->run->compute), "%s",
				 describe(fitting));
}

/* Count what the targets get before they are finished: groups, and rows beside them. */
static void
count_beside(Fitting *fitting)
{
	const GeRun *run = fitting->run;

	do_each(fitting, count_groups);
	end_stage(fitting, "merge", run->groups[0]->n_rows);
	if (run->rows[0]->n_rows > 0 && !ge_run_takes_out(run))
	{
		ge_stage_begin();
		do_each(fitting, count_rows);
		end_stage(fitting, "count", run->rows[0]->n_rows);
	}
	ge_stage_begin();
}

/* Fit n encodings from `first` on. */
static void
fit_encodings(GeRun *run, int first, int n, MemoryContext scratch)
{
	Fitting fitting = {.run = run, .encodings = run->encodings + first, .n = n};
	MemoryContext old = MemoryContextSwitchTo(scratch);

	ge_stage_begin();
	begin_fitting(&fitting);
	if (run->groups[0] != NULL)
		count_beside(&fitting);
	end_fitting(&fitting);
	end_stage(&fitting, "fit", ge_job_n_rows(run));
	MemoryContextSwitchTo(old);
	MemoryContextReset(scratch);
}

void
ge_run_fit_rows(GeRun *run, int encoding)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "gpu_encode fit",
												  ALLOCSET_DEFAULT_SIZES),
				  old = MemoryContextSwitchTo(scratch);
	Fitting fitting = {
		.run = run, .encodings = run->encodings + encoding, .n = 1, .rows_alone = true};

	begin_fitting(&fitting);
	end_fitting(&fitting);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(scratch);
}

void
ge_job_fit(GeRun *run)
{
	int n = run->plan->n_encodings,
		n_at_once = ge_compute_is_several(run->compute) ? n : 1;
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "gpu_encode fit",
												  ALLOCSET_DEFAULT_SIZES);

	check_memory(run);
	for (int i = 0; i < n; i += n_at_once)
		fit_encodings(run, i, n_at_once, scratch);
	MemoryContextDelete(scratch);
}
