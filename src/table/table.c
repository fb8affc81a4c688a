/*
 * table.c: a new table while it is filled.
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
#include "table/table.h"
#include "table/rows.h"
#include "table/shape.h"
#include "page/writer.h"

struct GeOutputTable
{
	Relation relation;
	MemoryContext context;	   /* of everything here but the relation */
	MemoryContext row_context; /* what was fetched for one row */
	GePageWriter *pages;	   /* either this, */
	GeRowBuffer *rows;		   /* or this fills it, from the first row on */
	uint64 n_rows;

	int n_columns;
	int n_varlena;
	int *varlena;  /* the columns of variable length, from 0 */
	Datum *values; /* a row with fetched values in it */
};

static void
list_varlena_columns(GeOutputTable *table, TupleDesc desc)
{
	table->n_columns = desc->natts;
	table->varlena = palloc(sizeof(int) * Max(desc->natts, 1));
	table->values = palloc(sizeof(Datum) * Max(desc->natts, 1));
	for (int i = 0; i < desc->natts; i++)
		if (TupleDescAttr(desc, i)->attlen == -1)
			table->varlena[table->n_varlena++] = i;
}

GeOutputTable *
ge_output_create(RangeVar *name, const GeOutputColumn *columns, int n_columns,
				 bool logged)
{
	MemoryContext context = AllocSetContextCreate(
		CurrentMemoryContext, "gpu_encode output table", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller_context = MemoryContextSwitchTo(context);
	GeOutputTable *table = palloc0(sizeof(GeOutputTable));

	table->context = context;
	table->row_context =
		AllocSetContextCreate(context, "gpu_encode output row", ALLOCSET_DEFAULT_SIZES);
	table->relation = ge_output_make(name, ge_output_shape(columns, n_columns), logged);
	list_varlena_columns(table, RelationGetDescr(table->relation));
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
	MemoryContext caller_context;

	if (table->pages != NULL || table->rows != NULL)
		return;
	caller_context = MemoryContextSwitchTo(table->context);
	if (!ge_rows_need_insert(table->relation) && ge_page_writer_possible(table->relation))
		table->pages = ge_page_writer_begin(table->relation);
	else
		table->rows = ge_rows_begin(table->relation);
	MemoryContextSwitchTo(caller_context);
}

Relation
ge_output_create_empty(RangeVar *name, const GeOutputColumn *columns, int n_columns,
					   bool logged)
{
	return ge_output_make(name, ge_output_shape(columns, n_columns), logged);
}

Oid
ge_output_relid(const GeOutputTable *table)
{
	return RelationGetRelid(table->relation);
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
	return table->pages;
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
	const Datum *whole = make_whole(table, values, is_null);

	MemoryContextSwitchTo(caller_context);
	begin_filling(table);
	if (table->pages != NULL)
		ge_page_writer_put(table->pages, whole, is_null);
	else
		ge_rows_put(table->rows, whole, is_null);
	table->n_rows++;
	if (whole != values)
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
	table_close(table->relation, NoLock);
	MemoryContextDelete(table->context);
	return n_rows;
}
