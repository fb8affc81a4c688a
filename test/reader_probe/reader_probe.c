/*
 * reader_probe.c: src/source/source.h and src/reader/reader.h as SQL functions, for tests.
 *
 * Every function opens a source, reads it and closes it.  A column is given by its name,
 * which reads categories, or as int:NAME or float:NAME, which reads numbers.  The SQL
 * declarations are in sql/reader_functions.sql.
 */
#include "postgres.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"

#include "reader/reader.h"
#include "source/source.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(probe_source);
PG_FUNCTION_INFO_V1(probe_count);
PG_FUNCTION_INFO_V1(probe_keys);
PG_FUNCTION_INFO_V1(probe_rows);

/* A source that is prepared, and what is to be read of it. */
typedef struct Probe
{
	GeSource *source;
	int n_columns;
	GeReadColumn *columns;
	Bitmapset *used;
} Probe;

/* --------------------------------------------------------------------------- arguments */

static int
get_names(FunctionCallInfo fcinfo, int argument, char ***names)
{
	Datum *elements;
	int n, i;

	if (PG_ARGISNULL(argument))
		return 0;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(argument), TEXTOID, -1, false, TYPALIGN_INT,
					  &elements, NULL, &n);
	*names = palloc(n * sizeof **names);
	for (i = 0; i < n; i++)
		(*names)[i] = TextDatumGetCString(elements[i]);
	return n;
}

static AttrNumber
find_column(GeSource *source, const char *name)
{
	AttrNumber attno = ge_source_column(source, name);

	if (attno == InvalidAttrNumber)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
						errmsg("%s has no column \"%s\"", ge_source_name(source), name)));
	return attno;
}

static bool
skip_prefix(char **name, const char *prefix)
{
	if (strncmp(*name, prefix, strlen(prefix)) != 0)
		return false;
	*name += strlen(prefix);
	return true;
}

static GeReadColumn
describe_column(GeSource *source, char *name, char *null_value)
{
	GeReadColumn column = {.kind = GE_READ_CATEGORY};
	Form_pg_attribute attribute;

	if (skip_prefix(&name, "int:"))
		column.kind = GE_READ_INT64;
	else if (skip_prefix(&name, "float:"))
		column.kind = GE_READ_FLOAT64;
	column.attno = find_column(source, name);
	attribute = TupleDescAttr(ge_source_desc(source), column.attno - 1);
	if (column.kind != GE_READ_CATEGORY)
		return column;
	if (ge_type_is_text_like(attribute->atttypid))
		column.null_value = null_value;
	column.category = ge_category_type_create(name, attribute->atttypid,
											  attribute->attcollation, column.null_value);
	return column;
}

/* Arguments: source regclass, columns text[], order_by text[]. */
static Probe
open_probe(FunctionCallInfo fcinfo, char *null_value)
{
	GeRelationRef given = ge_relation_ref(PG_GETARG_OID(0));
	Probe probe = {.source = ge_source_open(&given)};
	AttrNumber *order_by;
	char **names;
	int n, i;

	probe.n_columns = get_names(fcinfo, 1, &names);
	probe.columns = palloc0(probe.n_columns * sizeof *probe.columns);
	for (i = 0; i < probe.n_columns; i++)
	{
		probe.columns[i] = describe_column(probe.source, names[i], null_value);
		probe.used = bms_add_member(probe.used, probe.columns[i].attno);
	}
	n = get_names(fcinfo, 2, &names);
	order_by = palloc(n * sizeof *order_by);
	for (i = 0; i < n; i++)
		order_by[i] = find_column(probe.source, names[i]);
	ge_source_prepare(probe.source, probe.used, order_by, n);
	ge_source_begin(probe.source, GetActiveSnapshot());
	return probe;
}

static Datum
return_row(FunctionCallInfo fcinfo, Datum *values)
{
	bool is_null[3] = {false};
	TupleDesc desc;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, is_null));
}

Datum
probe_source(PG_FUNCTION_ARGS)
{
	Probe probe = open_probe(fcinfo, NULL);
	Datum values[3];

	values[0] = CStringGetTextDatum(
		ge_source_mode(probe.source) == GE_SOURCE_HEAP ? "heap" : "query");
	values[1] = BoolGetDatum(ge_source_has_row_ids(probe.source));
	values[2] = BoolGetDatum(ge_source_is_ordered(probe.source));
	ge_source_close(probe.source);
	return return_row(fcinfo, values);
}

/* ---------------------------------------------------------------------------- counting */

static bool
count_rows(const GeBatch *batch, void *arg)
{
	*(int64 *) arg += batch->n_rows;
	return true;
}

Datum
probe_count(PG_FUNCTION_ARGS)
{
	Probe probe = open_probe(fcinfo, NULL);
	int64 n_rows = 0;
	int n_workers;
	Datum values[2];

	n_workers = ge_read(probe.source, probe.columns, probe.n_columns, PG_GETARG_INT32(3),
						count_rows, &n_rows);
	ge_source_close(probe.source);
	values[0] = Int64GetDatum(n_rows);
	values[1] = Int32GetDatum(n_workers);
	return return_row(fcinfo, values);
}

/* -------------------------------------------------------------------------------- keys */

/* A batch, each row of it as text[]. */
typedef struct StoredBatch
{
	uint32 chunk;
	uint32 first_row;
	uint32 n_rows;
	Datum *rows;
} StoredBatch;

typedef struct Store
{
	const Probe *probe;
	List *batches;
} Store;

static char *
text_of_cell(const GeReadColumn *read, const GeBatchColumn *column, uint32 row)
{
	const GeKeys *keys = &column->keys;

	if (read->kind == GE_READ_FLOAT64)
		return psprintf("%.17g", column->floats[row]);
	if (read->kind == GE_READ_INT64)
		return psprintf(INT64_FORMAT, keys->values[row]);
	if (keys->kind == GE_KEY_INT64)
		return ge_category_text_of_int64(read->category, keys->values[row]);
	return ge_category_text_of_bytes(read->category, keys->bytes + keys->offsets[row],
									 keys->offsets[row + 1] - keys->offsets[row]);
}

static Datum
array_of_texts(char **texts, int n)
{
	Datum *elements = palloc(n * sizeof *elements);
	bool *is_null = palloc(n * sizeof *is_null);
	int lower = 1, i;

	for (i = 0; i < n; i++)
	{
		is_null[i] = texts[i] == NULL;
		elements[i] = is_null[i] ? (Datum) 0 : CStringGetTextDatum(texts[i]);
	}
	return PointerGetDatum(construct_md_array(elements, is_null, 1, &n, &lower, TEXTOID,
											  -1, false, TYPALIGN_INT));
}

static Datum
text_of_row(const Probe *probe, const GeBatch *batch, uint32 row)
{
	char **texts = palloc(probe->n_columns * sizeof *texts);
	int i;

	for (i = 0; i < probe->n_columns; i++)
	{
		const GeBatchColumn *column = &batch->columns[i];

		texts[i] = NULL;
		if (column->keys.is_missing == NULL || !column->keys.is_missing[row])
			texts[i] = text_of_cell(&probe->columns[i], column, row);
	}
	return array_of_texts(texts, probe->n_columns);
}

static bool
store_batch(const GeBatch *batch, void *arg)
{
	Store *store = arg;
	StoredBatch *stored = palloc(sizeof *stored);
	int level = ge_text_form_begin();
	uint32 row;

	stored->chunk = batch->chunk;
	stored->first_row = batch->first_row;
	stored->n_rows = batch->n_rows;
	stored->rows = palloc(batch->n_rows * sizeof *stored->rows);
	for (row = 0; row < batch->n_rows; row++)
		stored->rows[row] = text_of_row(store->probe, batch, row);
	ge_text_form_end(level);
	store->batches = lappend(store->batches, stored);
	return true;
}

static int
compare_batches(const ListCell *a, const ListCell *b)
{
	const StoredBatch *x = lfirst(a), *y = lfirst(b);

	if (x->chunk != y->chunk)
		return x->chunk < y->chunk ? -1 : 1;
	return x->first_row < y->first_row ? -1 : 1;
}

static void
put_keys(List *batches, ReturnSetInfo *result)
{
	const StoredBatch *previous = NULL;
	int64 ordinal = 0;
	ListCell *cell;

	foreach (cell, batches)
	{
		const StoredBatch *batch = lfirst(cell);
		bool continues = previous != NULL && previous->chunk == batch->chunk;
		uint32 row;

		if (batch->first_row != (continues ? previous->first_row + previous->n_rows : 0))
			elog(ERROR, "chunk %u has a gap before row %u", batch->chunk,
				 batch->first_row);
		for (row = 0; row < batch->n_rows; row++)
		{
			Datum values[2] = {Int64GetDatum(ordinal++), batch->rows[row]};
			bool is_null[2] = {false, false};

			tuplestore_putvalues(result->setResult, result->setDesc, values, is_null);
		}
		previous = batch;
	}
}

Datum
probe_keys(PG_FUNCTION_ARGS)
{
	Probe probe = open_probe(
		fcinfo, PG_ARGISNULL(4) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(4)));
	Store store = {.probe = &probe};

	InitMaterializedSRF(fcinfo, 0);
	ge_read(probe.source, probe.columns, probe.n_columns, PG_GETARG_INT32(3), store_batch,
			&store);
	ge_source_close(probe.source);
	list_sort(store.batches, compare_batches);
	put_keys(store.batches, (ReturnSetInfo *) fcinfo->resultinfo);
	return (Datum) 0;
}

/* -------------------------------------------------------------------------------- rows */

static Datum
text_of_values(const Probe *probe, const GeRow *row)
{
	char **texts = palloc(probe->n_columns * sizeof *texts);
	int i;

	for (i = 0; i < probe->n_columns; i++)
	{
		AttrNumber attno = probe->columns[i].attno;
		Oid type = TupleDescAttr(ge_source_desc(probe->source), attno - 1)->atttypid;
		Oid output;
		bool is_varlena;

		getTypeOutputInfo(type, &output, &is_varlena);
		texts[i] = row->is_null[attno - 1]
					   ? NULL
					   : OidOutputFunctionCall(output, row->values[attno - 1]);
	}
	return array_of_texts(texts, probe->n_columns);
}

static void
put_row(const Probe *probe, int64 ordinal, GeRow *row, ReturnSetInfo *result)
{
	Datum values[4] = {Int64GetDatum(ordinal), ObjectIdGetDatum(row->table_oid),
					   PointerGetDatum(&row->tid), text_of_values(probe, row)};
	bool is_null[4] = {false, !OidIsValid(row->table_oid), !ItemPointerIsValid(&row->tid),
					   false};

	tuplestore_putvalues(result->setResult, result->setDesc, values, is_null);
}

Datum
probe_rows(PG_FUNCTION_ARGS)
{
	Probe probe = open_probe(fcinfo, NULL);
	int64 ordinal = 0;
	GeRowScan *scan;
	GeRow row;

	InitMaterializedSRF(fcinfo, 0);
	scan = ge_row_scan_begin(probe.source, probe.used);
	while (ge_row_scan_next(scan, &row))
		put_row(&probe, ordinal++, &row, (ReturnSetInfo *) fcinfo->resultinfo);
	ge_row_scan_end(scan);
	ge_source_close(probe.source);
	return (Datum) 0;
}
