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
/* Bytes of a row that travel: an id back; an id, a target and an encoding. */
#define ID_BYTES 4
#define TARGET_BYTES 21
/* Bytes of a text, if the column has no statistics. */
#define UNKNOWN_WIDTH 16

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

/*
 * What a backend must be able to do for the targets of an encoding; returns their bytes in so
 * many cells of ids and folds.
 */
static uint64
add_targets(const GePlan *plan, const GeEncoding *encoding, double rows, uint64 n_ids,
			int n_folds, GeTargetAbilities *needs)
{
	uint64 bytes = 0;

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
		bytes += ge_estimate_target_bytes(accumulators, fit->n_outputs, (uint64) rows,
										  n_ids, n_folds,
										  plan->options.folds.split == GE_SPLIT_ORDERED);
		pfree(finishes);
	}
	return bytes;
}

/* Bytes of a key of a column, given the width of its values (0: not known). */
static double
width_of_key(const GeCategoryColumn *column, int width)
{
	if (ge_category_key_kind(column->category) == GE_KEY_INT64)
		return sizeof(int64);
	return width > 0 ? width : UNKNOWN_WIDTH;
}

/* A column that is read as keys: rows through a dictionary of so many categories. */
static GeWorkPart
part_of_keys(double rows, double categories, double width)
{
	return (GeWorkPart){
		.bytes = rows * (width + ID_BYTES),
		.estimate = {.categories = (uint64) categories,
					 .key_bytes = (uint64) (categories * Max(width, 8))},
		.beside = -1,
	};
}

/* A column in all sources; *categories is what is known of it. */
static void
estimate_column_part(const GePlan *plan, int i, const double *rows, double *categories,
					 GeComputeWork *work)
{
	double n_rows = 0;
	int width = 0;

	*categories = estimate_column(plan, i, rows, &width);
	for (int s = 0; s < plan->n_sources; s++)
		if (plan->sources[s].category_attno[i] != 0)
			n_rows += rows[s];
	work->lookups += n_rows * weight_of_lookup(*categories);
	work->parts[ge_part_of_column(i)] =
		part_of_keys(n_rows, *categories, width_of_key(&plan->columns[i], width));
}

/* The part with the most bytes of those that an encoding joins. */
static int
largest_part(const GeEncoding *encoding, const GeWorkPart *parts)
{
	int largest = encoding->parts[0];

	for (int k = 1; k < encoding->n_parts; k++)
		if (parts[encoding->parts[k]].bytes > parts[largest].bytes)
			largest = encoding->parts[k];
	return largest;
}

/* A combination, if it is one, and its targets. */
static void
estimate_encoding_part(const GePlan *plan, int i, double rows, const double *categories,
					   GeComputeWork *work)
{
	const GeEncoding *encoding = &plan->encodings[i];
	double n = estimate_encoding(encoding, categories, rows);
	GeWorkPart *part = &work->parts[ge_part_of_encoding(plan, i)];
	bool has_folds = plan->options.folds.split != GE_SPLIT_NONE &&
					 plan->options.folds.split != GE_SPLIT_ORDERED &&
					 !ge_folds_are_of(&plan->options.folds, GE_FOLDS_OF_COLUMN);

	if (encoding->n_parts > 1)
	{
		*part = part_of_keys(rows, n, sizeof(int64));
		part->beside = largest_part(encoding, work->parts);
	}
	if (plan->options.is_transform)
		return;
	part->estimate.target_bytes +=
		add_targets(plan, encoding, rows, (uint64) (n + 1),
					has_folds ? plan->options.folds.n_folds : 1, &work->needs);
	work->lookups += encoding->n_fits * rows *
					 weight_of_lookup(is_known(encoding, categories) ? n : 0);
	part->bytes += encoding->n_fits * rows * TARGET_BYTES;
}

int
ge_part_of_encoding(const GePlan *plan, int encoding)
{
	return plan->encodings[encoding].n_parts == 1 ? plan->encodings[encoding].parts[0]
												  : plan->n_columns + encoding;
}

GeComputeWork *
ge_plan_estimate(const GePlan *plan)
{
	GeComputeWork *work = palloc0_object(GeComputeWork);
	double *rows = palloc_array(double, plan->n_sources);
	double *categories = palloc_array(double, plan->n_columns + 1);

	work->n_parts = ge_part_of_targets(plan) + 1;
	work->parts = palloc0_array(GeWorkPart, work->n_parts);
	for (int s = 0; s < plan->n_sources; s++)
		work->rows += rows[s] = estimate_rows(plan->sources[s].source);
	for (int i = 0; i < plan->n_columns; i++)
		estimate_column_part(plan, i, rows, &categories[i], work);
	for (int i = 0; i < plan->n_encodings; i++)
		estimate_encoding_part(plan, i, rows[0], categories, work);
	/* few categories each, beside a column */
	for (int i = ge_part_of_folds(plan); i < work->n_parts; i++)
		work->parts[i].beside = plan->n_columns > 0 ? 0 : -1;
	pfree(rows);
	pfree(categories);
	return work;
}
