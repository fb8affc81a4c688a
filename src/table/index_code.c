/*
 * index_code.c: indexes whose expressions or conditions call functions of users.
 *
 * The trees are read as the catalog has them: the relation cache would evaluate what is
 * constant in them, with the caller's rights.
 */
#include "postgres.h"
#include "access/transam.h"
#include "catalog/pg_index.h"
#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "table/replace.h"

/* check_function_callback */
static bool
is_of_user(Oid function, void *context)
{
	return function >= FirstNormalObjectId;
}

/* A domain has a type of a user, and its CHECK constraints run within PostgreSQL's own. */
static bool
calls_user_code(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (check_functions_in_node(node, is_of_user, context))
		return true;
	if (!IsA(node, List) && exprType(node) >= FirstNormalObjectId)
		return true;
	return expression_tree_walker(node, calls_user_code, context);
}

static bool
has_user_code(HeapTuple index, AttrNumber attno)
{
	bool is_null;
	Datum tree = SysCacheGetAttr(INDEXRELID, index, attno, &is_null);

	return !is_null && calls_user_code(stringToNode(TextDatumGetCString(tree)), NULL);
}

List *
ge_indexes_with_user_code(Relation relation)
{
	List *names = NIL;
	ListCell *cell;

	foreach (cell, RelationGetIndexList(relation))
	{
		HeapTuple index = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(lfirst_oid(cell)));

		if (!HeapTupleIsValid(index))
			elog(ERROR, "cache lookup failed for index %u", lfirst_oid(cell));
		if (has_user_code(index, Anum_pg_index_indexprs) ||
			has_user_code(index, Anum_pg_index_indpred))
			names = lappend(names, get_rel_name(lfirst_oid(cell)));
		ReleaseSysCache(index);
	}
	return names;
}
