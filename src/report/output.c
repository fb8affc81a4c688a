/*
 * output.c: the encodings of an output table beside the targets in its rows.
 *
 * The table is read as every source is, so that rights and row security of the caller
 * hold.  The encoder says which names the encodings have; if the table has none of these
 * names, its last columns are taken, where transform puts them.
 */
#include "postgres.h"

#include <math.h>

#include "base/shown.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "base/compat.h"
#include "base/run_log.h"
#include "category/category.h"
#include "report/internal.h"
#include "source/source.h"

/* A column of numbers, or of values of which one counts 1. */
typedef struct Column
{
	AttrNumber attno; /* 0: there is none */
	Oid type;		  /* the base type */
	GeCategoryType *category;
	const char *one; /* the text of the value that counts 1; NULL: a number */
} Column;

/* A view, and its columns in the table. */
typedef struct Compared
{
	GeReportView *view;
	Column encoding;
	Column target;
} Compared;

typedef struct Reading
{
	GeSource *source;
	const GeReport *report;
	Bitmapset *used;
	Column weight;
	int n;
	Compared *compared;
	MemoryContext row_context;
} Reading;

/* -------------------------------------------------------------------------- values */

static bool
is_number(Oid type)
{
	return ge_type_is_number(type) || getBaseType(type) == BOOLOID;
}

/* false: the value is missing, or no number. */
static bool
number_of(const Column *column, const GeRow *row, double *number)
{
	Datum value = row->values[column->attno - 1];
	PGFunction to_float8 = NULL;

	if (row->is_null[column->attno - 1])
		return false;
	switch (column->type)
	{
		case BOOLOID:
			*number = DatumGetBool(value);
			break;
		case INT2OID:
			*number = DatumGetInt16(value);
			break;
		case INT4OID:
			*number = DatumGetInt32(value);
			break;
		case INT8OID:
			*number = (double) DatumGetInt64(value);
			break;
		case FLOAT4OID:
			*number = DatumGetFloat4(value);
			break;
		case FLOAT8OID:
			*number = DatumGetFloat8(value);
			break;
		case NUMERICOID:
			to_float8 = numeric_float8;
			break;
		default:
			return false;
	}
	if (to_float8 != NULL)
		*number = DatumGetFloat8(DirectFunctionCall1(to_float8, value));
	return isfinite(*number);
}

/* 1 or 0, or the number. */
static bool
target_of(const Column *column, const GeRow *row, double *target)
{
	if (column->one == NULL)
		return number_of(column, row, target);
	if (row->is_null[column->attno - 1])
		return false;
	*target = strcmp(ge_category_canonical_value(column->category,
												 row->values[column->attno - 1]),
					 column->one) == 0;
	return true;
}

/* ------------------------------------------------------------------------- columns */

static Column
use_column(Reading *reading, AttrNumber attno)
{
	reading->used = bms_add_member(reading->used, attno);
	return (Column){
		.attno = attno,
		.type = getBaseType(
			TupleDescAttr(ge_source_desc(reading->source), attno - 1)->atttypid)};
}

/* Whether encodings may be in a column. */
static bool
holds_encodings(const GeSource *source, AttrNumber attno)
{
	Oid type = attno == 0 ? InvalidOid
						  : TupleDescAttr(ge_source_desc(source), attno - 1)->atttypid;

	return type == FLOAT8OID || type == FLOAT4OID;
}

/* The place of a part's first encoding among all: columns, then combinations. */
static int
first_output(const GeReport *report, const GeReportPart *part)
{
	const GeEncoderParameters *parameters = report->parameters;
	int place = 0;

	for (int i = 0; i < parameters->target_columns.n; i++)
	{
		const char *name = parameters->target_columns.names[i];

		if (part->part->n_names == 1 && strcmp(name, part->part->name) == 0)
			return place;
		place += ge_encoder_find_column(parameters, name)->outputs.n;
	}
	for (int i = 0; i < parameters->n_combinations; i++)
	{
		if (strcmp(parameters->combinations[i].name, part->part->name) == 0)
			return place;
		place += parameters->combinations[i].outputs.n;
	}
	return place;
}

/* The column of a view's encodings by its name; 0: there is none. */
static AttrNumber
find_by_name(const Reading *reading, const GeReportView *view)
{
	AttrNumber attno = view->stat->name == NULL
						   ? 0
						   : ge_source_column(reading->source, view->stat->name);

	return holds_encodings(reading->source, attno) ? attno : 0;
}

/* The attribute numbers of the last n columns; false: others than encodings. */
static bool
last_columns(const GeSource *source, int n, AttrNumber *attnos)
{
	for (AttrNumber attno = ge_source_desc(source)->natts; attno > 0 && n > 0; attno--)
	{
		if (ge_source_column_name(source, attno) == NULL)
			continue;
		if (!holds_encodings(source, attno))
			return false;
		attnos[--n] = attno;
	}
	return n == 0;
}

static void
find_encodings(Reading *reading)
{
	const GeReport *report = reading->report;
	int n_outputs = report->parameters->n_outputs;
	AttrNumber *last = palloc_array(AttrNumber, n_outputs + 1);
	bool any = false;

	for (int i = 0; i < reading->n; i++)
	{
		AttrNumber attno = find_by_name(reading, reading->compared[i].view);

		any |= attno != 0;
		if (attno != 0)
			reading->compared[i].encoding = use_column(reading, attno);
	}
	if (any || reading->n == 0)
		return;
	if (!last_columns(reading->source, n_outputs, last))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("relation %s has no encoding of encoder %s",
						ge_source_name(reading->source), report->encoder),
				 errhint("Give the table that fit_transform or preprocess made with this "
						 "encoder.")));
	for (int p = 0, i = 0; p < report->n_parts; p++)
		for (int v = 0; v < report->parts[p].n_views; v++, i++)
			reading->compared[i].encoding =
				use_column(reading, last[first_output(report, &report->parts[p]) +
										 report->parts[p].views[v].output]);
}

/* The value of a target that counts 1; NULL: the target is a number. */
static const char *
one_of_target(const GeReport *report, const GeDriftTarget *target)
{
	if (target->class != NULL)
		return target->class;
	for (int t = 0; t < report->parameters->n_targets; t++)
		if (strcmp(report->parameters->targets[t].name, target->target) == 0)
			return report->parameters->targets[t].pos_label;
	return NULL;
}

/* The target's column: its attno is 0 if the table has none that fits. */
static Column
find_target(Reading *reading, const GeDriftTarget *target)
{
	AttrNumber attno = ge_source_column(reading->source, target->target);
	const char *one = one_of_target(reading->report, target);
	Form_pg_attribute attribute;
	Column column;

	if (attno == 0)
		return (Column){0};
	attribute = TupleDescAttr(ge_source_desc(reading->source), attno - 1);
	if (one == NULL && !is_number(attribute->atttypid))
		return (Column){0};
	column = use_column(reading, attno);
	if (one != NULL)
	{
		column.one = one;
		column.category = ge_category_type_create(target->target, attribute->atttypid,
												  attribute->attcollation, NULL);
	}
	return column;
}

/* What each view needs, and what it lacks. */
static void
find_columns(Reading *reading)
{
	const char *weight = reading->report->parameters->weight_column;
	AttrNumber attno = weight == NULL ? 0 : ge_source_column(reading->source, weight);

	find_encodings(reading);
	for (int i = 0; i < reading->n; i++)
	{
		Compared *compared = &reading->compared[i];
		GeReportView *view = compared->view;

		if (compared->encoding.attno == 0)
		{
			view->lacks =
				view->stat->name != NULL ? view->stat->name : view->stat->stat.name;
			continue;
		}
		compared->target = find_target(reading, view->target);
		if (compared->target.attno == 0)
			view->lacks = view->target->target;
	}
	if (attno != 0 &&
		ge_type_is_number(
			TupleDescAttr(ge_source_desc(reading->source), attno - 1)->atttypid))
		reading->weight = use_column(reading, attno);
}

/* ---------------------------------------------------------------------------- rows */

static void
add_row(const Reading *reading, const GeRow *row)
{
	double weight = 1;

	if (reading->weight.attno != 0 && !number_of(&reading->weight, row, &weight))
		return;
	for (int i = 0; i < reading->n; i++)
	{
		const Compared *compared = &reading->compared[i];
		double x, y;

		if (compared->view->lacks == NULL && number_of(&compared->encoding, row, &x) &&
			target_of(&compared->target, row, &y))
			ge_pairs_add(&compared->view->table, 1, weight, x, y);
	}
}

static uint64
read_rows(Reading *reading)
{
	GeRowScan *scan = ge_row_scan_begin(reading->source, reading->used);
	MemoryContext old = CurrentMemoryContext;
	uint64 n_rows = 0;
	GeRow row;

	while (ge_row_scan_next(scan, &row))
	{
		ge_stage_rows(++n_rows);
		MemoryContextSwitchTo(reading->row_context);
		add_row(reading, &row);
		MemoryContextReset(reading->row_context);
		MemoryContextSwitchTo(old);
	}
	ge_row_scan_end(scan);
	return n_rows;
}

uint64
ge_report_read_output(GeReport *report, const GeRelationRef *output)
{
	Reading reading = {.source = ge_source_open(output),
					   .report = report,
					   .row_context = AllocSetContextCreate(
						   CurrentMemoryContext, "report row", ALLOCSET_DEFAULT_SIZES)};

	for (int p = 0; p < report->n_parts; p++)
		reading.n += report->parts[p].n_views;
	reading.compared = palloc0_array(Compared, reading.n + 1);
	for (int p = 0, i = 0; p < report->n_parts; p++)
		for (int v = 0; v < report->parts[p].n_views; v++)
			reading.compared[i++].view = &report->parts[p].views[v];
	find_columns(&reading);
	ge_source_prepare(reading.source, reading.used, NULL, 0);
	ge_source_begin(reading.source, GetActiveSnapshot());
	ge_stage_relation(RelationGetRelid(ge_source_relation(reading.source)));
	report->output = pstrdup(ge_source_name(reading.source));
	report->output_rows = read_rows(&reading);
	ge_source_close(reading.source);
	MemoryContextDelete(reading.row_context);
	return report->output_rows;
}
