/*
 * replace.c: the heap of a table replaced, as REFRESH MATERIALIZED VIEW does it.
 *
 * The table keeps its OID, and with the OID its grants, views, comments, indexes and
 * prepared statements.  A lock against writers and other replacements is taken before the
 * call's snapshot.  So of two calls the second waits for the first, and sees what the first
 * did.  Readers go on with the old heap until the swap.
 *
 * All rows of the new heap are frozen: a snapshot that is older than the swap sees them
 * too.  Without that it would see an empty table.
 */
#include "postgres.h"
#include "access/multixact.h"
#include "access/table.h"
#include "access/transam.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "commands/cluster.h"
#include "commands/tablecmds.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "pgstat.h"
#include "storage/lmgr.h"
#include "storage/predicate.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#include "base/compat.h"
#include "base/relation.h"
#include "base/run_log.h"
#include "table/copies.h"
#include "table/replace.h"

/* ------------------------------------------------------------------- find and lock */

/* The schema in which a table of that name would be created. */
static Oid
schema_of(const GeOutputName *name)
{
	RangeVar *wanted = copyObject(name->name);

	wanted->relpersistence = RELPERSISTENCE_PERMANENT;
	return RangeVarGetCreationNamespace(wanted);
}

bool
ge_output_is_temporary(const GeOutputName *name)
{
	return isTempNamespace(schema_of(name));
}

static void
check_kind(const char *name, char kind, bool is_given)
{
	if (kind != RELKIND_RELATION)
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("relation \"%s\" cannot be replaced", name),
				errdetail_relkind_not_supported(kind),
				is_given ? errhint("Name the table itself.")
						 : errhint("Give the table another name, or drop that relation "
								   "first."));
}

static void
check_owner(const char *name, Oid relid, bool is_given)
{
	if (!ge_owns_relation(relid, GetUserId()))
		ereport(
			ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			errmsg("must be owner of table %s", name),
			errdetail("Only the owner can replace a table."),
			is_given
				? errhint("Let the owner call it, or ask for the rights of the owner.")
				: errhint("Give the table another name, or ask for the rights of the "
						  "owner."));
}

/* The table that has the name; false: none has.  No lock is taken on what is not ours. */
static bool
find_table(GeOutputName *name, GeRelationRef *found)
{
	Oid schema = schema_of(name);
	Oid relid = get_relname_relid(name->name->relname, schema);
	AclResult usage;

	/* creation has the words for both */
	if (!OidIsValid(relid) || isOtherTempNamespace(schema))
		return false;
	usage = ge_schema_usage(schema);
	if (usage != ACLCHECK_OK)
		aclcheck_error(usage, OBJECT_SCHEMA, get_namespace_name(schema));
	*found = ge_relation_ref(relid);
	check_kind(found->name, found->kind, false);
	check_owner(found->name, relid, false);
	name->schema = schema;
	return true;
}

typedef struct Found
{
	GeRelationRef table;
	GeOutputName *name;
} Found;

static int
compare_found(const void *a, const void *b)
{
	Oid first = ((const Found *) a)->table.relid,
		second = ((const Found *) b)->table.relid;

	return first < second ? -1 : first > second;
}

/* The table may have another owner by now. */
static void
lock_table(const Found *found)
{
	GeReplacement *replacement = palloc0_object(GeReplacement);
	Oid relid = ge_relation_lock(&found->table, ShareRowExclusiveLock);

	replacement->relation = table_open(relid, NoLock);
	replacement->is_given = found->name->is_given;
	check_owner(found->table.name, relid, found->name->is_given);
	CheckTableNotInUse(replacement->relation, "replace");
	found->name->replacement = replacement;
}

void
ge_output_replace(GeOutputName *names, int n)
{
	Found *found = palloc_array(Found, n + 1);
	int n_found = 0;

	for (int i = 0; i < n; i++)
	{
		names[i].may_replace = true;
		found[n_found].name = &names[i];
		if (find_table(&names[i], &found[n_found].table))
			n_found++;
	}
	qsort(found, n_found, sizeof(Found), compare_found);
	for (int i = 1; i < n_found; i++)
		if (found[i].table.relid == found[i - 1].table.relid)
			ge_output_names_differ(names, n);
	for (int i = 0; i < n_found; i++)
		lock_table(&found[i]);
}

GeOutputName
ge_output_replace_given(const char *argument, const GeRelationRef *given)
{
	GeOutputName name = {.argument = argument, .may_replace = true, .is_given = true};
	const Found found = {.table = *given, .name = &name};

	check_kind(given->name, given->kind, true);
	check_owner(given->name, given->relid, true);
	lock_table(&found);
	name.schema = RelationGetNamespace(name.replacement->relation);
	name.name =
		makeRangeVar(get_namespace_name(name.schema),
					 pstrdup(RelationGetRelationName(name.replacement->relation)), -1);
	return name;
}

bool
ge_output_is_logged(const GeOutputName *name)
{
	return name->replacement->relation->rd_rel->relpersistence != RELPERSISTENCE_UNLOGGED;
}

Oid
ge_output_replaced(const GeOutputName *name)
{
	return name->replacement != NULL ? RelationGetRelid(name->replacement->relation)
									 : InvalidOid;
}

/* ------------------------------------------------------------------------- the heap */

void
ge_replacement_check(GeReplacement *replacement, TupleDesc shape, bool logged)
{
	bool is_temporary =
		replacement->relation->rd_rel->relpersistence == RELPERSISTENCE_TEMP;

	replacement->shape = shape;
	replacement->persistence = is_temporary ? RELPERSISTENCE_TEMP
							   : logged		? RELPERSISTENCE_PERMANENT
											: RELPERSISTENCE_UNLOGGED;
	ge_obstacles_refuse(replacement);
}

Relation
ge_replacement_make_heap(GeReplacement *replacement)
{
	Relation relation = replacement->relation;

	Oid heap = make_new_heap(RelationGetRelid(relation), relation->rd_rel->reltablespace,
							 relation->rd_rel->relam, replacement->persistence,
							 ShareRowExclusiveLock);

	replacement->heap = table_open(heap, AccessExclusiveLock);
	return table_open(heap, NoLock);
}

/* ------------------------------------------------------------------------- the swap */

static bool
are_alike(TupleDesc a, TupleDesc b)
{
	if (a->natts != b->natts)
		return false;
	for (int i = 0; i < a->natts; i++)
	{
		Form_pg_attribute first = TupleDescAttr(a, i), second = TupleDescAttr(b, i);

		if (first->atttypid != second->atttypid ||
			first->atttypmod != second->atttypmod || first->attlen != second->attlen ||
			first->attbyval != second->attbyval || first->attalign != second->attalign ||
			first->attisdropped != second->attisdropped)
			return false;
	}
	return true;
}

/* The columns of the new heap are those of the table, which ge_obstacles_refuse() saw. */
static Oid
close_heap(GeReplacement *replacement)
{
	Oid heap = RelationGetRelid(replacement->heap);

	CheckTableNotInUse(replacement->heap, "replace");
	if (!are_alike(RelationGetDescr(replacement->heap),
				   RelationGetDescr(replacement->relation)))
		elog(ERROR, "the new heap of \"%s\" has other columns",
			 RelationGetRelationName(replacement->relation));
	table_close(replacement->heap, NoLock);
	replacement->heap = NULL;
	return heap;
}

/* Functions of indexes run as the owner, who may have written them. */
static void
swap_as_owner(GeReplacement *replacement)
{
	Oid heap = close_heap(replacement);
	Oid user;
	int security, nest_level = NewGUCNestLevel();

	GetUserIdAndSecContext(&user, &security);
	SetUserIdAndSecContext(replacement->relation->rd_rel->relowner,
						   security | SECURITY_RESTRICTED_OPERATION);
	ge_restrict_search_path();
	finish_heap_swap(RelationGetRelid(replacement->relation), heap, false, false, true,
					 true, RecentXmin, ReadNextMultiXactId(), replacement->persistence);
	AtEOXact_GUC(false, nest_level);
	SetUserIdAndSecContext(user, security);
}

/* Functions that the call ran may have changed what the check at its beginning found. */
static void
swap_table(GeReplacement *replacement)
{
	Relation relation = replacement->relation;

	ge_stage_begin();
	ge_stage_swaps(RelationGetRelid(relation));
	ge_obstacles_refuse(replacement);
	CheckTableNotInUse(relation, "replace");
	CheckTableForSerializableConflictIn(relation);
	ge_copies_replace(replacement);
	swap_as_owner(replacement);
	pgstat_count_truncate(relation);
	pgstat_count_heap_insert(relation, replacement->n_rows);
	ge_stage_end("replace", replacement->n_rows, -1, "", "%s",
				 RelationGetRelationName(relation));
	table_close(relation, NoLock);
}

static int
compare_relids(const void *a, const void *b)
{
	Oid first = RelationGetRelid((*(GeReplacement *const *) a)->relation),
		second = RelationGetRelid((*(GeReplacement *const *) b)->relation);

	return first < second ? -1 : first > second;
}

void
ge_output_swap(GeOutputName *names, int n)
{
	GeReplacement **replacements = palloc_array(GeReplacement *, n + 1);
	int n_replaced = 0;

	for (int i = 0; i < n; i++)
		if (names[i].replacement != NULL)
			replacements[n_replaced++] = names[i].replacement;
	qsort(replacements, n_replaced, sizeof(GeReplacement *), compare_relids);
	for (int i = 0; i < n_replaced; i++)
		LockRelationOid(RelationGetRelid(replacements[i]->relation), AccessExclusiveLock);
	for (int i = 0; i < n_replaced; i++)
		swap_table(replacements[i]);
}
