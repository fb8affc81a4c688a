/*
 * category_probe.c: src/category/category.h as SQL functions, for tests.
 *
 * Every function makes a category type for its argument, uses it and forgets it.  The SQL
 * declarations are in sql/probe.sql.
 */
#include "postgres.h"
#include "access/htup_details.h"
#include "access/parallel.h"
#include "catalog/pg_attribute.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "category/category.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(probe_key);
PG_FUNCTION_INFO_V1(probe_key_of_text);
PG_FUNCTION_INFO_V1(probe_column);
PG_FUNCTION_INFO_V1(probe_memory);
PG_FUNCTION_INFO_V1(probe_in_worker);

/* A key of either kind. */
typedef struct Key
{
	bool is_missing;
	int64 number;
	StringInfoData bytes;
} Key;

static const char *
optional_text(FunctionCallInfo fcinfo, int argument)
{
	return PG_ARGISNULL(argument) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(argument));
}

static void
make_key(GeCategoryType *category, Datum value, bool is_null, Key *key)
{
	if (ge_category_key_kind(category) == GE_KEY_INT64)
		key->is_missing = !ge_category_int64_key(category, value, is_null, &key->number);
	else
		key->is_missing = !ge_category_bytes_key(category, value, is_null, &key->bytes);
}

static char *
text_of_key(GeCategoryType *category, const Key *key)
{
	if (ge_category_key_kind(category) == GE_KEY_INT64)
		return ge_category_text_of_int64(category, key->number);
	return ge_category_text_of_bytes(category, (const uint8 *) key->bytes.data,
									 key->bytes.len);
}

/* The row (kind, int_key, bytes_key, canonical). */
static Datum
key_row(FunctionCallInfo fcinfo, GeCategoryType *category, const Key *key)
{
	bool is_int64 = ge_category_key_kind(category) == GE_KEY_INT64;
	Datum values[4];
	bool nulls[4] = {false, !is_int64, is_int64, false};
	TupleDesc row;

	if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "the probe is not declared to return a row");
	values[0] = CStringGetTextDatum(is_int64 ? "int64" : "bytes");
	if (key->is_missing)
		nulls[1] = nulls[2] = nulls[3] = true;
	else
	{
		values[1] = Int64GetDatum(key->number);
		if (!is_int64)
			values[2] = PointerGetDatum(
				cstring_to_text_with_len(key->bytes.data, key->bytes.len));
		values[3] = CStringGetTextDatum(text_of_key(category, key));
	}
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(row), values, nulls));
}

/* probe_key(value anyelement, null_value text, OUT ...) */
Datum
probe_key(PG_FUNCTION_ARGS)
{
	Oid type = get_fn_expr_argtype(fcinfo->flinfo, 0);
	GeCategoryType *category = ge_category_type_create("probe", type, PG_GET_COLLATION(),
													   optional_text(fcinfo, 1));
	int nest_level = ge_text_form_begin();
	Key key;
	Datum row;

	initStringInfo(&key.bytes);
	make_key(category, PG_GETARG_DATUM(0), PG_ARGISNULL(0), &key);
	row = key_row(fcinfo, category, &key);
	ge_text_form_end(nest_level);
	PG_RETURN_DATUM(row);
}

/* probe_key_of_text(type regtype, string text, null_value text, OUT ...) */
Datum
probe_key_of_text(PG_FUNCTION_ARGS)
{
	Oid type = PG_GETARG_OID(0);
	char *string = text_to_cstring(PG_GETARG_TEXT_PP(1));
	GeCategoryType *category = ge_category_type_create(
		"probe", type, get_typcollation(type), optional_text(fcinfo, 2));
	int nest_level = ge_text_form_begin();
	Key key = {.is_missing = false};
	Datum row;

	initStringInfo(&key.bytes);
	ge_category_key_of_text(category, string, true, &key.number, &key.bytes);
	row = key_row(fcinfo, category, &key);
	ge_text_form_end(nest_level);
	PG_RETURN_DATUM(row);
}

/* probe_column(rel regclass, name text, null_value text, OUT text_like, OUT parallel_safe) */
Datum
probe_column(PG_FUNCTION_ARGS)
{
	char *name = text_to_cstring(PG_GETARG_TEXT_PP(1));
	HeapTuple tuple = SearchSysCacheAttName(PG_GETARG_OID(0), name);
	Form_pg_attribute column;
	GeCategoryType *category;
	TupleDesc row;
	Datum values[2];
	bool nulls[2] = {false, false};

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "no column %s", name);
	if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "the probe is not declared to return a row");
	column = (Form_pg_attribute) GETSTRUCT(tuple);
	category = ge_category_type_create(name, column->atttypid, column->attcollation,
									   optional_text(fcinfo, 2));
	if (ge_category_is_text_like(category) != ge_type_is_text_like(column->atttypid))
		elog(ERROR, "two answers whether column %s is text-like", name);
	ReleaseSysCache(tuple);
	values[0] = BoolGetDatum(ge_category_is_text_like(category));
	values[1] = BoolGetDatum(ge_category_parallel_safe(category));
	PG_RETURN_DATUM(
		HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(row), values, nulls)));
}

/* Make the key of a value again and again in CurrentMemoryContext. */
static void
repeat_key(GeCategoryType *category, Datum value, int repeats, Key *key)
{
	for (int i = 0; i < repeats; i++)
	{
		resetStringInfo(&key->bytes);
		make_key(category, value, false, key);
	}
}

/*
 * probe_memory(value anyelement, repeats integer): bytes that `repeats` keys leave behind,
 * after as many, so that what the context keeps for reuse is not counted.
 */
Datum
probe_memory(PG_FUNCTION_ARGS)
{
	Oid type = get_fn_expr_argtype(fcinfo->flinfo, 0);
	GeCategoryType *category =
		ge_category_type_create("probe", type, PG_GET_COLLATION(), NULL);
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext scratch =
		AllocSetContextCreate(caller, "category probe", ALLOCSET_DEFAULT_SIZES);
	int nest_level = ge_text_form_begin();
	Size before;
	Size after;
	Key key;

	initStringInfo(&key.bytes);
	MemoryContextSwitchTo(scratch);
	repeat_key(category, PG_GETARG_DATUM(0), PG_GETARG_INT32(1), &key);
	before = MemoryContextMemAllocated(scratch, true);
	repeat_key(category, PG_GETARG_DATUM(0), PG_GETARG_INT32(1), &key);
	after = MemoryContextMemAllocated(scratch, true);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	ge_text_form_end(nest_level);
	PG_RETURN_INT64((int64) (after - before));
}

Datum
probe_in_worker(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(IsParallelWorker());
}
