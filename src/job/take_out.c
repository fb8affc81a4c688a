/*
 * take_out.c: rows that were counted in, and are not to count any more.
 *
 * The rows of the source are counted by themselves, and their figures are subtracted from
 * those of the groups, category by category.  Each category has one group: the groups are
 * those of one encoder.  Exact sums leave what they would be if the rows had never been.
 * Rows that were never counted in are refused if the figures show it.
 */
#include "postgres.h"
#include "miscadmin.h"

#include "base/compat.h"
#include "base/run_log.h"
#include "base/shown.h"
#include "job/fit_statistics.h"
#include "job/internal.h"
#include "moments/moments.h"

/* The column or combination whose groups are reduced. */
typedef struct TakingOut
{
	GeRun *run;
	const char *name;
	int column; /* -1: a combination */
	int id_column;
	const GeRunEncoding *encoding; /* NULL: none */
	GeCategories *categories;
	const GeGroupSet *set;
	const uint64 *taken;		/* rows by place_of() */
	GeFitStatistics **fits;		/* of rows that were read; */
	const Datum *taken_moments; /* of groups, by place_of() and fit */
} TakingOut;

/* Values that are not listed have one place, behind all categories. */
static inline uint32
place_of(const TakingOut *taking, uint32 id)
{
	return Min(id, taking->categories->n_known + 1);
}

/* The category of an id, for messages. */
static const char *
show_category(const TakingOut *taking, uint32 id)
{
	const GeRun *run = taking->run;
	StringInfoData values;
	uint32 *parts;
	int n;

	if (id == GE_ID_MISSING)
		return "category NULL";
	if (id > taking->categories->n_known)
		return "values that are not listed";
	if (taking->column >= 0)
		return psprintf("category \"%s\"",
						ge_shown(ge_job_column_texts(run, taking->column, &id, 1)[0]));
	n = taking->encoding->plan->n_parts;
	parts = palloc_array(uint32, n);
	ge_combination_parts(run, taking->encoding, &id, 1, parts);
	initStringInfo(&values);
	appendStringInfoString(&values, "category ");
	for (int k = 0; k < n; k++)
		appendStringInfo(&values, "%s\"%s\"", k == 0 ? "" : ", ",
						 ge_shown(ge_job_column_texts(
							 run, taking->encoding->plan->parts[k], &parts[k], 1)[0]));
	return values.data;
}

GE_NORETURN static void
refuse(const TakingOut *taking, uint32 id, const char *excess)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("rows of \"%s\" are taken out that were never counted in",
					ge_shown(taking->name)),
			 errdetail_internal("Those of %s have %s than the encoder.",
								show_category(taking, id), excess),
			 errhint("Take out only rows that were counted in, with the values that they "
					 "had.")));
}

/* An encoder has each category once. */
static void
refuse_twice(const TakingOut *taking, uint32 id)
{
	ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					errmsg("the figures of \"%s\" have a category twice",
						   ge_shown(taking->name)),
					errdetail_internal("Twice there is %s.", show_category(taking, id)),
					errhint("Fit the encoder anew.")));
}

/* The moments of the rows of a category that are taken out, of the k-th fit. */
static Datum
taken_moments(const TakingOut *taking, uint32 id, int k)
{
	uint32 place = place_of(taking, id);

	if (taking->taken_moments != NULL)
		return taking->taken_moments[(Size) place * taking->encoding->plan->n_fits + k];
	return ge_fit_statistics_moments(
		taking->fits[k], ge_counted_id(taking->categories, id), taking->taken[place]);
}

/* The moments of a group, of every fit, less those of its rows that are taken out. */
static void
subtract_moments(const TakingOut *taking, uint32 id, Datum *moments)
{
	const GeEncoding *plan = taking->encoding->plan;
	GeMoments *left = palloc_object(GeMoments), *right = palloc_object(GeMoments);

	for (int k = 0; k < plan->n_fits; k++)
	{
		const char *excess;

		ge_moments_open(moments[k], left);
		ge_moments_open(taken_moments(taking, id, k), right);
		excess = ge_moments_subtract(left, right);
		if (excess != NULL)
			refuse(taking, id, excess);
		moments[k] = ge_moments_datum(left);
	}
	pfree(left);
	pfree(right);
}

/* Reduce a group, if rows of its category are taken out; returns the rows that are left. */
static uint64
reduce_group(const TakingOut *taking, uint32 id, const GeGroupFigures *figures,
			 uint32 row)
{
	uint64 taken = taking->taken[place_of(taking, id)];

	if (taken == 0)
		return figures->n_rows[row];
	if (taken > figures->n_rows[row])
		refuse(taking, id, "more rows");
	if (figures->moments != NULL)
		subtract_moments(taking, id,
						 figures->moments + (Size) row * taking->encoding->plan->n_fits);
	return figures->n_rows[row] -= taken;
}

/* All groups; met[id] is set for each. */
static void
reduce_groups(const TakingOut *taking, bool *met)
{
	const GeRowStore *rows = taking->set->rows;
	const GeCategoryColumn *column =
		taking->column < 0 ? NULL : &taking->run->plan->columns[taking->column];
	bool keeps_empty =
		column != NULL && (column->is_label || column->options.categories.given);

	for (int s = 0; s < rows->n_segments; s++)
	{
		const GeSegment *segment = &rows->segments[s];

		CHECK_FOR_INTERRUPTS();
		for (uint32 row = 0; row < segment->n_rows; row++)
		{
			uint32 id = ge_ids_get(&segment->ids[taking->id_column], row);

			if (met[place_of(taking, id)])
				refuse_twice(taking, id);
			met[place_of(taking, id)] = true;
			if (reduce_group(taking, id, &taking->set->figures[s], row) == 0 &&
				id != GE_ID_MISSING && id <= taking->categories->n_known && !keeps_empty)
				taking->categories->n_left_out++;
		}
	}
}

/* Rows of a category that has no group. */
static void
check_met(const TakingOut *taking, const bool *met)
{
	for (uint32 id = 0; id <= taking->categories->n_known + 1; id++)
		if (!met[id] && taking->taken[id] > 0)
			refuse(taking, id, "more rows");
}

/*
 * What is taken out, of every fit.  Missing values are counted beside those that are not
 * listed, whatever becomes of them.
 */
static void
fetch_fits(TakingOut *taking)
{
	const GeRunEncoding *encoding = taking->encoding;
	int n_fits = encoding->plan->n_fits;
	const GeGroupSet *groups = ge_run_taken_of(taking->run, 0, taking->id_column);
	GeRun *run = taking->run;

	if (groups != NULL)
	{
		taking->taken_moments = ge_run_taken_moments(groups, taking->id_column,
													 taking->categories->n_known, n_fits);
		return;
	}
	ge_run_fit_rows(run, encoding - run->encodings);
	taking->fits = palloc_array(GeFitStatistics *, n_fits);
	for (int k = 0; k < n_fits; k++)
		taking->fits[k] = ge_fit_statistics_fetch(
			run, &encoding->fits[k], encoding->fits[k].target,
			ge_last_counted_id(taking->categories) + 1, encoding->plan->name);
}

void
ge_run_take_out(GeRun *run, int column, GeRunEncoding *encoding)
{
	TakingOut taking = {.run = run, .column = column, .encoding = encoding};
	bool *met, missing_is_category;

	if (column >= 0)
	{
		taking.name = run->plan->columns[column].name;
		taking.id_column = column;
		taking.categories = &run->categories[column];
	}
	else
	{
		taking.name = encoding->plan->name;
		taking.id_column = encoding->id_column;
		taking.categories = encoding->categories;
	}
	taking.set = ge_run_groups_of(run, 0, taking.id_column);
	if (taking.set == NULL)
		return;
	taking.taken = ge_run_count_read(run, taking.id_column, taking.categories->n_known);
	missing_is_category = taking.categories->missing_is_category;
	taking.categories->missing_is_category = true;
	if (encoding != NULL && encoding->plan->fits[0].target >= 0)
		fetch_fits(&taking);
	met = palloc_extended(sizeof(bool) * ((Size) taking.categories->n_known + 2),
						  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	reduce_groups(&taking, met);
	check_met(&taking, met);
	taking.categories->missing_is_category = missing_is_category;
	pfree(met);
	for (int k = 0; taking.fits != NULL && k < encoding->plan->n_fits; k++)
		ge_fit_statistics_free(taking.fits[k]);
}

void
ge_job_take_out(GeRun *run)
{
	int n = run->plan->n_columns;

	if (!ge_run_takes_out(run))
		return;
	ge_stage_begin();
	for (int i = 0; i < n; i++)
		ge_run_take_out(run, i, ge_job_find_encoding(run, i));
	ge_stage_end("remove", ge_job_n_source_rows(run, 0), -1,
				 ge_compute_name(run->compute), "from the categories of %d column%s", n,
				 n == 1 ? "" : "s");
}
