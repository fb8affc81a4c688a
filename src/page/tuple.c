/*
 * tuple.c: heap tuples formed in place.
 *
 * The rules are those of heap_compute_data_size() and heap_fill_tuple(): a column starts
 * at its type's alignment; a value of variable length that fits 126 bytes gets a header
 * of one byte and no alignment, unless its column's storage is plain.  The fast case is a
 * row without NULL: from its tail on, which follows the last column of variable length,
 * sizes and offsets are known in advance.
 */
#include "postgres.h"
#include "catalog/pg_type.h"

#include "page/tuple_internal.h"

bool
ge_tuple_form_possible(TupleDesc desc)
{
	for (int i = 0; i < desc->natts; i++)
		if (TupleDescAttr(desc, i)->attlen < -1)
			return false;
	return true;
}

static uint8
alignment_bytes(char attalign)
{
	switch (attalign)
	{
		case TYPALIGN_CHAR:
			return 1;
		case TYPALIGN_SHORT:
			return ALIGNOF_SHORT;
		case TYPALIGN_INT:
			return ALIGNOF_INT;
		default:
			return ALIGNOF_DOUBLE;
	}
}

static GeStoreKind
store_kind(Form_pg_attribute attribute)
{
	if (attribute->attlen < 0)
		return GE_STORE_VARLENA;
	if (!attribute->attbyval)
		return GE_STORE_FIXED;
	switch (attribute->attlen)
	{
		case 1:
			return GE_STORE_BYTE;
		case 2:
			return GE_STORE_INT16;
		case 4:
			return GE_STORE_INT32;
		default:
			return GE_STORE_INT64;
	}
}

static void
set_columns(GeTupleForm *form, TupleDesc desc)
{
	Size offset = form->header.t_hoff;

	form->is_fixed = true;
	form->tail_offset = offset;
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);
		GeTupleColumn *column = &form->columns[i];

		column->kind = store_kind(attribute);
		column->alignment = alignment_bytes(attribute->attalign);
		column->may_shorten = attribute->attstorage != TYPSTORAGE_PLAIN;
		column->length = attribute->attlen;
		offset = TYPEALIGN(column->alignment, offset);
		if (column->kind == GE_STORE_VARLENA)
		{
			form->is_fixed = false;
			form->tail = desc->natts;
		}
		else if (form->tail == desc->natts && column->alignment == MAXIMUM_ALIGNOF)
		{
			form->tail = i;
			form->tail_offset = offset;
		}
		column->offset = Min(offset, PG_UINT16_MAX);
		offset += Max(column->length, 0);
	}
	form->fixed_size = offset;
	form->tail_size = offset - form->tail_offset;
}

GeTupleForm *
ge_tuple_form_create(TupleDesc desc, TransactionId xid, CommandId command, bool frozen)
{
	GeTupleForm *form =
		palloc0(offsetof(GeTupleForm, columns) + sizeof(GeTupleColumn) * desc->natts);
	HeapTupleHeader header = &form->header;

	header->t_infomask = HEAP_XMAX_INVALID | (frozen ? HEAP_XMIN_FROZEN : 0);
	HeapTupleHeaderSetNatts(header, desc->natts);
	HeapTupleHeaderSetXmin(header, xid);
	HeapTupleHeaderSetXmax(header, InvalidTransactionId);
	HeapTupleHeaderSetCmin(header, command);
	header->t_hoff = MAXALIGN(SizeofHeapTupleHeader);
	form->hoff_with_nulls = MAXALIGN(SizeofHeapTupleHeader + BITMAPLEN(desc->natts));
	form->n_columns = desc->natts;
	set_columns(form, desc);
	return form;
}

Size
ge_tuple_size(const GeTupleForm *form, const Datum *values, const bool *is_null,
			  bool *with_nulls)
{
	Size offset;
	int end;

	*with_nulls = memchr(is_null, true, form->n_columns) != NULL;
	offset = *with_nulls ? form->hoff_with_nulls : form->header.t_hoff;
	end = *with_nulls ? form->n_columns : form->tail;
	for (int i = 0; i < end; i++)
	{
		const GeTupleColumn *column = &form->columns[i];

		if (is_null[i])
			continue;
		if (column->kind == GE_STORE_VARLENA)
			offset = ge_tuple_varlena_end(column, offset, DatumGetPointer(values[i]));
		else
			offset = TYPEALIGN(column->alignment, offset) + column->length;
	}
	return end == form->n_columns ? offset : MAXALIGN(offset) + form->tail_size;
}

static void
write_tail(const GeTupleForm *form, const Datum *values, char *where)
{
	for (int i = form->tail; i < form->n_columns; i++)
		ge_tuple_store_fixed(&form->columns[i], values[i],
							 where + form->columns[i].offset - form->tail_offset);
}

/* The bitmap of NULLs is still all NULL: a bit is set for every value. */
static void
write_row(const GeTupleForm *form, const Datum *values, const bool *is_null,
		  bool with_nulls, HeapTupleHeader header)
{
	int end = with_nulls ? form->n_columns : form->tail;
	char *at;

	if (with_nulls)
	{
		header->t_infomask |= HEAP_HASNULL;
		header->t_hoff = form->hoff_with_nulls;
	}
	at = (char *) header + header->t_hoff;
	for (int i = 0; i < end; i++)
	{
		const GeTupleColumn *column = &form->columns[i];

		if (with_nulls)
		{
			if (is_null[i])
				continue;
			header->t_bits[i / BITS_PER_BYTE] |= 1 << (i % BITS_PER_BYTE);
		}
		if (column->kind == GE_STORE_VARLENA)
		{
			header->t_infomask |= HEAP_HASVARWIDTH;
			at = ge_tuple_store_varlena(column, DatumGetPointer(values[i]), at);
			continue;
		}
		at = (char *) TYPEALIGN(column->alignment, at);
		ge_tuple_store_fixed(column, values[i], at);
		at += column->length;
	}
	if (end < form->n_columns)
		write_tail(form, values, (char *) MAXALIGN(at));
}

void
ge_tuple_write(const GeTupleForm *form, const Datum *values, const bool *is_null,
			   bool with_nulls, const ItemPointerData *self, char *where)
{
	HeapTupleHeader header = (HeapTupleHeader) where;

	memcpy(header, &form->header, SizeofHeapTupleHeader);
	header->t_ctid = *self;
	write_row(form, values, is_null, with_nulls, header);
}

Size
ge_tuple_most(const GeTupleForm *form, const Size *lengths)
{
	Size most = form->hoff_with_nulls;

	for (int i = 0; i < form->n_columns; i++)
	{
		const GeTupleColumn *column = &form->columns[i];

		most += column->alignment - 1;
		most += column->kind == GE_STORE_VARLENA ? *lengths++ : (Size) column->length;
	}
	return most;
}

void
ge_tuple_copy(const GeTupleForm *form, HeapTuple tuple, const ItemPointerData *self,
			  char *where)
{
	HeapTupleHeader header = (HeapTupleHeader) where;

	memcpy(where, tuple->t_data, tuple->t_len);
	header->t_choice = form->header.t_choice;
	header->t_infomask &= ~HEAP_XACT_MASK;
	header->t_infomask |= form->header.t_infomask;
	header->t_infomask2 &= ~HEAP2_XACT_MASK;
	header->t_ctid = *self;
}
