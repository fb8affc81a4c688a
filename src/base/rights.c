/*
 * rights.c: the right to read columns of a relation; what is missing is named.
 */
#include "postgres.h"
#include "access/sysattr.h"
#include "miscadmin.h"
#include "utils/acl.h"

#include "base/compat.h"
#include "base/rights.h"
#include "base/shown.h"

static char *
columns_refused(Relation relation, const Bitmapset *columns)
{
	TupleDesc desc = RelationGetDescr(relation);
	char **names = palloc_array(char *, desc->natts);
	StringInfoData list;
	uint32 n = 0;

	for (int i = 0; i < desc->natts; i++)
		if (bms_is_member(i + 1 - FirstLowInvalidHeapAttributeNumber, columns) &&
			pg_attribute_aclcheck(RelationGetRelid(relation), i + 1, GetUserId(),
								  ACL_SELECT) != ACLCHECK_OK)
			names[n++] = NameStr(TupleDescAttr(desc, i)->attname);
	if (n == 0)
		return NULL;
	initStringInfo(&list);
	ge_append_shown(&list, names, Min(n, GE_SHOWN_VALUES), n);
	return list.data;
}

void
ge_require_select(Relation relation, Bitmapset *columns)
{
	char *refused;

	if (ge_may_select(relation, columns))
		return;
	refused = columns_refused(relation, columns);
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("permission denied for %s %s",
					relation->rd_rel->relkind == RELKIND_MATVIEW ? "materialized view"
																 : "table",
					RelationGetRelationName(relation)),
			 refused == NULL
				 ? 0
				 : errhint("Its owner can GRANT SELECT on the columns that the "
						   "call reads: %s.",
						   refused)));
}
