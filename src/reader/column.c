/*
 * column.c: values of one column into keys or numbers.  Contract in column.h.
 *
 * The frequent types are converted inline, the others through category/category.h.
 */
#include "postgres.h"
#include "access/detoast.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "reader/column.h"
#include "base/compat.h"

static GeConversion
choose_conversion(const GeReadColumn *column, Oid type)
{
	if (column->kind == GE_READ_CATEGORY)
	{
		if (type == TEXTOID || type == VARCHAROID)
			return GE_TEXT_TO_BYTES;
		return ge_category_key_kind(column->category) == GE_KEY_BYTES
				   ? GE_CATEGORY_TO_BYTES
				   : GE_CATEGORY_TO_INT64;
	}
	if (column->kind == GE_READ_DATUM)
		return GE_INT8_TO_INT64; /* takes a Datum as it is */
	switch (type)
	{
		case BOOLOID:
			return GE_BOOL_TO_INT64;
		case INT2OID:
			return GE_INT2_TO_INT64;
		case INT4OID:
			return GE_INT4_TO_INT64;
		case INT8OID:
			return GE_INT8_TO_INT64;
		case FLOAT4OID:
			return GE_FLOAT4_TO_FLOAT64;
		case FLOAT8OID:
			return GE_FLOAT8_TO_FLOAT64;
		case NUMERICOID:
			return GE_NUMERIC_TO_FLOAT64;
		default:
			elog(ERROR, "cannot read type %u as a number", type);
	}
}

static bool
makes_bytes(GeConversion conversion)
{
	return conversion == GE_TEXT_TO_BYTES || conversion == GE_CATEGORY_TO_BYTES;
}

static bool
makes_floats(GeConversion conversion)
{
	return conversion >= GE_FLOAT4_TO_FLOAT64;
}

void
ge_column_builder_init(GeColumnBuilder *column, const GeReadColumn *read, TupleDesc desc)
{
	Form_pg_attribute attribute = TupleDescAttr(desc, read->attno - 1);

	column->conversion = choose_conversion(read, getBaseType(attribute->atttypid));
	column->is_varlena = attribute->attlen == -1;
	column->category = read->category;
}

static Size
padded(Size bytes)
{
	return TYPEALIGN(GE_BATCH_ALIGN, bytes);
}

void
ge_column_builder_allocate(GeColumnBuilder *column, Size max_rows)
{
	column->is_missing = palloc(padded(max_rows));
	if (makes_bytes(column->conversion))
	{
		column->offsets = palloc(padded((max_rows + 1) * sizeof *column->offsets));
		column->offsets[0] = 0;
		initStringInfo(&column->bytes);
	}
	else if (makes_floats(column->conversion))
		column->floats = palloc(max_rows * sizeof *column->floats);
	else
		column->values = palloc(max_rows * sizeof *column->values);
}

Size
ge_column_builder_width(const GeColumnBuilder *column)
{
	return makes_bytes(column->conversion) ? sizeof(uint32) + 1 : sizeof(int64) + 1;
}

/* Give back the memory that one long value took. */
static void
release_huge_buffer(StringInfo bytes)
{
	if (bytes->maxlen > 4 * GE_BATCH_BYTES)
	{
		pfree(bytes->data);
		initStringInfo(bytes);
	}
}

void
ge_column_builder_start(GeColumnBuilder *column)
{
	column->has_missing = false;
	release_huge_buffer(&column->bytes);
}

/*
 * Whether a value could be too long to join others.  The buffer of a column has room for
 * one value of any length, but not for other values before it.
 */
static bool
is_huge(const GeColumnBuilder *column, Datum value)
{
	return column->is_varlena && toast_raw_datum_size(value) > GE_BATCH_BYTES;
}

/* Whether a varlena holds its bytes itself, and few enough. */
static bool
is_plain(const struct varlena *value)
{
	if (VARATT_IS_SHORT(value))
		return !VARATT_IS_EXTERNAL(value);
	return VARATT_IS_4B_U(value) && VARSIZE_4B(value) <= GE_BATCH_BYTES;
}

static void
append_plain_text(StringInfo bytes, const struct varlena *value)
{
	int length = VARSIZE_ANY_EXHDR(value);

	if (bytes->len + length + GE_BATCH_ALIGN >= bytes->maxlen)
		enlargeStringInfo(bytes, length + GE_BATCH_ALIGN);
	memcpy(bytes->data + bytes->len, VARDATA_ANY(value), length);
	bytes->len += length;
}

/* False when the value must start a batch of its own. */
static bool
add_bytes(GeColumnBuilder *column, uint32 row, Datum value, bool is_null)
{
	column->bytes.len = column->offsets[row];
	if (column->conversion == GE_TEXT_TO_BYTES && !is_null &&
		is_plain((struct varlena *) DatumGetPointer(value)))
	{
		append_plain_text(&column->bytes, (struct varlena *) DatumGetPointer(value));
		column->is_missing[row] = false;
	}
	else
	{
		if (!is_null && row > 0 && is_huge(column, value))
			return false;
		column->is_missing[row] =
			!ge_category_bytes_key(column->category, value, is_null, &column->bytes);
		enlargeStringInfo(&column->bytes, GE_BATCH_ALIGN);
	}
	column->offsets[row + 1] = column->bytes.len;
	return true;
}

static int64
convert_int64(GeColumnBuilder *column, Datum value)
{
	switch (column->conversion)
	{
		case GE_BOOL_TO_INT64:
			return DatumGetBool(value);
		case GE_INT2_TO_INT64:
			return DatumGetInt16(value);
		case GE_INT4_TO_INT64:
			return DatumGetInt32(value);
		default:
			return DatumGetInt64(value);
	}
}

static double
convert_float64(GeColumnBuilder *column, Datum value)
{
	switch (column->conversion)
	{
		case GE_FLOAT4_TO_FLOAT64:
			return DatumGetFloat4(value);
		case GE_FLOAT8_TO_FLOAT64:
			return DatumGetFloat8(value);
		default:
			return DatumGetFloat8(DirectFunctionCall1(numeric_float8, value));
	}
}

/* False when the row must start a batch of its own. */
static bool
add_value(GeColumnBuilder *column, uint32 row, Datum value, bool is_null)
{
	if (makes_bytes(column->conversion))
	{
		if (!add_bytes(column, row, value, is_null))
			return false;
	}
	else if (column->conversion == GE_CATEGORY_TO_INT64)
	{
		column->values[row] = 0;
		column->is_missing[row] = !ge_category_int64_key(column->category, value, is_null,
														 &column->values[row]);
	}
	else
	{
		column->is_missing[row] = is_null;
		if (makes_floats(column->conversion))
			column->floats[row] = is_null ? 0 : convert_float64(column, value);
		else
			column->values[row] = is_null ? 0 : convert_int64(column, value);
	}
	column->has_missing |= column->is_missing[row];
	return true;
}

bool
ge_column_builders_add(GeColumnBuilder *columns, int n_columns, uint32 row,
					   TupleTableSlot *slot, uint64 *n_bytes)
{
	int i;

	*n_bytes = 0;
	for (i = 0; i < n_columns; i++)
	{
		int position = columns[i].position - 1;

		if (!add_value(&columns[i], row, slot->tts_values[position],
					   slot->tts_isnull[position]))
			return false;
		*n_bytes += columns[i].bytes.len;
	}
	return true;
}

void
ge_column_builder_expose(const GeColumnBuilder *column, uint32 n_rows,
						 GeBatchColumn *exposed)
{
	bool bytes = makes_bytes(column->conversion);

	exposed->keys.kind = bytes ? GE_KEY_BYTES : GE_KEY_INT64;
	exposed->keys.n_rows = n_rows;
	exposed->keys.is_missing = column->has_missing ? column->is_missing : NULL;
	exposed->keys.values = column->values;
	exposed->keys.offsets = column->offsets;
	exposed->keys.bytes = bytes ? (const uint8 *) column->bytes.data : NULL;
	exposed->floats = column->floats;
}
