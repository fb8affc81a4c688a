/*
 * tuple_columns.c: heap tuples formed in place out of values in columns.
 *
 * Rows without NULL are formed many at once, column by column.  Each row has a place that
 * moves on with every column before the tail; the columns of the tail are at fixed
 * distances from the last one.  A row with NULL is gathered from its columns for tuple.c.
 */
#include "postgres.h"

#include "page/tuple_internal.h"

bool
ge_tuple_any_null(const GeTupleForm *form, const GeColumnValues *columns)
{
	for (int i = 0; i < form->n_columns; i++)
		if (columns[i].is_null != NULL)
			return true;
	return false;
}

Size
ge_tuple_equal_size(const GeTupleForm *form)
{
	return form->is_fixed ? form->fixed_size : 0;
}

void
ge_tuple_sizes(const GeTupleForm *form, const GeColumnValues *columns, uint32 first,
			   uint32 n, Size *sizes)
{
	for (uint32 row = 0; row < n; row++)
		sizes[row] = form->header.t_hoff;
	for (int i = 0; i < form->tail; i++)
	{
		const GeTupleColumn *column = &form->columns[i];
		const Datum *values = columns[i].values;

		if (column->kind == GE_STORE_VARLENA)
			for (uint32 row = 0; row < n; row++)
				sizes[row] = ge_tuple_varlena_end(column, sizes[row],
												  DatumGetPointer(values[first + row]));
		else
			for (uint32 row = 0; row < n; row++)
				sizes[row] = TYPEALIGN(column->alignment, sizes[row]) + column->length;
	}
	for (uint32 row = 0; row < n && form->tail < form->n_columns; row++)
		sizes[row] = MAXALIGN(sizes[row]) + form->tail_size;
}

/* Headers; *at then points to the data of each row. */
static void
write_headers(const GeTupleForm *form, uint32 n, BlockNumber block, OffsetNumber offset,
			  char *const *where, char **at)
{
	for (uint32 i = 0; i < n; i++)
	{
		HeapTupleHeader header = (HeapTupleHeader) where[i];

		memcpy(header, &form->header, SizeofHeapTupleHeader);
		ItemPointerSet(&header->t_ctid, block, offset + i);
		if (!form->is_fixed)
			header->t_infomask |= HEAP_HASVARWIDTH;
		at[i] = where[i] + form->header.t_hoff;
	}
}

/* One loop for each width. */
#define WRITE_COLUMN(type)                                                               \
	for (uint32 i = 0; i < n; i++)                                                       \
	*(type *) (at[i] + offset) = ((const type *) values)[i]

/* Values of fixed width, so far behind the places. */
static void
write_column(const GeTupleColumn *column, const void *values, uint32 n, char *const *at,
			 Size offset)
{
	switch (column->kind)
	{
		case GE_STORE_BYTE:
			WRITE_COLUMN(int8);
			break;
		case GE_STORE_INT16:
			WRITE_COLUMN(int16);
			break;
		case GE_STORE_INT32:
			WRITE_COLUMN(int32);
			break;
		case GE_STORE_INT64:
			WRITE_COLUMN(int64);
			break;
		default:
			for (uint32 i = 0; i < n; i++)
				ge_tuple_store_fixed(column, ((const Datum *) values)[i], at[i] + offset);
	}
}

/* Bytes of a value in a GeColumnValues. */
static inline Size
value_width(const GeTupleColumn *column)
{
	return column->kind >= GE_STORE_FIXED ? sizeof(Datum) : (Size) column->length;
}

/* A column before the tail; moves the places behind its values. */
static void
write_ahead(const GeTupleColumn *column, const void *values, uint32 n, char **at)
{
	if (column->kind == GE_STORE_VARLENA)
	{
		for (uint32 i = 0; i < n; i++)
			at[i] = ge_tuple_store_varlena(
				column, DatumGetPointer(((const Datum *) values)[i]), at[i]);
		return;
	}
	for (uint32 i = 0; i < n; i++)
		at[i] = (char *) TYPEALIGN(column->alignment, at[i]);
	write_column(column, values, n, at, 0);
	for (uint32 i = 0; i < n; i++)
		at[i] += column->length;
}

void
ge_tuple_write_rows(const GeTupleForm *form, const GeColumnValues *columns, uint32 first,
					uint32 n, BlockNumber block, OffsetNumber offset, char *const *where)
{
	char *at[MaxHeapTuplesPerPage];

	write_headers(form, n, block, offset, where, at);
	for (int i = 0; i < form->n_columns; i++)
	{
		const GeTupleColumn *column = &form->columns[i];
		const void *values =
			(const char *) columns[i].values + first * value_width(column);

		if (i == form->tail)
			for (uint32 row = 0; row < n; row++)
				at[row] = (char *) MAXALIGN(at[row]);
		if (i < form->tail)
			write_ahead(column, values, n, at);
		else
			write_column(column, values, n, at, column->offset - form->tail_offset);
	}
}

static inline Datum
fetch_value(const GeTupleColumn *column, const void *values, uint32 row)
{
	switch (column->kind)
	{
		case GE_STORE_BYTE:
			return CharGetDatum(((const char *) values)[row]);
		case GE_STORE_INT16:
			return Int16GetDatum(((const int16 *) values)[row]);
		case GE_STORE_INT32:
			return Int32GetDatum(((const int32 *) values)[row]);
		case GE_STORE_INT64:
			return Int64GetDatum(((const int64 *) values)[row]);
		default:
			return ((const Datum *) values)[row];
	}
}

void
ge_tuple_gather(const GeTupleForm *form, const GeColumnValues *columns, uint32 row,
				Datum *values, bool *is_null)
{
	for (int i = 0; i < form->n_columns; i++)
	{
		is_null[i] = columns[i].is_null != NULL && columns[i].is_null[row];
		values[i] = is_null[i] ? (Datum) 0
							   : fetch_value(&form->columns[i], columns[i].values, row);
	}
}
