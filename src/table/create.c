/*
 * create.c: a new table, created by SQL and found again.
 *
 * CREATE TABLE runs through SPI so that hooks and event triggers see it.  Every name in
 * its text is quoted and qualified.  The caller's search_path decides the schema of the
 * table (ge_output_schema()) and nothing else.  The settings default_tablespace and
 * default_table_access_method apply, as to any CREATE TABLE.
 */
#include "postgres.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "table/shape.h"

static const char *
qualified_collation(Oid collation)
{
	HeapTuple tuple = SearchSysCache1(COLLOID, ObjectIdGetDatum(collation));
	Form_pg_collation form;
	const char *name;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for collation %u", collation);
	form = (Form_pg_collation) GETSTRUCT(tuple);
	name = quote_qualified_identifier(get_namespace_name(form->collnamespace),
									  NameStr(form->collname));
	ReleaseSysCache(tuple);
	return name;
}

static void
append_column(StringInfo sql, Form_pg_attribute column)
{
	appendStringInfo(
		sql, "%s %s", quote_identifier(NameStr(column->attname)),
		format_type_extended(column->atttypid, column->atttypmod,
							 FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY));
	if (column->attcollation != get_typcollation(column->atttypid))
		appendStringInfo(sql, " COLLATE %s", qualified_collation(column->attcollation));
}

static const char *
create_table_sql(Oid schema, const char *name, TupleDesc shape, bool logged)
{
	bool is_temporary = isTempNamespace(schema);
	StringInfoData sql;

	initStringInfo(&sql);
	/* The argument logged means nothing for a temporary table. */
	appendStringInfo(&sql, "CREATE %sTABLE %s (",
					 logged || is_temporary ? "" : "UNLOGGED ",
					 quote_qualified_identifier(
						 is_temporary ? "pg_temp" : get_namespace_name(schema), name));
	for (int i = 0; i < shape->natts; i++)
	{
		if (i > 0)
			appendStringInfoString(&sql, ", ");
		append_column(&sql, TupleDescAttr(shape, i));
	}
	appendStringInfoChar(&sql, ')');
	return sql.data;
}

static void
run_utility(const char *sql)
{
	int result;

	SPI_connect();
	result = SPI_execute(sql, false, 0);
	if (result != SPI_OK_UTILITY)
		elog(ERROR, "SPI_execute of \"%s\" failed: %s", sql,
			 SPI_result_code_string(result));
	SPI_finish();
}

Relation
ge_output_make(const GeOutputName *name, TupleDesc shape, bool logged)
{
	const char *table = name->name->relname;
	Oid schema = ge_output_schema(name);
	char persistence = logged ? RELPERSISTENCE_PERMANENT : RELPERSISTENCE_UNLOGGED;
	Oid relid;
	Relation relation;

	run_utility(create_table_sql(schema, table, shape, logged));

	/* CREATE TABLE still holds its lock on the table. */
	relid = get_relname_relid(table, schema);
	relation = OidIsValid(relid) ? try_table_open(relid, AccessExclusiveLock) : NULL;
	if (relation == NULL)
		ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("table \"%s\" is gone after it was created", table),
				errhint("An event trigger dropped, moved or renamed it."));
	if (isTempNamespace(schema))
		persistence = RELPERSISTENCE_TEMP;
	ge_output_verify(relation, shape, persistence);
	return relation;
}
