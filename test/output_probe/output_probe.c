/*
 * output_probe.c: SQL functions that do nothing but call ge_output_*(), for tests.
 */
#include "postgres.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/tableam.h"
#include "catalog/pg_am.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "portability/instr_time.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "table/table.h"
#include "base/settings.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(probe_output);
PG_FUNCTION_INFO_V1(probe_create);
PG_FUNCTION_INFO_V1(probe_fill);
PG_FUNCTION_INFO_V1(probe_access_method);

#define FETCH_ROWS 1000
#define FILL_COLUMNS 7

static void
set_page_writer(bool on)
{
	ge_setting_page_writer = on ? GE_PAGE_WRITER_AUTO : GE_PAGE_WRITER_OFF;
}

static GeOutputName
name_argument(FunctionCallInfo fcinfo)
{
	return ge_output_name("name",
						  PG_ARGISNULL(0) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(0)));
}

static GeOutputTable *
check_and_create(GeOutputName name, const GeOutputColumn *columns, int n_columns,
				 bool logged)
{
	ge_output_check(&name, columns, n_columns, logged);
	return ge_output_create(&name, columns, n_columns, logged);
}

static GeOutputTable *
create_like(GeOutputName name, TupleDesc desc, bool logged)
{
	GeOutputColumn *columns = palloc0(sizeof(GeOutputColumn) * Max(desc->natts, 1));

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);

		columns[i].name = NameStr(attribute->attname);
		columns[i].type = attribute->atttypid;
		columns[i].typmod = attribute->atttypmod;
		columns[i].collation = attribute->attcollation;
	}
	return check_and_create(name, columns, desc->natts, logged);
}

static void
put_all(GeOutputTable *table, Portal portal)
{
	Datum *values = palloc(sizeof(Datum) * Max(portal->tupDesc->natts, 1));
	bool *is_null = palloc(sizeof(bool) * Max(portal->tupDesc->natts, 1));

	for (;;)
	{
		SPI_cursor_fetch(portal, true, FETCH_ROWS);
		if (SPI_processed == 0)
			break;
		for (uint64 i = 0; i < SPI_processed; i++)
		{
			heap_deform_tuple(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, values,
							  is_null);
			ge_output_put(table, values, is_null);
		}
		SPI_freetuptable(SPI_tuptable);
	}
}

Datum
probe_output(PG_FUNCTION_ARGS)
{
	GeOutputName name = name_argument(fcinfo);
	char *query = text_to_cstring(PG_GETARG_TEXT_PP(1));
	Datum result[2];
	bool result_is_null[2] = {false, false};
	TupleDesc result_desc;
	SPIPlanPtr plan;
	Portal portal;
	GeOutputTable *table;

	if (get_call_result_type(fcinfo, NULL, &result_desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	set_page_writer(PG_GETARG_BOOL(3));
	SPI_connect();
	plan = SPI_prepare(query, 0, NULL);
	if (plan == NULL)
		elog(ERROR, "cannot prepare: %s", SPI_result_code_string(SPI_result));
	portal = SPI_cursor_open(NULL, plan, NULL, NULL, false);
	table = create_like(name, portal->tupDesc, PG_GETARG_BOOL(2));
	result[1] = BoolGetDatum(ge_output_by_pages(table));
	put_all(table, portal);
	result[0] = Int64GetDatum(ge_output_finish(table));
	SPI_cursor_close(portal);
	SPI_finish();
	return HeapTupleGetDatum(
		heap_form_tuple(BlessTupleDesc(result_desc), result, result_is_null));
}

Datum
probe_create(PG_FUNCTION_ARGS)
{
	GeOutputName name = name_argument(fcinfo);
	Datum *names;
	Datum *types;
	int n_names;
	int n_types;
	GeOutputColumn *columns;
	GeOutputTable *table;
	Oid relid;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), TEXTOID, -1, false, TYPALIGN_INT, &names,
					  NULL, &n_names);
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(2), REGTYPEOID, 4, true, TYPALIGN_INT, &types,
					  NULL, &n_types);
	columns = palloc0(sizeof(GeOutputColumn) * Max(n_names, 1));
	for (int i = 0; i < n_names; i++)
	{
		columns[i].name = TextDatumGetCString(names[i]);
		columns[i].type = DatumGetObjectId(types[i % n_types]);
		columns[i].typmod = -1;
	}
	table = check_and_create(name, columns, n_names, PG_GETARG_BOOL(3));
	relid = ge_output_relid(table);
	ge_output_finish(table);
	PG_RETURN_OID(relid);
}

/* Row i of probe_fill(); every null_every-th value of all is NULL. */
static void
generate_row(int64 i, int null_every, Datum *values, bool *is_null)
{
	values[0] = Int64GetDatum(i);
	for (int c = 1; c < 4; c++)
		values[c] = Int32GetDatum((int32) (i * c));
	for (int c = 4; c < FILL_COLUMNS; c++)
		values[c] = Float8GetDatum(i / (double) c);
	for (int c = 0; null_every > 0 && c < FILL_COLUMNS; c++)
		is_null[c] = (i * FILL_COLUMNS + c) % null_every == 0;
}

Datum
probe_fill(PG_FUNCTION_ARGS)
{
	static const GeOutputColumn columns[FILL_COLUMNS] = {
		{"id", INT8OID, -1},  {"a", INT4OID, -1},	{"b", INT4OID, -1},
		{"c", INT4OID, -1},	  {"x", FLOAT8OID, -1}, {"y", FLOAT8OID, -1},
		{"z", FLOAT8OID, -1},
	};
	GeOutputName name = name_argument(fcinfo);
	int64 n_rows = PG_GETARG_INT64(1);
	int null_every = PG_GETARG_INT32(2);
	Datum values[FILL_COLUMNS];
	bool is_null[FILL_COLUMNS] = {false};
	GeOutputTable *table;
	instr_time start;
	instr_time end;

	set_page_writer(PG_GETARG_BOOL(4));
	INSTR_TIME_SET_CURRENT(start);
	table = check_and_create(name, columns, FILL_COLUMNS, PG_GETARG_BOOL(3));
	for (int64 i = 0; i < n_rows; i++)
	{
		generate_row(i, null_every, values, is_null);
		ge_output_put(table, values, is_null);
	}
	ge_output_finish(table);
	INSTR_TIME_SET_CURRENT(end);
	INSTR_TIME_SUBTRACT(end, start);
	PG_RETURN_FLOAT8(INSTR_TIME_GET_DOUBLE(end));
}

/* heap's own makes TOAST tables of the same access method, which cannot have an index. */
static Oid
toast_access_method(Relation relation)
{
	return HEAP_TABLE_AM_OID;
}

Datum
probe_access_method(PG_FUNCTION_ARGS)
{
	static TableAmRoutine routine;

	routine = *GetHeapamTableAmRoutine();
	routine.relation_toast_am = toast_access_method;
	PG_RETURN_POINTER(&routine);
}
