/*
 * copies.c: copies of a replaced table, by SQL: their readers see the old rows or the new.
 */
#include "postgres.h"
#include "executor/spi.h"
#include "utils/builtins.h"

#include "base/citus.h"
#include "base/relation.h"
#include "table/copies.h"

static char *
column_names(TupleDesc desc)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < desc->natts; i++)
		if (!TupleDescAttr(desc, i)->attisdropped)
			appendStringInfo(&names, "%s%s", names.len == 0 ? "" : ", ",
							 quote_identifier(NameStr(TupleDescAttr(desc, i)->attname)));
	return names.data;
}

static void
run(const char *sql, int expected)
{
	if (SPI_execute(sql, false, 0) != expected)
		elog(ERROR, "SPI_execute of \"%s\" failed", sql);
}

void
ge_copies_replace(const GeReplacement *replacement)
{
	Relation relation = replacement->relation;
	char *table, *columns;

	if (ge_distribution_of(RelationGetRelid(relation)).kind != GE_REFERENCE)
		return;
	table = ge_relation_name(RelationGetRelid(relation));
	columns = column_names(RelationGetDescr(relation));
	SPI_connect();
	run(psprintf("DELETE FROM %s", table), SPI_OK_DELETE);
	run(psprintf("INSERT INTO %s (%s) SELECT %s FROM %s", table, columns, columns,
				 ge_relation_name(RelationGetRelid(replacement->heap))),
		SPI_OK_INSERT);
	SPI_finish();
}
