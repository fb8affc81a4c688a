/*
 * table.c: a table while it is filled: a new one, or the new heap of one that is there.
 *
 * A table that is there may have columns that were dropped: they are NULL in every row.
 *
 * Values may point into a source's TOAST table, or be expanded objects.  They are made
 * plain here, once for all ways of writing.
 */
#include "postgres.h"
#include "access/detoast.h"
#include "access/table.h"
#include "catalog/pg_type.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "base/run_log.h"
#include "table/table.h"
#include "table/replace.h"
#include "table/rows.h"
#include "table/shape.h"
#include "page/writer.h"

/* Rows between two looks that pg_stat_progress_copy allows. */
#define SHOW_EVERY 1024

struct GeOutputTable
{
	Relation relation;			/* that is filled */
	GeReplacement *replacement; /* NULL: the table is new */
	MemoryContext context;		/* of everything here but the relation */
	MemoryContext row_context;	/* what was fetched for one row */
	bool expects_inserts;		/* of others, while it is filled */
	GePageWriter *pages;		/* either this, */
	GeRowBuffer *rows;			/* or this fills it, from the first row on */
	uint64 n_rows;

	int n_columns; /* dropped ones too */
	int n_varlena;
	int *varlena;  /* the columns of variable length, from 0 */
	Datum *values; /* a row with fetched values in it */

	int n_dropped;
	Datum *spread;		  /* a row with room for the dropped columns */
	bool *spread_is_null; /* true for those */
};

static void
list_columns(GeOutputTable *table, TupleDesc desc)
{
	table->n_columns = desc->natts;
	table->varlena = palloc(sizeof(int) * Max(desc->natts, 1));
	table->values = palloc(sizeof(Datum) * Max(desc->natts, 1));
	table->spread = palloc0(sizeof(Datum) * Max(desc->natts, 1));
	table->spread_is_null = palloc(sizeof(bool) * Max(desc->natts, 1));
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);

		table->spread_is_null[i] = true;
		if (attribute->attisdropped)
			table->n_dropped++;
		else if (attribute->attlen == -1)
			table->varlena[table->n_varlena++] = i;
	}
}

GeOutputTable *
ge_output_create(GeOutputName *name, const GeOutputColumn *columns, int n_columns,
				 bool logged)
{
	MemoryContext context = AllocSetContextCreate(
		CurrentMemoryContext, "gpu_encode output table", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller_context = MemoryContextSwitchTo(context);
	GeOutputTable *table = palloc0(sizeof(GeOutputTable));

	table->context = context;
	table->row_context =
		AllocSetContextCreate(context, "gpu_encode output row", ALLOCSET_DEFAULT_SIZES);
	table->replacement = name->replacement;
	if (name->replacement != NULL)
		table->relation = ge_replacement_make_heap(name->replacement);
	else
		table->relation =
			ge_output_make(name, ge_output_shape(columns, n_columns), logged);
	list_columns(table, RelationGetDescr(table->relation));
	MemoryContextSwitchTo(caller_context);
	return table;
}

/*
 * Choose how the table is filled, with the first row and no earlier: a source may have
 * functions that insert into the table while the source is read, and pages go into an
 * empty one only.
 */
static void
begin_filling(GeOutputTable *table)
{
	bool frozen = table->replacement != NULL;
	MemoryContext caller_context;

	if (table->pages != NULL || table->rows != NULL)
		return;
	caller_context = MemoryContextSwitchTo(table->context);
	if (!table->expects_inserts && !ge_rows_need_insert(table->relation) &&
		ge_page_writer_possible(table->relation))
		table->pages = ge_page_writer_begin(table->relation, frozen);
	else
		table->rows = ge_rows_begin(table->relation, frozen);
	MemoryContextSwitchTo(caller_context);
}

Relation
ge_output_relation(const GeOutputTable *table)
{
	return table->replacement != NULL ? table->replacement->relation : table->relation;
}

Oid
ge_output_relid(const GeOutputTable *table)
{
	return RelationGetRelid(ge_output_relation(table));
}

bool
ge_output_is_new(const GeOutputTable *table)
{
	return table->replacement == NULL;
}

void
ge_output_expect_inserts(GeOutputTable *table)
{
	table->expects_inserts = true;
}

bool
ge_output_by_pages(GeOutputTable *table)
{
	begin_filling(table);
	return table->pages != NULL;
}

GePageWriter *
ge_output_page_writer(GeOutputTable *table)
{
	begin_filling(table);
	return table->n_dropped == 0 ? table->pages : NULL;
}

/* The row with a place for every column of the table. */
static const Datum *
spread_row(GeOutputTable *table, const Datum *values, const bool **is_null)
{
	TupleDesc desc = RelationGetDescr(table->relation);
	int n = 0;

	if (table->n_dropped == 0)
		return values;
	for (int i = 0; i < table->n_columns; i++)
	{
		if (TupleDescAttr(desc, i)->attisdropped)
			continue;
		table->spread[i] = values[n];
		table->spread_is_null[i] = (*is_null)[n];
		n++;
	}
	*is_null = table->spread_is_null;
	return table->spread;
}

/* Whether the table may hold a value as it is. */
static bool
is_whole(const struct varlena *value, bool is_plain)
{
	return !VARATT_IS_EXTERNAL(value) && !(is_plain && VARATT_IS_COMPRESSED(value));
}

/*
 * The row with every value inline; fetched values are in row_context.  Compressed values
 * stay compressed, unless the column's storage is plain: the functions of its type may
 * expect plain values only.
 */
static const Datum *
make_whole(GeOutputTable *table, const Datum *values, const bool *is_null)
{
	const Datum *result = values;

	for (int i = 0; i < table->n_varlena; i++)
	{
		int column = table->varlena[i];
		Form_pg_attribute attribute;
		struct varlena *value;
		bool is_plain;

		if (is_null[column])
			continue;
		attribute = TupleDescAttr(RelationGetDescr(table->relation), column);
		is_plain = attribute->attstorage == TYPSTORAGE_PLAIN;
		value = (struct varlena *) DatumGetPointer(values[column]);
		if (is_whole(value, is_plain))
			continue;
		if (result == values)
		{
			memcpy(table->values, values, sizeof(Datum) * table->n_columns);
			result = table->values;
		}
		value = is_plain ? detoast_attr(value) : detoast_external_attr(value);
		table->values[column] = PointerGetDatum(value);
	}
	return result;
}

void
ge_output_put(GeOutputTable *table, const Datum *values, const bool *is_null)
{
	MemoryContext caller_context = MemoryContextSwitchTo(table->row_context);
	const Datum *spread = spread_row(table, values, &is_null);
	const Datum *whole = make_whole(table, spread, is_null);

	MemoryContextSwitchTo(caller_context);
	begin_filling(table);
	if (table->pages != NULL)
		ge_page_writer_put(table->pages, whole, is_null);
	else
		ge_rows_put(table->rows, whole, is_null);
	if (++table->n_rows % SHOW_EVERY == 0)
		ge_stage_rows(table->n_rows);
	if (whole != spread)
		MemoryContextReset(table->row_context);
}

uint64
ge_output_finish(GeOutputTable *table)
{
	uint64 n_rows = table->n_rows;

	begin_filling(table);
	if (table->pages != NULL)
		ge_page_writer_end(table->pages);
	else
		ge_rows_end(table->rows);
	if (table->replacement != NULL)
		table->replacement->n_rows = n_rows;
	table_close(table->relation, NoLock);
	MemoryContextDelete(table->context);
	return n_rows;
}
