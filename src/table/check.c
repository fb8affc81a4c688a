/*
 * check.c: whether a table can be created or replaced, before any work is done for it.
 *
 * The rules are those of CREATE TABLE, checked by PostgreSQL's own functions.  One check
 * comes first: CREATE TABLE would cut names that are too long without an error.
 */
#include "postgres.h"
#include "access/htup_details.h"
#include "catalog/heap.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "utils/lsyscache.h"

#include "base/shown.h"
#include "table/replace.h"
#include "table/shape.h"
#include "table/table.h"

void
ge_output_check_length(const char *name, Size most, const char *hint)
{
	Size length = strlen(name);

	if (length <= most)
		return;
	ereport(ERROR, errcode(ERRCODE_NAME_TOO_LONG),
			errmsg("column name \"%s\" is too long", ge_shown(name)),
			errdetail("It has %zu bytes; at most %zu are possible.", length, most),
			hint == NULL ? 0 : errhint("%s", hint));
}

static void
check_column_name(const char *name)
{
	if (name[0] == '\0')
		ereport(ERROR, errcode(ERRCODE_INVALID_NAME),
				errmsg("a column of an output table has an empty name"));
	ge_output_check_length(name, NAMEDATALEN - 1, NULL);
}

static void
refuse_system_names(const GeOutputColumn *columns, int n_columns)
{
	for (int i = 0; i < n_columns; i++)
		if (SystemAttributeByName(columns[i].name) != NULL)
			ereport(ERROR, errcode(ERRCODE_DUPLICATE_COLUMN),
					errmsg("column name \"%s\" conflicts with a system column name",
						   columns[i].name),
					errhint("Rename the column, in a view or in the file, or choose "
							"another suffix."));
}

void
ge_output_check_count(int n_columns)
{
	if (n_columns > MaxHeapAttributeNumber)
		ereport(ERROR, errcode(ERRCODE_TOO_MANY_COLUMNS),
				errmsg("an output table would have too many columns"),
				errdetail("It would have %d columns; at most %d are possible.", n_columns,
						  MaxHeapAttributeNumber),
				errhint("Leave columns out by a view, or ask for fewer target_columns or "
						"stats. Jobs from CSV to CSV have no such limit."));
}

TupleDesc
ge_output_shape(const GeOutputColumn *columns, int n_columns)
{
	TupleDesc shape;

	ge_output_check_count(n_columns);
	shape = CreateTemplateTupleDesc(n_columns);
	for (int i = 0; i < n_columns; i++)
	{
		const GeOutputColumn *column = &columns[i];

		check_column_name(column->name);
		TupleDescInitEntry(shape, i + 1, column->name, column->type, column->typmod, 0);
		if (OidIsValid(column->collation) && type_is_collatable(column->type))
			TupleDescInitEntryCollation(shape, i + 1, column->collation);
	}
	refuse_system_names(columns, n_columns);
	CheckAttributeNamesTypes(shape, RELKIND_RELATION, 0);
	return shape;
}

static const char *
hint_of_taken(const GeOutputName *name)
{
	return name->may_replace
			   ? "It was created while the call ran. Run the call again."
			   : "Give the new table another name, drop that relation first, or say "
				 "replace => true.";
}

Oid
ge_output_schema(const GeOutputName *name)
{
	RangeVar *wanted = copyObject(name->name);
	Oid existing;
	Oid schema;

	/* The schema alone decides whether the table is temporary. */
	wanted->relpersistence = RELPERSISTENCE_PERMANENT;
	schema = RangeVarGetAndCheckCreationNamespace(wanted, NoLock, &existing);
	if (OidIsValid(existing))
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_TABLE),
				errmsg("relation \"%s\" already exists", wanted->relname),
				errdetail("It is in schema \"%s\".", get_namespace_name(schema)),
				errhint("%s", hint_of_taken(name)));
	return schema;
}

void
ge_output_check(GeOutputName *name, const GeOutputColumn *columns, int n_columns,
				bool logged)
{
	TupleDesc shape = ge_output_shape(columns, n_columns);

	if (name->replacement != NULL)
		ge_replacement_check(name->replacement, shape, logged);
	else
		name->schema = ge_output_schema(name);
}
