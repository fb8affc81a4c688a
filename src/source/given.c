/*
 * given.c: rows that are in no relation, in their order or in that of order_by.
 *
 * With order_by only the values that order the rows are sorted, each with the place of its
 * row.
 */
#include "postgres.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/tuplesort.h"
#include "utils/typcache.h"

#include "base/compat.h"
#include "source/internal.h"
#include "source/ties.h"

struct GeGivenSource
{
	GeGivenRows *rows;
	TupleTableSlot *slot; /* the row at hand */
	Tuplesortstate *sort; /* NULL: in their own order */
	TupleTableSlot *key;  /* values of order_by, then the place of the row */
};

void
ge_given_open(GeSource *source, GeGivenRows *rows)
{
	source->given = palloc0(sizeof *source->given);
	source->given->rows = rows;
	source->given->slot = MakeSingleTupleTableSlot(rows->desc, &TTSOpsVirtual);
	source->mode = GE_SOURCE_QUERY;
	source->is_ordered = true;
}

TupleDesc
ge_given_desc(const GeSource *source)
{
	return source->given->rows->desc;
}

double
ge_given_count(const GeSource *source)
{
	return (double) source->given->rows->n_rows;
}

/* ------------------------------------------------------------------------ order_by */

static void
begin_sort(GeSource *source)
{
	GeGivenSource *given = source->given;
	int n = source->n_order_by;
	TupleDesc desc = CreateTemplateTupleDesc(n + 1);
	AttrNumber *attnos = palloc(n * sizeof *attnos);
	Oid *operators = palloc(n * sizeof *operators);
	Oid *collations = palloc(n * sizeof *collations);
	bool *nulls_first = palloc0(n * sizeof *nulls_first);

	for (int i = 0; i < n; i++)
	{
		Form_pg_attribute attribute =
			TupleDescAttr(given->rows->desc, source->order_by[i] - 1);

		TupleDescInitEntry(desc, i + 1, NULL, attribute->atttypid, attribute->atttypmod,
						   0);
		attnos[i] = i + 1;
		operators[i] = lookup_type_cache(attribute->atttypid, TYPECACHE_LT_OPR)->lt_opr;
		collations[i] =
			OidIsValid(attribute->attcollation) ? C_COLLATION_OID : InvalidOid;
	}
	TupleDescInitEntry(desc, n + 1, NULL, INT8OID, -1, 0);
	given->key = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
	given->sort =
		tuplesort_begin_heap(desc, n, attnos, operators, collations, nulls_first,
							 work_mem, NULL, TUPLESORT_RANDOMACCESS);
}

static void
put_keys(const GeSource *source)
{
	const GeGivenSource *given = source->given;
	int n = source->n_order_by;
	TupleTableSlot *key =
		MakeSingleTupleTableSlot(given->key->tts_tupleDescriptor, &TTSOpsVirtual);

	given->rows->seek(given->rows, 0);
	for (int64 place = given->rows->place(given->rows);
		 given->rows->next(given->rows, given->slot);
		 place = given->rows->place(given->rows))
	{
		CHECK_FOR_INTERRUPTS();
		ExecClearTuple(key);
		for (int i = 0; i < n; i++)
		{
			key->tts_values[i] = given->slot->tts_values[source->order_by[i] - 1];
			key->tts_isnull[i] = given->slot->tts_isnull[source->order_by[i] - 1];
		}
		key->tts_values[n] = Int64GetDatum(place);
		key->tts_isnull[n] = false;
		ExecStoreVirtualTuple(key);
		tuplesort_puttupleslot(given->sort, key);
	}
	ExecDropSingleTupleTableSlot(key);
}

static bool
next_key(const GeGivenSource *given)
{
	return tuplesort_gettupleslot(given->sort, true, false, given->key, NULL);
}

/* Rows that tie would make results irreproducible. */
static void
check_ties(const GeSource *source)
{
	GeTieCheck *ties = ge_tie_check_create(source);

	while (next_key(source->given))
	{
		CHECK_FOR_INTERRUPTS();
		ge_tie_check(ties, source->given->key);
	}
	ge_tie_check_free(ties);
}

/* ------------------------------------------------------------------------- reading */

void
ge_given_rewind(GeSource *source)
{
	GeGivenSource *given = source->given;

	if (source->n_order_by == 0)
	{
		given->rows->seek(given->rows, 0);
		return;
	}
	if (given->sort == NULL)
	{
		MemoryContext caller = MemoryContextSwitchTo(source->context);

		begin_sort(source);
		put_keys(source);
		tuplesort_performsort(given->sort);
		check_ties(source);
		MemoryContextSwitchTo(caller);
	}
	tuplesort_rescan(given->sort);
}

TupleTableSlot *
ge_given_next(GeSource *source)
{
	GeGivenSource *given = source->given;

	if (given->sort != NULL)
	{
		bool is_null;

		if (!next_key(given))
			return NULL;
		given->rows->seek(
			given->rows,
			DatumGetInt64(slot_getattr(given->key, source->n_order_by + 1, &is_null)));
	}
	return given->rows->next(given->rows, given->slot) ? given->slot : NULL;
}

void
ge_given_close(GeSource *source)
{
	GeGivenSource *given = source->given;

	ExecDropSingleTupleTableSlot(given->slot);
	if (given->sort == NULL)
		return;
	ExecDropSingleTupleTableSlot(given->key);
	tuplesort_end(given->sort);
}
