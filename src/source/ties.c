/*
 * ties.c: refuses an order_by that leaves the order of two rows open.
 *
 * Results depend on ordinals, so rows that tie would make them irreproducible.  Rows
 * arrive sorted, hence only neighbours are compared: by the default btree comparison of
 * each type, text bytewise, NULL equal to NULL.
 */
#include "postgres.h"
#include "catalog/pg_collation.h"
#include "executor/executor.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "base/shown.h"
#include "source/internal.h"
#include "source/ties.h"

typedef struct OrderColumn
{
	AttrNumber position; /* in the rows */
	const char *name;
	Oid type;
	Oid collation;
	FmgrInfo *compare;
} OrderColumn;

struct GeTieCheck
{
	const GeSource *source;
	TupleTableSlot *previous; /* NULL before the first row */
	MemoryContext scratch;	  /* of one comparison */
	int n_columns;
	OrderColumn *columns;
};

GeTieCheck *
ge_tie_check_create(const GeSource *source)
{
	GeTieCheck *check = palloc0(sizeof *check);
	int i;

	check->source = source;
	check->scratch = AllocSetContextCreate(CurrentMemoryContext, "gpu_encode tie check",
										   ALLOCSET_SMALL_SIZES);
	check->n_columns = source->n_order_by;
	check->columns = palloc0(check->n_columns * sizeof *check->columns);
	for (i = 0; i < check->n_columns; i++)
	{
		OrderColumn *column = &check->columns[i];
		Form_pg_attribute attribute =
			TupleDescAttr(ge_source_desc(source), source->order_by[i] - 1);

		column->position = source->given != NULL
							   ? i + 1
							   : ge_query_position(source, source->order_by[i]);
		column->name = ge_source_column_name(source, source->order_by[i]);
		column->type = attribute->atttypid;
		column->collation =
			OidIsValid(attribute->attcollation) ? C_COLLATION_OID : InvalidOid;
		column->compare =
			&lookup_type_cache(column->type, TYPECACHE_CMP_PROC_FINFO)->cmp_proc_finfo;
	}
	return check;
}

static bool
values_tie(OrderColumn *column, TupleTableSlot *a, TupleTableSlot *b)
{
	bool a_is_null, b_is_null;
	Datum a_value = slot_getattr(a, column->position, &a_is_null);
	Datum b_value = slot_getattr(b, column->position, &b_is_null);

	if (a_is_null || b_is_null)
		return a_is_null && b_is_null;
	return DatumGetInt32(FunctionCall2Coll(column->compare, column->collation, a_value,
										   b_value)) == 0;
}

static void
append_value(StringInfo out, OrderColumn *column, TupleTableSlot *slot)
{
	bool is_null, is_varlena;
	Datum value = slot_getattr(slot, column->position, &is_null);
	Oid output;

	if (is_null)
	{
		appendStringInfoString(out, "NULL");
		return;
	}
	getTypeOutputInfo(column->type, &output, &is_varlena);
	appendStringInfoString(out, ge_shown(OidOutputFunctionCall(output, value)));
}

static void
report_tie(GeTieCheck *check, TupleTableSlot *slot)
{
	StringInfoData names, values;
	int i;

	initStringInfo(&names);
	initStringInfo(&values);
	for (i = 0; i < check->n_columns; i++)
	{
		appendStringInfo(&names, "%s%s", i == 0 ? "" : ", ",
						 ge_shown(check->columns[i].name));
		appendStringInfoString(&values, i == 0 ? "" : ", ");
		append_value(&values, &check->columns[i], slot);
	}
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("order_by leaves the order of the rows of %s open",
						   ge_source_name(check->source)),
					errdetail("Two rows have (%s) = (%s).", names.data, values.data),
					errhint("Add columns to order_by until no two rows tie, for example "
							"those of a primary key.")));
}

static bool
rows_tie(GeTieCheck *check, TupleTableSlot *slot)
{
	MemoryContext caller = MemoryContextSwitchTo(check->scratch);
	bool tie = true;
	int i;

	for (i = 0; i < check->n_columns && tie; i++)
		tie = values_tie(&check->columns[i], check->previous, slot);
	MemoryContextSwitchTo(caller);
	MemoryContextReset(check->scratch);
	return tie;
}

void
ge_tie_check(GeTieCheck *check, TupleTableSlot *slot)
{
	if (check->previous == NULL)
		check->previous =
			MakeSingleTupleTableSlot(slot->tts_tupleDescriptor, &TTSOpsMinimalTuple);
	else if (rows_tie(check, slot))
		report_tie(check, slot);
	ExecCopySlot(check->previous, slot);
}

void
ge_tie_check_free(GeTieCheck *check)
{
	if (check->previous != NULL)
		ExecDropSingleTupleTableSlot(check->previous);
	MemoryContextDelete(check->scratch);
	pfree(check->columns);
	pfree(check);
}
