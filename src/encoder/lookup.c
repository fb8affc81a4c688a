/*
 * lookup.c: finds rows of an encoder table by value, values, code or kind.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "base/arguments.h"
#include "base/compat.h"
#include "base/names.h"
#include "base/relation.h"
#include "base/seen.h"
#include "base/shown.h"
#include "encoder/found_cache.h"
#include "encoder/load.h"
#include "encoder/encodings.h"
#include "encoder/lookup.h"

static void
remember_moment(GeLookup *lookup)
{
	lookup->transaction = ge_local_transaction();
	lookup->subtransaction = GetCurrentSubTransactionId();
	lookup->n_changes = ge_relation_changes();
}

/*
 * The active snapshot sees the rows of the table, if it sees the parameters.  A function
 * of the same statement may rewrite the table; the snapshot then sees nothing of it.
 */
static void
read_parameters(GeLookup *lookup)
{
	MemoryContext old = MemoryContextSwitchTo(lookup->context);

	lookup->parameters = ge_encoder_read_parameters(&lookup->cursor, GetActiveSnapshot());
	lookup->file = lookup->cursor.relation->rd_rel->relfilenode;
	remember_moment(lookup);
	MemoryContextSwitchTo(old);
}

/*
 * Whether categories may be used in another subtransaction: their types are there, and none
 * holds labels of an enum, under a lock of the type.
 */
static bool
types_hold(const GeLookup *lookup)
{
	for (const GeLookupColumn *column = lookup->columns; column != NULL;
		 column = column->next)
	{
		char kind = ge_encoder_kind_of_type(column->column->type);

		if (kind == '\0' || kind == TYPTYPE_ENUM)
			return false;
	}
	return true;
}

/*
 * Whether a look-up may go on with what it read: for the encoder that it is asked for, as
 * long as its table has the file that it had.  The table and enums stay locked for the
 * subtransaction, and longer unless that is rolled back.
 */
static bool
holds(GeLookup *lookup, Oid encoder)
{
	HeapTuple tuple;
	bool is_same;

	if (lookup->given != encoder)
		return false;
	if (lookup->transaction == ge_local_transaction() &&
		lookup->subtransaction == GetCurrentSubTransactionId())
	{
		if (lookup->n_changes == ge_relation_changes())
			return true;
	}
	else if (!types_hold(lookup))
		return false;
	LockRelationOid(lookup->cursor.relid, AccessShareLock);
	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(lookup->cursor.relid));
	is_same = HeapTupleIsValid(tuple) &&
			  ((Form_pg_class) GETSTRUCT(tuple))->relfilenode == lookup->file;
	if (HeapTupleIsValid(tuple))
		ReleaseSysCache(tuple);
	remember_moment(lookup);
	return is_same;
}

/*
 * An encoder that was replaced after the statement began may be read: all call sites of a
 * session read the new one, as the first of them locks the table.  The processes of a
 * parallel plan each have a lock of their own, and some may have read the old one.
 */
static void
check_version(Oid relid)
{
	if (IsInParallelMode())
		ge_relation_check_seen(relid, GetActiveSnapshot());
	else
		ge_relation_check_known(relid, GetActiveSnapshot());
}

/* The call site's memory of an encoder; replaced if it does not hold. */
GeLookup *
ge_lookup_open(FunctionCallInfo fcinfo, Oid encoder)
{
	void **state = ge_arguments_state(fcinfo);
	GeLookup *lookup = *state;
	MemoryContext context, old;
	GeRelationRef given;

	if (lookup != NULL && holds(lookup, encoder))
		return lookup;
	if (lookup != NULL)
	{
		*state = NULL;
		MemoryContextDelete(lookup->context);
	}
	context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "gpu_encode lookup",
									ALLOCSET_SMALL_SIZES);
	old = MemoryContextSwitchTo(context);
	lookup = palloc0_object(GeLookup);
	lookup->context = context;
	lookup->given = encoder;
	lookup->found = ge_found_cache_create();
	given = ge_relation_ref(encoder);
	lookup->cursor.relid = ge_relation_lock(&given, AccessShareLock);
	check_version(lookup->cursor.relid);
	ge_encoder_cursor_open(&lookup->cursor);
	lookup->name = lookup->cursor.name;
	MemoryContextSwitchTo(old);
	read_parameters(lookup);
	ge_encoder_cursor_close(&lookup->cursor);
	*state = lookup;
	return lookup;
}

static bool
names_combination(const GeEncoderParameters *parameters, const char *name)
{
	for (int i = 0; i < parameters->n_combinations; i++)
		if (strcmp(parameters->combinations[i].name, name) == 0)
			return true;
	return false;
}

GE_NORETURN static void
refuse_column(const GeLookup *lookup, const char *name)
{
	const GeEncoderParameters *parameters = lookup->parameters;
	GeNames known = {.names = palloc_array(char *, parameters->n_columns)};
	const char *near;

	while (known.n < parameters->n_columns)
	{
		known.names[known.n] = parameters->columns[known.n].name;
		known.n++;
	}
	near = ge_names_nearest(&known, name);
	ereport(
		ERROR,
		(errcode(ERRCODE_UNDEFINED_COLUMN),
		 errmsg("encoder %s has no column \"%s\"", lookup->name, ge_shown(name)),
		 near != NULL ? errhint("Perhaps you meant the column \"%s\".", ge_shown(near))
		 : name[0] == '{'
			 ? errhint("Name one column without braces; a list is ARRAY['a', 'b'].")
		 : names_combination(parameters, name)
			 ? errhint(
				   "It is a combination: name its columns, as in ARRAY['a', 'b'], and "
				   "give their values in an array, too.")
			 : errhint("Its fields column_name and kind show the columns that it has.")));
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
	found->base_type = getBaseType(column->type);
	found->is_text_like = ge_type_is_text_like(column->type);
	found->is_number = ge_type_is_number(column->type);
	found->category = ge_category_type_create(column->name, column->type,
											  get_typcollation(column->type),
											  column->options.null_value);
	found->next = lookup->columns;
	lookup->columns = found;
	MemoryContextSwitchTo(old);
	return found;
}

/* The fields of the wanted row; NULL: any. */
typedef struct Wanted
{
	GeEncoderKey key;
	const char *kind;
	const char *value;
	ArrayType *values;
	bool has_code;
	int32 code;
} Wanted;

static bool
has_values(GeEncoderCursor *cursor, ArrayType *wanted)
{
	bool is_null;
	Datum values = ge_encoder_field(cursor, GE_ENCODER_VALUES, &is_null);

	return !is_null && ge_encoder_field_is_null(cursor, GE_ENCODER_VALUE) &&
		   DatumGetBool(OidFunctionCall2Coll(F_ARRAY_EQ, C_COLLATION_OID, values,
											 PointerGetDatum(wanted)));
}

static bool
has_code(GeEncoderCursor *cursor, int32 wanted)
{
	bool is_null;
	Datum code = ge_encoder_field(cursor, GE_ENCODER_CODE, &is_null);

	return !is_null && DatumGetInt32(code) == wanted;
}

/* A row with a code is a category, or the category of NULL. */
static bool
has_kind(GeEncoderCursor *cursor, const char *wanted)
{
	if (wanted != NULL)
		return ge_encoder_field_is(cursor, GE_ENCODER_KIND, wanted);
	return ge_encoder_field_is(cursor, GE_ENCODER_KIND, "category") ||
		   ge_encoder_field_is(cursor, GE_ENCODER_KIND, "missing");
}

static bool
is_wanted(GeEncoderCursor *cursor, const Wanted *wanted)
{
	return ge_encoder_field_is(cursor, GE_ENCODER_COLUMN_NAME, wanted->key.column_name) &&
		   has_kind(cursor, wanted->kind) &&
		   (wanted->value == NULL ||
			ge_encoder_field_is(cursor, GE_ENCODER_VALUE, wanted->value)) &&
		   (wanted->values == NULL || has_values(cursor, wanted->values)) &&
		   (!wanted->has_code || has_code(cursor, wanted->code));
}

/* The figures of the row, in memory of the current context. */
static GeFound
take_row(GeLookup *lookup)
{
	GeEncoderCursor *cursor = &lookup->cursor;
	GeFound found = {.found = true};
	bool is_null;
	Datum n_rows = ge_encoder_field(cursor, GE_ENCODER_N_ROWS, &is_null);

	found.has_rows = !is_null && DatumGetInt64(n_rows) > 0;
	found.code =
		DatumGetInt32(ge_encoder_field(cursor, GE_ENCODER_CODE, &found.code_is_null));
	if (lookup->n_outputs > 0)
	{
		double *encodings = palloc_array(double, lookup->n_outputs);

		ge_encodings_take(cursor, lookup->n_outputs, encodings);
		found.encoding = encodings[lookup->output];
		found.encoding_is_null = isnan(found.encoding);
		pfree(encodings);
	}
	if (!ge_encoder_field_is_null(cursor, GE_ENCODER_VALUE))
	{
		Size length;
		const char *bytes = ge_encoder_field_bytes(cursor, GE_ENCODER_VALUE, &length);

		found.value = pnstrdup(bytes, length);
	}
	return found;
}

/* The one row that is wanted. */
static GeFound
find(GeLookup *lookup, const Wanted *wanted)
{
	GeEncoderCursor *cursor = &lookup->cursor;
	GeFound found = {0};

	ge_encoder_cursor_open(cursor);
	ge_encoder_cursor_scan_index(cursor, GetActiveSnapshot(), &wanted->key);
	while (ge_encoder_cursor_next(cursor))
	{
		if (!is_wanted(cursor, wanted))
			continue;
		if (found.found)
			ge_encoder_damaged(lookup->name, "A category stands in it twice.");
		found = take_row(lookup);
	}
	ge_encoder_cursor_end(cursor);
	ge_encoder_cursor_close(cursor);
	return found;
}

static GeFound
find_value(GeLookup *lookup, const char *column, const char *value)
{
	Datum canonical = CStringGetTextDatum(value);
	Datum hash = DirectFunctionCall2Coll(hashtextextended, C_COLLATION_OID, canonical,
										 Int64GetDatum(0));
	Wanted wanted = {.key = {GE_ENCODER_BY_VALUE, column, true, false, hash},
					 .kind = "category",
					 .value = value};

	return find(lookup, &wanted);
}

GeFound
ge_lookup_value(GeLookup *lookup, const char *column, const char *value)
{
	const GeFound *known =
		ge_found_cache_find(lookup->found, column, "category", value, lookup->output);
	GeFound found;

	if (known != NULL)
		return *known;
	found = find_value(lookup, column, value);
	ge_found_cache_add(lookup->found, &found);
	return found;
}

GeFound
ge_lookup_values(GeLookup *lookup, const char *name, ArrayType *values)
{
	Datum hash = OidFunctionCall2Coll(F_HASH_ARRAY_EXTENDED, C_COLLATION_OID,
									  PointerGetDatum(values), Int64GetDatum(0));
	Wanted wanted = {.key = {GE_ENCODER_BY_VALUES, name, true, false, hash},
					 .kind = "category",
					 .values = values};

	return find(lookup, &wanted);
}

GeFound
ge_lookup_kind(GeLookup *lookup, const char *name, bool is_combination, const char *kind)
{
	Wanted wanted = {.key = {is_combination ? GE_ENCODER_BY_VALUES : GE_ENCODER_BY_VALUE,
							 name, true, true, (Datum) 0},
					 .kind = kind};

	return find(lookup, &wanted);
}

GeFound
ge_lookup_code(GeLookup *lookup, const char *column, int32 code)
{
	Wanted wanted = {
		.key = {GE_ENCODER_BY_CODE, column, true, false, Int32GetDatum(code)},
		.has_code = true,
		.code = code};

	return find(lookup, &wanted);
}
