/*
 * compat.h: every difference between PostgreSQL 15, 16, 17 and 18 that the code meets.
 * Those of COPY are in compat_copy.h.  No other file tests PG_VERSION_NUM.
 */
#ifndef GE_BASE_COMPAT_H
#define GE_BASE_COMPAT_H

#include "postgres.h"
#include "access/attmap.h"
#include "access/genam.h"
#include "access/heapam.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_database.h"
#include "catalog/pg_foreign_server.h"
#include "catalog/pg_namespace.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "parser/parse_relation.h"
#include "storage/proc.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/guc_tables.h"

#if PG_VERSION_NUM < 150000
#error "gpu_encode needs PostgreSQL 15 or later"
#endif
/* 16 took VARDATA_ANY() and its like out of postgres.h. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif
#if PG_VERSION_NUM >= 170000
#include "storage/read_stream.h"
#endif

/* From 18 on a generated column may be virtual: computed by the query, not stored. */
static inline bool
ge_attribute_is_virtual(Form_pg_attribute attribute)
{
#if PG_VERSION_NUM >= 180000
	return attribute->attgenerated == ATTRIBUTE_GENERATED_VIRTUAL;
#else
	return false;
#endif
}

/* The number of the current transaction in this session; 17 moved it. */
static inline LocalTransactionId
ge_local_transaction(void)
{
#if PG_VERSION_NUM >= 170000
	return MyProc->vxid.lxid;
#else
	return MyProc->lxid;
#endif
}

/*
 * The attribute numbers in `from` of the columns of `to`, by name.  NULL: all are equal.
 */
static inline AttrMap *
ge_attribute_map(TupleDesc from, TupleDesc to)
{
#if PG_VERSION_NUM >= 160000
	return build_attrmap_by_name_if_req(from, to, false);
#else
	return build_attrmap_by_name_if_req(from, to);
#endif
}

/* 16 moved the columns that a query selects out of the range table entry. */
static inline Bitmapset **
ge_selected_columns(Query *query, RangeTblEntry *entry)
{
#if PG_VERSION_NUM >= 160000
	return &getRTEPermissionInfo(query->rteperminfos, entry)->selectedCols;
#else
	return &entry->selectedCols;
#endif
}

/*
 * The rights that the executor checks before it runs a plan; an error if one is missing.
 */
static inline void
ge_check_plan_rights(PlannedStmt *plan)
{
#if PG_VERSION_NUM >= 160000
	(void) ExecCheckPermissions(plan->rtable, plan->permInfos, true);
#else
	(void) ExecCheckRTPerms(plan->rtable, true);
#endif
}

/*
 * The rights that COPY checks for a SELECT of some columns of one relation. columns has
 * attribute numbers less FirstLowInvalidHeapAttributeNumber.
 */
static inline bool
ge_may_select(Relation relation, Bitmapset *columns)
{
	ParseState *pstate = make_parsestate(NULL);
	ParseNamespaceItem *item;
	bool may;

	item = addRangeTableEntryForRelation(pstate, relation, AccessShareLock, NULL, false,
										 false);
#if PG_VERSION_NUM >= 160000
	item->p_perminfo->requiredPerms = ACL_SELECT;
	item->p_perminfo->selectedCols = columns;
	may = ExecCheckPermissions(pstate->p_rtable, list_make1(item->p_perminfo), false);
#else
	item->p_rte->requiredPerms = ACL_SELECT;
	item->p_rte->selectedCols = columns;
	may = ExecCheckRTPerms(pstate->p_rtable, false);
#endif
	free_parsestate(pstate);
	return may;
}

static inline AclResult
ge_schema_usage(Oid schema)
{
#if PG_VERSION_NUM >= 160000
	return object_aclcheck(NamespaceRelationId, schema, GetUserId(), ACL_USAGE);
#else
	return pg_namespace_aclcheck(schema, GetUserId(), ACL_USAGE);
#endif
}

static inline bool
ge_may_create_temporary(void)
{
#if PG_VERSION_NUM >= 160000
	return object_aclcheck(DatabaseRelationId, MyDatabaseId, GetUserId(),
						   ACL_CREATE_TEMP) == ACLCHECK_OK;
#else
	return pg_database_aclcheck(MyDatabaseId, GetUserId(), ACL_CREATE_TEMP) ==
		   ACLCHECK_OK;
#endif
}

static inline bool
ge_owns_relation(Oid relid, Oid role)
{
#if PG_VERSION_NUM >= 160000
	return object_ownercheck(RelationRelationId, relid, role);
#else
	return pg_class_ownercheck(relid, role);
#endif
}

/* From 17 on functions of indexes see a fixed search_path; AtEOXact_GUC() ends it. */
static inline void
ge_restrict_search_path(void)
{
#if PG_VERSION_NUM >= 170000
	RestrictSearchPath();
#endif
}

static inline AclResult
ge_server_usage(Oid server)
{
#if PG_VERSION_NUM >= 160000
	return object_aclcheck(ForeignServerRelationId, server, GetUserId(), ACL_USAGE);
#else
	return pg_foreign_server_aclcheck(server, GetUserId(), ACL_USAGE);
#endif
}

/*
 * The rights that COPY checks for an INSERT into some columns of a relation.  The entry
 * stays in pstate, because COPY looks for it there.
 */
static inline void
ge_check_insert_rights(ParseState *pstate, Relation relation, Bitmapset *columns)
{
	ParseNamespaceItem *item = addRangeTableEntryForRelation(
		pstate, relation, RowExclusiveLock, NULL, false, false);

#if PG_VERSION_NUM >= 160000
	item->p_perminfo->requiredPerms = ACL_INSERT;
	item->p_perminfo->insertedCols = columns;
	(void) ExecCheckPermissions(pstate->p_rtable, list_make1(item->p_perminfo), true);
#else
	item->p_rte->requiredPerms = ACL_INSERT;
	item->p_rte->insertedCols = columns;
	(void) ExecCheckRTPerms(pstate->p_rtable, true);
#endif
}

static inline void
ge_executor_run(QueryDesc *query)
{
#if PG_VERSION_NUM >= 180000
	ExecutorRun(query, ForwardScanDirection, 0);
#else
	ExecutorRun(query, ForwardScanDirection, 0, true);
#endif
}

/*
 * Make a heap scan that has returned its last row ready for heap_setscanlimits() again.
 * table_rescan() would do, but counts one more sequential scan in the statistics.
 */
static inline void
ge_heap_scan_restart(TableScanDesc scan)
{
#if PG_VERSION_NUM >= 170000
	read_stream_reset(((HeapScanDesc) scan)->rs_read_stream);
#endif
	Assert(!((HeapScanDesc) scan)->rs_inited);
}

/* 18 counts what an index scan does for EXPLAIN. */
static inline IndexScanDesc
ge_index_beginscan(Relation table, Relation index, Snapshot snapshot, int n_keys)
{
#if PG_VERSION_NUM >= 180000
	return index_beginscan(table, index, snapshot, NULL, n_keys, 0);
#else
	return index_beginscan(table, index, snapshot, n_keys, 0);
#endif
}

#include "base/shown_notices.h"
#include "nodes/nodes.h"
#include "parser/parse_type.h"
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#endif

/*
 * The type and typmod that a string names; InvalidOid when there is no such type.  The
 * parser quotes what it cuts, so it gets nothing longer than a schema, a type, their quotes
 * and a modifier can be.
 */
static inline void
ge_parse_type_string(const char *string, Oid *type, int32 *typmod)
{
	GeShownNotices notices;

	*type = InvalidOid;
	if (strlen(string) > 6 * NAMEDATALEN)
		return;
	ge_shown_notices_begin(&notices, string);
#if PG_VERSION_NUM >= 160000
	ErrorSaveContext context = {.type = T_ErrorSaveContext, .details_wanted = true};

	if (!parseTypeString(string, type, typmod, (Node *) &context))
	{
		/* before 16, any other error is raised */
		if (context.error_data->sqlerrcode != ERRCODE_UNDEFINED_OBJECT)
			ThrowErrorData(context.error_data);
		*type = InvalidOid;
	}
#else
	parseTypeString(string, type, typmod, true);
#endif
	ge_shown_notices_end(&notices);
}

/*
 * The error of an input function about its text: from 16 on, returned to those who ask for
 * that (context is fcinfo->context).
 */
#if PG_VERSION_NUM >= 160000
#define ge_ereturn(context, dummy, ...) ereturn(context, dummy, __VA_ARGS__)
#else
#define ge_ereturn(context, dummy, ...) ereport(ERROR, __VA_ARGS__)
#endif

/*
 * The value that a type's input function reads from a text; false if it raises an error
 * about the text.  Only for functions of PostgreSQL's own: before 16, which let input
 * functions return such errors, one is caught, and nothing but memory may be held then.
 */
static inline bool
ge_input_try(FmgrInfo *input, char *string, Oid typioparam, Datum *value)
{
#if PG_VERSION_NUM >= 160000
	ErrorSaveContext context = {T_ErrorSaveContext};

	return InputFunctionCallSafe(input, string, typioparam, -1, (Node *) &context, value);
#else
	MemoryContext caller = CurrentMemoryContext;
	volatile bool read = true;

	PG_TRY();
	{
		*value = InputFunctionCall(input, string, typioparam, -1);
	}
	PG_CATCH();
	{
		ErrorData *error;

		MemoryContextSwitchTo(caller);
		error = CopyErrorData();
		if (ERRCODE_TO_CATEGORY(error->sqlerrcode) != ERRCODE_DATA_EXCEPTION)
			PG_RE_THROW();
		FlushErrorState();
		FreeErrorData(error);
		read = false;
	}
	PG_END_TRY();
	return read;
#endif
}

/* 16 renamed what identifies a relation's files. */
#if PG_VERSION_NUM >= 160000
#define ge_relation_locator(relation) (&(relation)->rd_locator)
#define ge_file_tag_locator(tag) ((tag).rlocator)
#else
#define ge_relation_locator(relation) (&(relation)->rd_node)
#define ge_file_tag_locator(tag) ((tag).rnode)
#endif

/* 16 brought direct I/O, which wants aligned buffers. */
#if PG_VERSION_NUM >= 160000
#define GE_IO_ALIGNMENT PG_IO_ALIGN_SIZE
#else
#define GE_IO_ALIGNMENT MAXIMUM_ALIGNOF
#endif

/* 17 brought an interface to fill a new relation past the shared buffers. */
#if PG_VERSION_NUM >= 170000
#define GE_HAVE_BULK_WRITE
#include "storage/bulk_write.h"
#endif

#include "common/jsonapi.h"

/* 16 let the actions of the JSON parser fail. */
#if PG_VERSION_NUM >= 160000
#define GE_JSON_ACTION JsonParseErrorType
#define GE_JSON_GO_ON return JSON_SUCCESS
#else
#define GE_JSON_ACTION void
#define GE_JSON_GO_ON return
#endif

/* Parse a text, with escapes resolved.  False, without an error: the text is not JSON. */
static inline bool
ge_json_parse(const char *json, int encoding, JsonSemAction *actions)
{
#if PG_VERSION_NUM >= 170000
	JsonLexContext *lexer =
		makeJsonLexContextCstringLen(NULL, json, strlen(json), encoding, true);
#else
	JsonLexContext *lexer = makeJsonLexContextCstringLen(
		unconstify(char *, json), (int) strlen(json), encoding, true);
#endif

	return pg_parse_json(lexer, actions) == JSON_SUCCESS;
}

/* Every setting of the server, extensions and placeholders; n is their number. */
static inline struct config_generic **
ge_server_settings(int *n)
{
#if PG_VERSION_NUM >= 160000
	return get_guc_variables(n);
#else
	*n = GetNumConfigOptions();
	return get_guc_variables();
#endif
}

/* errcode_for_file_access(), which knows names that are too long from 16 on. */
#if PG_VERSION_NUM < 160000
#define ERRCODE_FILE_NAME_TOO_LONG MAKE_SQLSTATE('5', '8', 'P', '0', '3')
#endif
static inline int
ge_errcode_for_file_access(void)
{
	return errno == ENAMETOOLONG ? errcode(ERRCODE_FILE_NAME_TOO_LONG)
								 : errcode_for_file_access();
}

/* A function that SQL calls: exported (PG_FUNCTION_INFO_V1 exports from 16 on only). */
#define GE_SQL_FUNCTION(name)                                                            \
	PGDLLEXPORT Datum name(PG_FUNCTION_ARGS);                                            \
	PG_FUNCTION_INFO_V1(name)

/* Before a declaration: the function does not return. */
#if PG_VERSION_NUM >= 180000
#define GE_NORETURN pg_noreturn
#else
#define GE_NORETURN pg_attribute_noreturn()
#endif

#endif /* GE_BASE_COMPAT_H */
