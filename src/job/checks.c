/*
 * checks.c: missing and unknown categories, if the call asks for an error.
 */
#include "postgres.h"
#include "miscadmin.h"

#include "base/shown.h"
#include "job/internal.h"

/* The rows of a source: as they were read, or in groups, which have no ordinals. */
typedef struct Rows
{
	const GeRowStore *store;	   /* NULL: there are none */
	const GeGroupFigures *figures; /* by segment; NULL: each row is one */
	int first;					   /* segment of the store */
} Rows;

/* If they are grouped, then for an id column. */
static Rows
rows_of(const GeRun *run, int source, int id_column)
{
	const GeGroupSet *groups;
	int first;

	if (run->plan->sources[source].grouped == NULL)
		return (Rows){run->rows[source]};
	groups = ge_run_source_groups(run, source, id_column, &first);
	if (groups == NULL)
		return (Rows){NULL};
	return (Rows){groups->rows, groups->figures, first};
}

static inline int
n_segments(const Rows *rows)
{
	return rows->store == NULL ? 0 : rows->store->n_segments;
}

/* How many rows of the source a row of a segment stands for. */
static inline uint64
count_of(const Rows *rows, int segment, uint32 row)
{
	return rows->figures == NULL ? 1 : rows->figures[segment].n_rows[row];
}

/* Those whose id is missing; *first: the ordinal of the first of them. */
static uint64
count_missing(const Rows *rows, int id_column, uint64 *first)
{
	uint64 n = 0;

	for (int i = rows->first; i < n_segments(rows); i++)
	{
		const GeSegment *segment = &rows->store->segments[i];

		CHECK_FOR_INTERRUPTS();
		for (uint32 row = 0; row < segment->n_rows; row++)
		{
			if (ge_ids_get(&segment->ids[id_column], row) != GE_ID_MISSING)
				continue;
			if (n == 0)
				*first = ge_job_ordinal(segment, row);
			n += count_of(rows, i, row);
		}
	}
	return n;
}

/* Refuse NULLs of a category column in the rows of a source. */
static void
refuse_missing(const GeRun *run, int source, int column, const Rows *rows)
{
	uint64 first = 0, n = count_missing(rows, column, &first);

	if (n > 0)
		ereport(
			ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("column \"%s\" of relation %s has nulls",
					ge_shown(run->plan->columns[column].name),
					ge_source_name(run->plan->sources[source].source)),
			 rows->figures == NULL
				 ? errdetail("There are " UINT64_FORMAT
							 ", the first in the row with ordinal " UINT64_FORMAT ".",
							 n, first)
				 : errdetail("There are " UINT64_FORMAT ".", n),
			 errhint("Choose another handle_missing than 'error', or give null_value.")));
}

/* Parts of combinations are checked by what those say. */
static bool
is_checked(const GeCategoryColumn *column)
{
	return (column->is_label || column->is_target) &&
		   column->options.handle_missing == GE_MISSING_ERROR;
}

void
ge_job_check_missing(const GeRun *run, int source)
{
	const GePlanSource *this = &run->plan->sources[source];

	for (int i = 0; i < run->plan->n_columns; i++)
		if (this->category_attno[i] != 0 && is_checked(&run->plan->columns[i]))
		{
			Rows rows = rows_of(run, source, i);

			refuse_missing(run, source, i, &rows);
		}
	for (int i = 0; i < run->plan->n_encodings && this->read_encoded; i++)
	{
		const GeEncoding *encoding = &run->plan->encodings[i];
		Rows rows = rows_of(run, source, run->encodings[i].id_column);

		if (encoding->options.handle_missing != GE_MISSING_ERROR)
			continue;
		for (int k = 0; k < encoding->n_parts && encoding->n_parts > 1; k++)
			refuse_missing(run, source, encoding->parts[k], &rows);
	}
}

/* Unknown categories of one column of one source. */
typedef struct Unknown
{
	uint64 n_rows;
	uint32 n_values;
	int n_shown;
	uint32 shown[GE_SHOWN_VALUES]; /* ids, the first in the order of their keys */
} Unknown;

/* The rows of a source whose ids lie above n_known; met[id - n_known] is set for each. */
static uint64
meet_unknown(const Rows *rows, int column, uint32 n_known, bool *met)
{
	uint64 n_rows = 0;

	for (int i = rows->first; i < n_segments(rows); i++)
	{
		const GeSegment *segment = &rows->store->segments[i];

		CHECK_FOR_INTERRUPTS();
		for (uint32 row = 0; row < segment->n_rows; row++)
		{
			uint32 id = ge_ids_get(&segment->ids[column], row);

			if (id <= n_known)
				continue;
			met[id - n_known] = true;
			n_rows += count_of(rows, i, row);
		}
	}
	return n_rows;
}

static Unknown
find_unknown(const GeRun *run, int source, int column)
{
	const GeCategories *categories = &run->categories[column];
	uint32 n = categories->n_all - categories->n_known;
	bool *met = palloc_extended((Size) n + 1, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	uint32 *order = palloc_extended(sizeof(uint32) * ((Size) n + 1), MCXT_ALLOC_HUGE);
	Rows rows = rows_of(run, source, column);
	Unknown unknown = {0};

	unknown.n_rows = meet_unknown(&rows, column, categories->n_known, met);
	ge_compute_sort(run->compute, categories->dictionary, categories->n_known + 1, n,
					order);
	for (uint32 i = 0; i < n; i++)
		if (met[order[i] - categories->n_known] && unknown.n_values++ < GE_SHOWN_VALUES)
			unknown.shown[unknown.n_shown++] = order[i];
	pfree(order);
	pfree(met);
	return unknown;
}

static void
describe_unknown(const GeRun *run, int column, const Unknown *unknown, StringInfo detail)
{
	char **texts = ge_job_column_texts(run, column, unknown->shown, unknown->n_shown);

	appendStringInfo(detail, "%sColumn \"%s\": %u value%s in " UINT64_FORMAT " row%s, ",
					 detail->len > 0 ? "\n" : "", run->plan->columns[column].name,
					 unknown->n_values, unknown->n_values == 1 ? "" : "s",
					 unknown->n_rows, unknown->n_rows == 1 ? "" : "s");
	ge_append_shown(detail, texts, unknown->n_shown, unknown->n_values);
}

/* The fitted source teaches all that it has, unless categories are listed. */
static bool
may_lack_category(const GeRun *run, int source, const GeCategories *categories)
{
	return source > 0 || run->plan->options.is_transform || categories->is_closed;
}

void
ge_job_check_unknown_options(const GeRun *run)
{
	for (int i = 0; i < run->plan->n_columns; i++)
	{
		const GeCategoryColumn *column = &run->plan->columns[i];

		if (!column->is_label)
			continue;
		if (column->options.handle_unknown == GE_UNKNOWN_INFREQUENT &&
			!run->categories[i].has_infrequent)
			ge_unknown_refuse_infrequent(column->name);
		if (column->options.handle_unknown == GE_UNKNOWN_VALUE)
			ge_unknown_value_check(column->options.unknown_value, column->name,
								   run->categories[i].n_codes);
	}
}

/* Rows of a source whose category the fitted source lacks; *first: the first of them. */
static uint64
count_unseen(const Rows *rows, const GeRunEncoding *encoding, uint64 *first)
{
	uint64 n = 0;

	for (int i = rows->first; i < n_segments(rows); i++)
	{
		const GeSegment *segment = &rows->store->segments[i];

		CHECK_FOR_INTERRUPTS();
		for (uint32 row = 0; row < segment->n_rows; row++)
		{
			if (!ge_is_unseen(encoding,
							  ge_ids_get(&segment->ids[encoding->id_column], row)))
				continue;
			if (n == 0)
				*first = ge_job_ordinal(segment, row);
			n += count_of(rows, i, row);
		}
	}
	return n;
}

static int
detail_unseen(const Rows *rows, uint64 n, uint64 first)
{
	if (rows->figures != NULL)
		return errdetail_plural("There is " UINT64_FORMAT " row with such a value.",
								"There are " UINT64_FORMAT " rows with such values.", n,
								n);
	return errdetail_plural(
		"There is " UINT64_FORMAT
		" row with such a value, that with ordinal " UINT64_FORMAT ".",
		"There are " UINT64_FORMAT
		" rows with such values, the first with ordinal " UINT64_FORMAT ".",
		n, n, first);
}

void
ge_job_check_unseen(const GeRun *run, int source)
{
	for (int i = 0; i < run->plan->n_encodings; i++)
	{
		const GeRunEncoding *encoding = &run->encodings[i];
		Rows rows = rows_of(run, source, encoding->id_column);
		uint64 n, first = 0;

		if (encoding->plan->options.unseen != GE_UNSEEN_ERROR ||
			!may_lack_category(run, source, encoding->categories))
			continue;
		n = count_unseen(&rows, encoding, &first);
		if (n > 0)
			ereport(
				ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" of relation %s has values without a target encoding",
						ge_shown(encoding->plan->name),
						ge_source_name(run->plan->sources[source].source)),
				 detail_unseen(&rows, n, first),
				 errhint("Say \"unseen\": \"prior\" or \"null\" in column_options, or "
						 "fit the encoder to rows that have them.")));
	}
}

void
ge_job_check_unknown(const GeRun *run, int source)
{
	StringInfoData detail;
	const char *first = NULL;

	initStringInfo(&detail);
	for (int i = 0; i < run->plan->n_columns; i++)
	{
		const GeCategoryColumn *column = &run->plan->columns[i];
		Unknown unknown;

		if (!column->is_label || column->options.handle_unknown != GE_UNKNOWN_ERROR ||
			run->categories[i].n_all == run->categories[i].n_known ||
			!may_lack_category(run, source, &run->categories[i]))
			continue;
		unknown = find_unknown(run, source, i);
		if (unknown.n_rows == 0)
			continue;
		describe_unknown(run, i, &unknown, &detail);
		if (first == NULL)
			first = column->name;
	}
	if (first != NULL)
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("column \"%s\" of relation %s has values without a label code",
					ge_shown(first), ge_source_name(run->plan->sources[source].source)),
			 errdetail_internal("%s", detail.data),
			 run->plan->options.fitted_source != NULL
				 ? errhint("Leave these rows out, or fit the encoder anew with a "
						   "longer list.")
			 : source > 0 || run->plan->options.is_transform
				 ? errhint("Say handle_unknown => 'value' with an unknown_value, or "
						   "handle_unknown => 'null', or %s.",
						   run->plan->options.is_transform
							   ? "fit the encoder anew with these rows in label_sources"
							   : "labels_from_validation => true")
				 : errhint("List them in \"categories\", or say \"handle_unknown\": "
						   "\"null\", or \"value\" with an \"unknown_value\", in "
						   "column_options.")));
}
