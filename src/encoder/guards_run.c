/*
 * guards_run.c: the figures of guards from a run.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "base/run_log.h"
#include "encoder/guards.h"
#include "job/fit_statistics.h"

/* ------------------------------------------------------------ rows that are encoded */

/* Rows of a column of a source. */
typedef struct Cells
{
	uint64 missing;
	uint64 unknown; /* of values without a category */
} Cells;

static Cells
count_cells(GeRun *run, int source, int column)
{
	const GeRowStore *rows = run->rows[source];
	uint32 n_known = run->categories[column].n_known;
	Cells cells = {0};

	if (run->plan->sources[source].grouped != NULL)
	{
		uint64 *n_rows = ge_job_count_grouped(run, source, column, n_known);

		cells = (Cells){n_rows[GE_ID_MISSING], n_rows[n_known + 1]};
		pfree(n_rows);
		return cells;
	}
	for (int i = 0; i < rows->n_segments; i++)
	{
		const GeSegment *segment = &rows->segments[i];

		CHECK_FOR_INTERRUPTS();
		for (uint32 row = 0; row < segment->n_rows; row++)
		{
			uint32 id = ge_ids_get(&segment->ids[column], row);

			cells.missing += id == GE_ID_MISSING;
			cells.unknown += id > n_known;
		}
	}
	return cells;
}

static double
share_of(uint64 n, uint64 all)
{
	return all == 0 ? 0 : (double) n / (double) all;
}

/* Sources whose rows are encoded. */
static int
count_encoded(const GePlan *plan)
{
	int n = 0;

	for (int s = 0; s < plan->n_sources; s++)
		n += plan->sources[s].read_encoded;
	return n;
}

/* Of every column of a source. */
static void
raise_by_source(GeRun *run, int s, GeGuardFigures *worst)
{
	const GePlanSource *source = &run->plan->sources[s];
	uint64 n_rows = ge_job_n_source_rows(run, s);

	for (int i = 0; i < run->plan->n_columns; i++)
	{
		GeGuardFigure figure = {.column = run->plan->columns[i].name};
		Cells cells;

		if (source->category_attno[i] == 0)
			continue;
		if (count_encoded(run->plan) > 1)
			figure.source = source->role;
		cells = count_cells(run, s, i);
		figure.value = share_of(cells.missing, n_rows);
		ge_guard_raise(&worst->of[GE_GUARD_MAX_MISSING], figure);
		figure.value = share_of(cells.unknown, n_rows);
		ge_guard_raise(&worst->of[GE_GUARD_MAX_UNKNOWN], figure);
	}
}

static void
raise_by_rows(GeRun *run, GeGuardFigures *worst)
{
	const GeGuards *guards = &run->plan->options.guards;

	worst->of[GE_GUARD_MIN_ROWS].value = (double) ge_job_n_source_rows(run, 0);
	if (!guards->is_set[GE_GUARD_MAX_MISSING] && !guards->is_set[GE_GUARD_MAX_UNKNOWN])
		return;
	for (int s = 0; s < run->plan->n_sources; s++)
		if (run->plan->sources[s].read_encoded)
			raise_by_source(run, s, worst);
}

/* --------------------------------------------------------- compared with an encoder */

/* Column i of the run, if it is coded or encoded; its part in the encoder, or NULL. */
static GeDriftPart *
part_of_column(const GeRun *run, int i, GeDriftPart *parts, int n)
{
	const GeCategoryColumn *column = &run->plan->columns[i];

	if (!column->is_label && !column->is_target)
		return NULL;
	return ge_drift_find_part(parts, n, column->name, true);
}

static GeDriftPart *
part_of_combination(const GeRun *run, int i, GeDriftPart *parts, int n)
{
	const GeEncoding *encoding = &run->plan->encodings[i];

	if (encoding->n_parts == 1)
		return NULL;
	return ge_drift_find_part(parts, n, encoding->name, false);
}

/* Number what both have, and how many that is. */
static int
number_parts(const GeRun *run, GeDriftPart *parts, int n)
{
	int n_both = 0;

	for (int i = 0; i < run->plan->n_columns; i++)
	{
		GeDriftPart *part = part_of_column(run, i, parts, n);

		if (part != NULL)
			part->number = n_both++;
	}
	for (int i = 0; i < run->plan->n_encodings; i++)
	{
		GeDriftPart *part = part_of_combination(run, i, parts, n);

		if (part != NULL)
			part->number = n_both++;
	}
	return n_both;
}

/* The rows of the run, of the parts that both have. */
static void
add_run(GeDrift *drift, GeRun *run, GeDriftPart *parts, int n)
{
	for (int i = 0; i < run->plan->n_columns; i++)
	{
		GeDriftPart *part = part_of_column(run, i, parts, n);

		if (part != NULL)
			ge_drift_add_run(drift, GE_DRIFT_AFTER, part->number, run,
							 &run->plan->columns[i], NULL);
	}
	for (int i = 0; i < run->plan->n_encodings; i++)
	{
		GeDriftPart *part = part_of_combination(run, i, parts, n);

		if (part != NULL)
			ge_drift_add_run(drift, GE_DRIFT_AFTER, part->number, run, NULL,
							 &run->encodings[i]);
	}
}

/* The prior of a target in an encoder; false: it has no such target. */
static bool
find_prior(const GeDriftPart *parts, int n, const GeDriftTarget *target, double *prior)
{
	for (int i = 0; i < n; i++)
	{
		int k = ge_drift_find_target(&parts[i], target);

		if (k < 0)
			continue;
		*prior = parts[i].priors[k];
		return true;
	}
	return false;
}

/* The mean of all targets of a fit. */
static double
prior_of_fit(const GeRun *run, const GeRunEncoding *encoding, const GeRunFit *fit)
{
	uint32 n = ge_largest_counted_id(encoding->categories) + 1;
	GeFitStatistics *statistics =
		ge_fit_statistics_fetch(run, fit, fit->target, n, encoding->plan->name);
	double prior;
	bool has = ge_fit_statistics_prior(statistics, &prior);

	ge_fit_statistics_free(statistics);
	return has ? prior : ge_no_value();
}

/* The encoding with the fewest categories, of those that have the targets. */
static const GeRunEncoding *
smallest_encoding(const GeRun *run)
{
	const GeRunEncoding *smallest = NULL;

	for (int i = 0; i < run->plan->n_encodings; i++)
	{
		const GeRunEncoding *encoding = &run->encodings[i];

		if (encoding->plan->fits[0].target >= 0 &&
			(smallest == NULL || ge_largest_counted_id(encoding->categories) <
									 ge_largest_counted_id(smallest->categories)))
			smallest = encoding;
	}
	return smallest;
}

/* The worst target, or class, of those that both have. */
static void
raise_by_priors(const GeRun *run, const GeDriftPart *parts, int n, const char *before,
				GeGuardFigures *worst)
{
	const GeRunEncoding *encoding = smallest_encoding(run);
	bool any = false;

	for (int k = 0; encoding != NULL && k < encoding->plan->n_fits; k++)
	{
		const GeFit *fit = &encoding->plan->fits[k];
		const GeTargetColumn *column = &run->plan->targets[fit->target];
		const GeDriftTarget target = {
			column->name, fit->class < 0 ? NULL : column->classes[fit->class]};
		GeGuardFigure figure = {.target = target.target, .class = target.class};
		double prior;

		if (!find_prior(parts, n, &target, &prior))
			continue;
		any = true;
		figure.value =
			ge_drift_prior_change(prior, prior_of_fit(run, encoding, &encoding->fits[k]));
		ge_guard_raise(&worst->of[GE_GUARD_MAX_PRIOR_CHANGE], figure);
	}
	if (!any)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("guard \"max_prior_change\" has nothing to compare with"),
						errdetail("Encoder %s has none of the call's targets.", before),
						errhint("Leave the guard out once.")));
}

static void
raise_by_encoder(GeRun *run, GeEncoder *before, GeGuardFigures *worst)
{
	const GeGuards *guards = &run->plan->options.guards;
	const char *name = ge_encoder_name(before);
	int n, n_both = 0;
	GeDriftPart *parts = ge_drift_parts(before, &n);
	const GeDriftFigures *figures;
	GeDrift *drift;

	if (ge_guards_count(guards))
	{
		n_both = number_parts(run, parts, n);
		if (n_both == 0)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("the guards have nothing to compare with"),
							errdetail("Encoder %s has none of the call's columns.", name),
							errhint("Leave guards that compare out once.")));
	}
	drift = ge_drift_create(n_both, name, NULL);
	ge_drift_add_encoder(drift, GE_DRIFT_BEFORE, before, parts, n);
	if (n_both > 0)
		add_run(drift, run, parts, n);
	figures = ge_drift_finish(drift);
	for (int i = 0; i < n; i++)
		if (parts[i].number >= 0)
			ge_guards_raise_by_drift(worst, &figures[parts[i].number], parts[i].name);
	if (guards->is_set[GE_GUARD_MAX_PRIOR_CHANGE])
		raise_by_priors(run, parts, n, name, worst);
}

bool
ge_guards_check(GeRun *run, GeEncoder *before, Datum *checks)
{
	const GeGuards *guards = &run->plan->options.guards;
	bool compares = ge_guards_compare(guards);
	GeGuardFigures figures = {0};
	MemoryContext context, caller;

	if (!guards->given)
		return false;
	ge_stage_begin();
	context = AllocSetContextCreate(CurrentMemoryContext, "gpu_encode guards",
									ALLOCSET_DEFAULT_SIZES);
	caller = MemoryContextSwitchTo(context);
	raise_by_rows(run, &figures);
	if (compares)
		raise_by_encoder(run, before, &figures);
	MemoryContextSwitchTo(caller);
	*checks = ge_guards_settle(guards, &figures, ge_job_n_source_rows(run, 0),
							   compares ? ge_encoder_name(before) : NULL);
	MemoryContextDelete(context);
	return true;
}
