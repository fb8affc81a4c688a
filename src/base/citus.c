/*
 * citus.c: what Citus's catalog says of a relation, and its functions called.
 *
 * All of Citus is in pg_catalog, where only superusers can put anything.
 */
#include "postgres.h"
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/citus.h"
#include "base/relation.h"

/* ------------------------------------------------------------------------ its tables */

/* The column of pg_dist_partition that names relations; 0: it has none. */
static AttrNumber
column_of_relations(Relation tables)
{
	AttrNumber attno = get_attnum(RelationGetRelid(tables), "logicalrelid");
	Oid type;

	if (attno <= 0)
		return 0;
	type = TupleDescAttr(RelationGetDescr(tables), attno - 1)->atttypid;
	return type == REGCLASSOID || type == OIDOID ? attno : 0;
}

/* Citus lists its tables in pg_catalog, where only superusers can put one of that name. */
bool
ge_relation_is_distributed(Oid relid)
{
	Oid list = get_relname_relid("pg_dist_partition", PG_CATALOG_NAMESPACE);
	Relation tables;
	AttrNumber attno;
	bool found = false;

	if (!OidIsValid(list) || get_rel_relkind(list) != RELKIND_RELATION)
		return false;
	tables = table_open(list, AccessShareLock);
	attno = column_of_relations(tables);
	if (attno != 0)
	{
		ScanKeyData key;
		SysScanDesc scan;

		ScanKeyInit(&key, attno, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relid));
		scan = systable_beginscan(tables, InvalidOid, false, NULL, 1, &key);
		found = HeapTupleIsValid(systable_getnext(scan));
		systable_endscan(scan);
	}
	table_close(tables, AccessShareLock);
	return found;
}

/* ---------------------------------------------------------------- how rows are spread */

/* The values of a row of pg_dist_partition, and what they mean. */
static GeDistribution
read_distribution(char method, char model, uint32 group, const char *column)
{
	GeDistribution distribution = {GE_SPREAD_OTHERWISE};

	if (method == 'h' && column != NULL)
		distribution = (GeDistribution){GE_SPREAD_BY_COLUMN, column};
	else if (method == 'n' && model == 't')
		distribution.kind = GE_REFERENCE;
	else if (method == 'n')
		distribution.kind = group == 0 ? GE_NOT_SPREAD : GE_SPREAD_AS_ONE;
	return distribution;
}

static char
char_of_result(int column)
{
	const char *value =
		SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, column);

	return value == NULL ? '\0' : value[0];
}

GeDistribution
ge_distribution_of(Oid relid)
{
	MemoryContext caller = CurrentMemoryContext;
	GeDistribution distribution = {GE_NOT_SPREAD};
	Oid type = OIDOID;
	Datum value = ObjectIdGetDatum(relid);
	char *group, *column;

	if (!ge_relation_is_distributed(relid))
		return distribution;
	SPI_connect();
	if (SPI_execute_with_args(
			"SELECT p.partmethod, p.repmodel, p.colocationid,"
			" CASE WHEN p.partkey IS NOT NULL THEN"
			" pg_catalog.column_to_column_name(p.logicalrelid, p.partkey) END"
			" FROM pg_catalog.pg_dist_partition AS p"
			" WHERE p.logicalrelid::pg_catalog.oid OPERATOR(pg_catalog.=) $1"
			" AND EXISTS (SELECT FROM pg_catalog.pg_dist_local_group AS l"
			" WHERE l.groupid OPERATOR(pg_catalog.=) 0)",
			1, &type, &value, NULL, true, 1) == SPI_OK_SELECT &&
		SPI_processed == 1)
	{
		group = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 3);
		column = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 4);
		if (column != NULL)
			column = MemoryContextStrdup(caller, column);
		distribution =
			read_distribution(char_of_result(1), char_of_result(2),
							  group == NULL ? 0 : strtoul(group, NULL, 10), column);
	}
	SPI_finish();
	return distribution;
}

/* ---------------------------------------------------------------------- its functions */

/* Citus tells how to remove rows that stay here; they have to stay. */
static void
call(const char *sql, int n, Oid *types, Datum *values, const char *nulls)
{
	int nest_level = NewGUCNestLevel();

	(void) set_config_option("client_min_messages", "warning", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	SPI_connect();
	if (SPI_execute_with_args(sql, n, types, values, nulls, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute of \"%s\" failed", sql);
	SPI_finish();
	AtEOXact_GUC(true, nest_level);
}

void
ge_make_reference(Oid relid)
{
	Oid type = OIDOID;
	Datum value = ObjectIdGetDatum(relid);

	call("SELECT pg_catalog.create_reference_table($1::pg_catalog.regclass)", 1, &type,
		 &value, NULL);
}

void
ge_distribute_like(Oid relid, Oid like)
{
	GeDistribution distribution = ge_distribution_of(like);
	Oid types[] = {OIDOID, TEXTOID, TEXTOID};
	Datum values[] = {ObjectIdGetDatum(relid), (Datum) 0,
					  CStringGetTextDatum(ge_relation_name(like))};
	const char *nulls = "   ";

	if (distribution.kind == GE_REFERENCE)
	{
		ge_make_reference(relid);
		return;
	}
	if (distribution.column == NULL)
		nulls = " n ";
	else
		values[1] = CStringGetTextDatum(distribution.column);
	call("SELECT pg_catalog.create_distributed_table($1::pg_catalog.regclass, $2,"
		 " colocate_with => $3)",
		 3, types, values, nulls);
}

/* The coordinator may have rows, too. */
void
ge_broadcast(const char *name, const char *query)
{
	Oid types[] = {TEXTOID, TEXTOID};
	Datum values[] = {CStringGetTextDatum(name), CStringGetTextDatum(query)};

	call("SELECT pg_catalog.create_intermediate_result($1, $2)", 2, types, values, NULL);
	call("SELECT pg_catalog.broadcast_intermediate_result($1, $2)", 2, types, values,
		 NULL);
}

char *
ge_broadcast_rows(const char *name)
{
	return psprintf("pg_catalog.read_intermediate_result(%s, "
					"'binary'::pg_catalog.citus_copy_format)",
					quote_literal_cstr(name));
}
