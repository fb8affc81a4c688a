/*
 * batch.c: rows in, columnar batches out.  Contract in batch.h.
 *
 * The frequent types are converted inline, the others through category_type.h.  What a
 * conversion allocates lives in a scratch context that each row resets.
 */
#include "postgres.h"
#include "access/detoast.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "batch.h"
#include "compat.h"

typedef enum Conversion
{
	TEXT_TO_BYTES, /* text and varchar: the key is the value's bytes */
	CATEGORY_TO_BYTES,
	CATEGORY_TO_INT64,
	BOOL_TO_INT64,
	INT2_TO_INT64,
	INT4_TO_INT64,
	INT8_TO_INT64,
	FLOAT4_TO_FLOAT64,
	FLOAT8_TO_FLOAT64,
	NUMERIC_TO_FLOAT64
} Conversion;

/* One column of the batch in the making; arrays have builder->max_rows elements. */
typedef struct ColumnBuilder
{
	Conversion conversion;
	AttrNumber position; /* in the slots at hand */
	bool is_varlena;
	bool has_missing;
	GeCategoryType *category;
	uint8 *is_missing;
	int64 *values;
	double *floats;
	uint32 *offsets; /* one more element; offsets[0] is 0 */
	StringInfoData bytes;
} ColumnBuilder;

struct GeBatchBuilder
{
	int n_columns;
	ColumnBuilder *columns;
	GeBatchColumn *exposed; /* of batch */
	GeBatch batch;
	AttrNumber n_deformed; /* attributes of a slot up to the last one needed */
	uint32 max_rows;
	uint32 n_rows;
	uint64 n_bytes;		  /* of variable width */
	uint64 fixed_width;	  /* bytes of a row of fixed width */
	uint32 rows_taken;	  /* of the chunk, in earlier batches */
	bool needs_text_form; /* some key may be a text form */
	int text_form_level;  /* from ge_text_form_begin(); 0: not begun */
	MemoryContext context;
	MemoryContext scratch; /* of one row */
};

/* -------------------------------------------------------------------------- creating */

static Conversion
choose_conversion(const GeReadColumn *column, Oid type)
{
	if (column->kind == GE_READ_CATEGORY)
	{
		if (type == TEXTOID || type == VARCHAROID)
			return TEXT_TO_BYTES;
		return ge_category_key_kind(column->category) == GE_KEY_BYTES ? CATEGORY_TO_BYTES
																	  : CATEGORY_TO_INT64;
	}
	switch (type)
	{
		case BOOLOID:
			return BOOL_TO_INT64;
		case INT2OID:
			return INT2_TO_INT64;
		case INT4OID:
			return INT4_TO_INT64;
		case INT8OID:
			return INT8_TO_INT64;
		case FLOAT4OID:
			return FLOAT4_TO_FLOAT64;
		case FLOAT8OID:
			return FLOAT8_TO_FLOAT64;
		case NUMERICOID:
			return NUMERIC_TO_FLOAT64;
		default:
			elog(ERROR, "cannot read type %u as a number", type);
	}
}

static bool
makes_bytes(Conversion conversion)
{
	return conversion == TEXT_TO_BYTES || conversion == CATEGORY_TO_BYTES;
}

static bool
makes_floats(Conversion conversion)
{
	return conversion >= FLOAT4_TO_FLOAT64;
}

static void
init_column(ColumnBuilder *column, const GeReadColumn *read, TupleDesc desc)
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

static void
allocate_arrays(ColumnBuilder *column, Size max_rows)
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

static Size
fixed_width_of(const ColumnBuilder *column)
{
	return makes_bytes(column->conversion) ? sizeof(uint32) + 1 : sizeof(int64) + 1;
}

GeBatchBuilder *
ge_batch_builder_create(TupleDesc desc, const GeReadColumn *columns, int n_columns)
{
	GeBatchBuilder *builder = palloc0(sizeof *builder);
	int i;

	builder->n_columns = n_columns;
	builder->columns = palloc0(n_columns * sizeof *builder->columns);
	builder->exposed = palloc0(n_columns * sizeof *builder->exposed);
	builder->context = CurrentMemoryContext;
	builder->scratch = AllocSetContextCreate(CurrentMemoryContext, "gpu_encode batch",
											 ALLOCSET_SMALL_SIZES);
	for (i = 0; i < n_columns; i++)
	{
		init_column(&builder->columns[i], &columns[i], desc);
		builder->fixed_width += fixed_width_of(&builder->columns[i]);
		if (builder->columns[i].conversion == CATEGORY_TO_BYTES)
			builder->needs_text_form = true;
	}
	builder->max_rows = GE_BATCH_BYTES / Max(builder->fixed_width, 1);
	builder->max_rows = Max(Min(builder->max_rows, GE_BATCH_ROWS), 1);
	for (i = 0; i < n_columns; i++)
		allocate_arrays(&builder->columns[i], builder->max_rows);
	return builder;
}

void
ge_batch_set_positions(GeBatchBuilder *builder, const AttrNumber *positions)
{
	int i;

	builder->n_deformed = 0;
	for (i = 0; i < builder->n_columns; i++)
	{
		builder->columns[i].position = positions[i];
		builder->n_deformed = Max(builder->n_deformed, positions[i]);
	}
}

void
ge_batch_start_chunk(GeBatchBuilder *builder, uint32 chunk)
{
	builder->batch.chunk = chunk;
	builder->rows_taken = 0;
}

/* ------------------------------------------------------------------------ converting */

/*
 * Whether a value could be too long to join others: the buffer of a column has room for
 * one value of any length, not for that and more before it.
 */
static bool
is_huge(const ColumnBuilder *column, Datum value)
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
add_bytes(ColumnBuilder *column, uint32 row, Datum value, bool is_null)
{
	column->bytes.len = column->offsets[row];
	if (column->conversion == TEXT_TO_BYTES && !is_null &&
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
convert_int64(ColumnBuilder *column, Datum value)
{
	switch (column->conversion)
	{
		case BOOL_TO_INT64:
			return DatumGetBool(value);
		case INT2_TO_INT64:
			return DatumGetInt16(value);
		case INT4_TO_INT64:
			return DatumGetInt32(value);
		default:
			return DatumGetInt64(value);
	}
}

static double
convert_float64(ColumnBuilder *column, Datum value)
{
	switch (column->conversion)
	{
		case FLOAT4_TO_FLOAT64:
			return DatumGetFloat4(value);
		case FLOAT8_TO_FLOAT64:
			return DatumGetFloat8(value);
		default:
			return DatumGetFloat8(DirectFunctionCall1(numeric_float8, value));
	}
}

/* False when the row must start a batch of its own. */
static bool
add_value(ColumnBuilder *column, uint32 row, Datum value, bool is_null)
{
	if (makes_bytes(column->conversion))
	{
		if (!add_bytes(column, row, value, is_null))
			return false;
	}
	else if (column->conversion == CATEGORY_TO_INT64)
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

static bool
is_full(const GeBatchBuilder *builder)
{
	return builder->n_rows == builder->max_rows ||
		   builder->n_bytes + builder->n_rows * builder->fixed_width >= GE_BATCH_BYTES;
}

/* Do not keep the room that one long value took. */
static void
release_huge_buffer(StringInfo bytes)
{
	if (bytes->maxlen > 4 * GE_BATCH_BYTES)
	{
		pfree(bytes->data);
		initStringInfo(bytes);
	}
}

static void
start_batch(GeBatchBuilder *builder)
{
	MemoryContext caller = MemoryContextSwitchTo(builder->context);
	int i;

	for (i = 0; i < builder->n_columns; i++)
	{
		builder->columns[i].has_missing = false;
		release_huge_buffer(&builder->columns[i].bytes);
	}
	MemoryContextSwitchTo(caller);
	builder->n_bytes = 0;
	if (builder->needs_text_form)
		builder->text_form_level = ge_text_form_begin();
}

bool
ge_batch_add(GeBatchBuilder *builder, TupleTableSlot *slot)
{
	uint32 row = builder->n_rows;
	MemoryContext caller;
	uint64 n_bytes = 0;
	bool fits = true;
	int i;

	if (row == 0)
		start_batch(builder);
	else if (is_full(builder))
		return false;
	caller = MemoryContextSwitchTo(builder->scratch);
	slot_getsomeattrs(slot, builder->n_deformed);
	for (i = 0; i < builder->n_columns && fits; i++)
	{
		ColumnBuilder *column = &builder->columns[i];
		int position = column->position - 1;

		fits = add_value(column, row, slot->tts_values[position],
						 slot->tts_isnull[position]);
		n_bytes += column->bytes.len;
	}
	MemoryContextSwitchTo(caller);
	MemoryContextReset(builder->scratch);
	if (fits)
	{
		builder->n_rows++;
		builder->n_bytes = n_bytes;
	}
	return fits;
}

/* -------------------------------------------------------------------------- exposing */

static void
expose_column(const ColumnBuilder *column, uint32 n_rows, GeBatchColumn *exposed)
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

const GeBatch *
ge_batch_take(GeBatchBuilder *builder)
{
	GeBatch *batch = &builder->batch;
	int i;

	if (builder->text_form_level != 0)
		ge_text_form_end(builder->text_form_level);
	builder->text_form_level = 0;
	for (i = 0; i < builder->n_columns; i++)
		expose_column(&builder->columns[i], builder->n_rows, &builder->exposed[i]);
	batch->first_row = builder->rows_taken;
	batch->n_rows = builder->n_rows;
	batch->n_columns = builder->n_columns;
	batch->columns = builder->exposed;
	builder->rows_taken += builder->n_rows;
	builder->n_rows = 0;
	return batch;
}
