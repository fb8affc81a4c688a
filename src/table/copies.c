/*
 * copies.c: copies of a replaced table, by SQL: their readers see the old rows or the new.
 */
#include "postgres.h"
#include "utils/builtins.h"

#include "base/citus.h"
#include "base/execute.h"
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

void
ge_copies_replace(const GeReplacement *replacement)
{
	Oid relids[] = {RelationGetRelid(replacement->relation),
					RelationGetRelid(replacement->heap)};
	char *table, *columns;

	if (ge_distribution_of(relids[0]).kind != GE_REFERENCE)
		return;
	table = ge_relation_name(relids[0]);
	columns = column_names(RelationGetDescr(replacement->relation));
	(void) ge_execute(psprintf("DELETE FROM %s", table), relids, 1);
	(void) ge_execute(psprintf("INSERT INTO %s (%s) SELECT %s FROM %s", table, columns,
							   columns, ge_relation_name(relids[1])),
					  relids, lengthof(relids));
}
