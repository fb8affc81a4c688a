/*
 * estimate.c: the estimated cost of a job, before anything is read.
 *
 * It follows from what the planner knows: sizes of tables, plans of queries, and the
 * statistics of columns that ANALYZE keeps (distinct values, their width).
 */
#include "postgres.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_statistic.h"
#include "optimizer/plancat.h"
#include "utils/syscache.h"

#include "job/internal.h"

/*
 * From this number of categories on a dictionary is large: the processor's caches do not
 * hold it.
 */
#define LARGE_DICTIONARY 65536
/*
 * The weight of a lookup: the time that the GPU saves, relative to one in a large
 * dictionary.
 */
#define WEIGHT_SMALL (1.0 / 16)
#define WEIGHT_UNKNOWN (1.0 / 4)

static double
weight_of_lookup(double categories)
{
	if (categories == 0)
		return WEIGHT_UNKNOWN;
	return categories < LARGE_DICTIONARY ? WEIGHT_SMALL : 1;
}

/* Rows of a relation with storage, as the planner estimates them. */
static double
estimate_relation(Relation rel)
{
	BlockNumber pages;
	double tuples = 0, all_visible;

	if (RELKIND_HAS_TABLE_AM(rel->rd_rel->relkind))
		estimate_rel_size(rel, NULL, &pages, &tuples, &all_visible);
	return tuples;
}

/* Rows of a source, those of partitions and views counted. */
static double
estimate_rows(const GeSource *source)
{
	Relation rel = ge_source_relation(source);
	double rows;

	if (ge_source_mode(source) == GE_SOURCE_QUERY)
		return ge_source_planned_rows(source);
	rows = estimate_relation(rel);
	if (rel->rd_rel->relkind == RELKIND_PARTITIONED_TABLE)
	{
		List *leaves = find_all_inheritors(RelationGetRelid(rel), AccessShareLock, NULL);
		ListCell *cell;

		foreach (cell, leaves)
		{
			Relation leaf = table_open(lfirst_oid(cell), NoLock);

			rows += estimate_relation(leaf);
			table_close(leaf, NoLock);
		}
	}
	return rows;
}

/* The categories of a column of one source, and the bytes of one; 0: not known. */
static double
estimate_categories(const GeSource *source, AttrNumber attno, double rows, int *width)
{
	Relation rel = ge_source_relation(source);
	HeapTuple tuple;
	double categories;

	if (rel == NULL)
		return 0;
	tuple = SearchSysCache3(
		STATRELATTINH, ObjectIdGetDatum(RelationGetRelid(rel)), Int16GetDatum(attno),
		BoolGetDatum(rel->rd_rel->relkind == RELKIND_PARTITIONED_TABLE));
	if (!HeapTupleIsValid(tuple))
		return 0;
	categories = ((Form_pg_statistic) GETSTRUCT(tuple))->stadistinct;
	*width = ((Form_pg_statistic) GETSTRUCT(tuple))->stawidth;
	ReleaseSysCache(tuple);
	/* negative: a fraction of the rows */
	return categories < 0 ? -categories * rows : Min(categories, rows);
}

/* The categories of a column in all sources: those of the source that has most. */
static double
estimate_column(const GePlan *plan, int i, const double *rows, int *width)
{
	double most = 0;

	for (int s = 0; s < plan->n_sources; s++)
	{
		const GePlanSource *source = &plan->sources[s];
		double categories;
		int this_width = 0;

		if (source->category_attno[i] == 0)
			continue;
		categories = estimate_categories(source->source, source->category_attno[i],
										 rows[s], &this_width);
		if (categories < most)
			continue;
		most = categories;
		*width = this_width;
	}
	return most;
}

/* The categories of an encoding, given those of the columns; at most one for each row. */
static double
estimate_encoding(const GeEncoding *encoding, const double *categories, double rows)
{
	double product = 1;

	for (int k = 0; k < encoding->n_parts; k++)
		product *= Max(categories[encoding->parts[k]], 1);
	return Min(product, rows);
}

static bool
is_known(const GeEncoding *encoding, const double *categories)
{
	for (int k = 0; k < encoding->n_parts; k++)
		if (categories[encoding->parts[k]] == 0)
			return false;
	return true;
}

/* What a backend must be able to do. */
static void
add_needs(const GePlan *plan, const GeEncoding *encoding, GeTargetAbilities *needs)
{
	needs->splits |= 1u << plan->options.folds.split;
	for (int i = 0; i < encoding->n_fits; i++)
	{
		const GeFit *fit = &encoding->fits[i];
		uint32 accumulators;
		GeFinish *finishes = ge_fit_finishes(plan, encoding, fit, &accumulators);

		needs->accumulators |= accumulators;
		needs->most_finishes = Max(needs->most_finishes, fit->n_outputs);
		for (int k = 0; k < fit->n_outputs; k++)
			needs->finishes |= 1u << finishes[k].kind;
		pfree(finishes);
	}
}

GeComputeWork
ge_plan_estimate(const GePlan *plan)
{
	GeComputeWork work = {0};
	double *rows = palloc_array(double, plan->n_sources);
	double *categories = palloc_array(double, plan->n_columns + 1);
	bool has_folds = plan->options.folds.split != GE_SPLIT_NONE &&
					 plan->options.folds.split != GE_SPLIT_CUSTOM;

	for (int s = 0; s < plan->n_sources; s++)
		work.rows += rows[s] = estimate_rows(plan->sources[s].source);
	for (int i = 0; i < plan->n_columns; i++)
	{
		int width = 0;

		categories[i] = estimate_column(plan, i, rows, &width);
		for (int s = 0; s < plan->n_sources; s++)
			if (plan->sources[s].category_attno[i] != 0)
				work.lookups += rows[s] * weight_of_lookup(categories[i]);
		work.estimate.categories += (uint64) categories[i];
		work.estimate.key_bytes += (uint64) (categories[i] * Max(width, 8));
	}
	for (int i = 0; i < plan->n_encodings; i++)
	{
		const GeEncoding *encoding = &plan->encodings[i];
		double n = estimate_encoding(encoding, categories, rows[0]);

		if (encoding->n_parts > 1)
		{
			work.estimate.categories += (uint64) n;
			work.estimate.key_bytes += (uint64) n * sizeof(int64);
		}
		if (plan->options.is_transform)
			continue;
		add_needs(plan, encoding, &work.needs);
		work.lookups += encoding->n_fits * rows[0] *
						weight_of_lookup(is_known(encoding, categories) ? n : 0);
		work.estimate.target_cells += encoding->n_fits * (uint64) (n + 1) *
									  (has_folds ? plan->options.folds.n_folds : 1);
	}
	pfree(rows);
	pfree(categories);
	return work;
}
