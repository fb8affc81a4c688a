/*
 * lookup.c: finds rows of an encoder table by value, values, code or kind.
 */
#include "postgres.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "encoder/lookup.h"

/* MemoryContextCallback: plans are not in the context. */
static void
free_plans(void *arg)
{
	GeLookup *lookup = arg;
	SPIPlanPtr plans[] = {lookup->by_value, lookup->by_values, lookup->by_code,
						  lookup->by_kind};

	for (int i = 0; i < lengthof(plans); i++)
		if (plans[i] != NULL)
			SPI_freeplan(plans[i]);
}

/* The call site's memory of an encoder; made anew when another is asked for. */
GeLookup *
ge_lookup_open(FunctionCallInfo fcinfo, Oid encoder)
{
	GeLookup *lookup = fcinfo->flinfo->fn_extra;
	MemoryContext context, old;

	if (lookup != NULL && lookup->encoder == encoder)
		return lookup;
	if (lookup != NULL)
	{
		fcinfo->flinfo->fn_extra = NULL;
		MemoryContextDelete(lookup->context);
	}
	context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "gpu_encode lookup",
									ALLOCSET_SMALL_SIZES);
	old = MemoryContextSwitchTo(context);
	lookup = palloc0_object(GeLookup);
	lookup->context = context;
	lookup->encoder = encoder;
	lookup->name = ge_relation_name(encoder);
	lookup->parameters = ge_encoder_open(encoder);
	lookup->callback.func = free_plans;
	lookup->callback.arg = lookup;
	MemoryContextRegisterResetCallback(context, &lookup->callback);
	MemoryContextSwitchTo(old);
	fcinfo->flinfo->fn_extra = lookup;
	return lookup;
}

GE_NORETURN static void
refuse_column(const GeLookup *lookup, const char *name)
{
	ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
					errmsg("encoder %s has no column \"%s\"", lookup->name, name)));
}

GeLookupColumn *
ge_lookup_column(GeLookup *lookup, const char *name)
{
	GeLookupColumn *found;
	const GeEncoderColumn *column;
	MemoryContext old;

	for (found = lookup->columns; found != NULL; found = found->next)
		if (strcmp(found->column->name, name) == 0)
			return found;
	column = ge_encoder_find_column(lookup->parameters, name);
	if (column == NULL)
		refuse_column(lookup, name);
	old = MemoryContextSwitchTo(lookup->context);
	found = palloc0_object(GeLookupColumn);
	found->column = column;
	found->category = ge_category_type_create(
		column->name, column->type, get_typcollation(column->type), column->null_value);
	found->next = lookup->columns;
	lookup->columns = found;
	MemoryContextSwitchTo(old);
	return found;
}

/* The canonical text of the category that a text means; NULL: a missing one. */
char *
ge_lookup_canonical_text(GeLookupColumn *column, const char *value)
{
	if (value == NULL)
		value = column->column->null_value;
	if (value == NULL)
		return NULL;
	return ge_category_canonical_text(column->category, value);
}

/* Run a plan of two parameters that selects code, encoding and value. */
static GeFound
execute(GeLookup *lookup, SPIPlanPtr *plan, const char *condition, Oid type, Datum name,
		Datum key)
{
	GeFound found = {0};
	MemoryContext caller = CurrentMemoryContext;
	Datum arguments[2] = {name, key};

	SPI_connect();
	if (*plan == NULL)
	{
		Oid types[2] = {TEXTOID, type};

		*plan = SPI_prepare(psprintf("SELECT code, encoding, value FROM %s "
									 "WHERE column_name OPERATOR(pg_catalog.=) $1 AND %s",
									 lookup->name, condition),
							2, types);
		if (*plan == NULL || SPI_keepplan(*plan) != 0)
			ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
							errmsg("could not read encoder %s", lookup->name)));
	}
	SPI_execute_plan(*plan, arguments, NULL, true, 2);
	if (SPI_processed > 1)
		ge_encoder_damaged(lookup->name, "A category stands in it twice.");
	if (SPI_processed == 1)
	{
		HeapTuple row = SPI_tuptable->vals[0];
		TupleDesc desc = SPI_tuptable->tupdesc;
		bool value_is_null;
		Datum value;

		found.found = true;
		found.code = DatumGetInt32(SPI_getbinval(row, desc, 1, &found.code_is_null));
		value = SPI_getbinval(row, desc, 2, &found.encoding_is_null);
		if (!found.encoding_is_null)
			found.encoding = DatumGetFloat8(value);
		value = SPI_getbinval(row, desc, 3, &value_is_null);
		if (!value_is_null)
		{
			MemoryContext old = MemoryContextSwitchTo(caller);

			found.value = TextDatumGetCString(value);
			MemoryContextSwitchTo(old);
		}
	}
	SPI_finish();
	return found;
}

GeFound
ge_lookup_value(GeLookup *lookup, const char *column, const char *value)
{
	return execute(lookup, &lookup->by_value,
				   "kind OPERATOR(pg_catalog.=) 'category' AND "
				   "pg_catalog.hashtextextended(value, 0) OPERATOR(pg_catalog.=) "
				   "pg_catalog.hashtextextended($2 COLLATE pg_catalog.\"C\", 0) AND "
				   "value OPERATOR(pg_catalog.=) $2",
				   TEXTOID, CStringGetTextDatum(column), CStringGetTextDatum(value));
}

GeFound
ge_lookup_kind(GeLookup *lookup, const char *column, const char *kind)
{
	return execute(lookup, &lookup->by_kind, "kind OPERATOR(pg_catalog.=) $2", TEXTOID,
				   CStringGetTextDatum(column), CStringGetTextDatum(kind));
}

GeFound
ge_lookup_values(GeLookup *lookup, const char *name, ArrayType *values)
{
	return execute(lookup, &lookup->by_values,
				   "kind OPERATOR(pg_catalog.=) 'category' AND "
				   "pg_catalog.hash_array_extended(\"values\", 0) OPERATOR(pg_catalog.=) "
				   "pg_catalog.hash_array_extended($2 COLLATE pg_catalog.\"C\", 0) AND "
				   "\"values\" OPERATOR(pg_catalog.=) $2",
				   TEXTARRAYOID, CStringGetTextDatum(name), PointerGetDatum(values));
}

GeFound
ge_lookup_code(GeLookup *lookup, const char *column, int32 code)
{
	return execute(lookup, &lookup->by_code, "code OPERATOR(pg_catalog.=) $2", INT4OID,
				   CStringGetTextDatum(column), Int32GetDatum(code));
}
