/*
 * rights.c: rights that SQL would check; what is missing is named.
 */
#include "postgres.h"
#include "access/sysattr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "base/compat.h"
#include "base/rights.h"
#include "base/shown.h"

/* The columns that the caller may not read; NULL: none, or too many for a message. */
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
	if (n == 0 || n > GE_SHOWN_VALUES)
		return NULL;
	initStringInfo(&list);
	ge_append_shown(&list, names, n, n);
	return list.data;
}

void
ge_require_schema_usage(Oid schema)
{
	AclResult usage = ge_schema_usage(schema);

	if (usage != ACLCHECK_OK)
		aclcheck_error(usage, OBJECT_SCHEMA, get_namespace_name(schema));
}

void
ge_require_role(const char *role, const char *what)
{
	Oid oid = get_role_oid(role, true);

	if (OidIsValid(oid) ? has_privs_of_role(GetUserId(), oid) : superuser())
		return;
	ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					errmsg("permission denied to %s", what),
					errdetail("Only roles with privileges of %s may do so.", role),
					errhint("A superuser can say GRANT %s TO %s.", quote_identifier(role),
							quote_identifier(GetUserNameFromId(GetUserId(), false)))));
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
				 ? errhint("Its owner can GRANT SELECT on it.")
				 : errhint("Its owner can GRANT SELECT on the columns that the "
						   "call reads: %s.",
						   refused)));
}
