/*
 * tuple_columns.c: heap tuples formed in place out of values in columns.
 *
 * If all tuples have one size, many rows are formed at once, column by column.  Else one
 * row is gathered from its columns for tuple.c.
 */
#include "postgres.h"

#include "page/tuple_internal.h"

Size
ge_tuple_equal_size(const GeTupleForm *form, const GeColumnValues *columns)
{
	if (!form->is_fixed)
		return 0;
	for (int i = 0; i < form->n_columns; i++)
		if (columns[i].is_null != NULL)
			return 0;
	return form->fixed_size;
}

static void
write_headers(const GeTupleForm *form, uint32 n, BlockNumber block, OffsetNumber offset,
			  char *where, Size stride)
{
	for (uint32 i = 0; i < n; i++)
	{
		HeapTupleHeader header = (HeapTupleHeader) (where - i * stride);

		memcpy(header, &form->header, SizeofHeapTupleHeader);
		ItemPointerSet(&header->t_ctid, block, offset + i);
	}
}

/* One loop for each width. */
#define WRITE_COLUMN(type)                                                               \
	for (uint32 i = 0; i < n; i++)                                                       \
	*(type *) (at - i * stride) = ((const type *) values)[i]

static void
write_column(const GeTupleColumn *column, const void *values, uint32 n, char *at,
			 Size stride)
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
				ge_tuple_store_fixed(column, ((const Datum *) values)[i],
									 at - i * stride);
	}
}

/* Bytes of a value in a GeColumnValues. */
static inline Size
value_width(const GeTupleColumn *column)
{
	return column->kind >= GE_STORE_FIXED ? sizeof(Datum) : (Size) column->length;
}

void
ge_tuple_write_rows(const GeTupleForm *form, const GeColumnValues *columns, uint32 first,
					uint32 n, BlockNumber block, OffsetNumber offset, char *where,
					Size stride)
{
	write_headers(form, n, block, offset, where, stride);
	for (int i = 0; i < form->n_columns; i++)
	{
		const GeTupleColumn *column = &form->columns[i];
		const char *values = columns[i].values;

		write_column(column, values + first * value_width(column), n,
					 where + column->offset, stride);
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
