/*
 * info.c: version, devices, last_run, and the planner's support functions.
 */
#include "postgres.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pathnodes.h"
#include "nodes/supportnodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/tuplestore.h"

#include "base/arguments.h"
#include "base/compat.h"
#include "base/run_log.h"
#include "base/settings.h"
#include "compute/compute.h"

GE_SQL_FUNCTION(ge_version);
GE_SQL_FUNCTION(ge_list_devices);
GE_SQL_FUNCTION(ge_last_run);
GE_SQL_FUNCTION(ge_rows_support);
GE_SQL_FUNCTION(ge_lookup_support);

Datum
ge_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(
		psprintf("gpu_encode " GE_VERSION ", %s",
				 ge_compute_has_cuda() ? "with the CUDA backend"
									   : "without the CUDA backend (CPU only)")));
}

/* A text, or NULL for an empty string. */
static Datum
text_or_null(const char *string, bool *is_null)
{
	*is_null = string[0] == '\0';
	return *is_null ? (Datum) 0 : CStringGetTextDatum(string);
}

Datum
ge_list_devices(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *answer = (ReturnSetInfo *) fcinfo->resultinfo;
	GeDeviceInfo *infos = palloc0_array(GeDeviceInfo, GE_MAX_DEVICES);
	const char **backends = palloc_array(const char *, GE_MAX_DEVICES);
	int n;

	InitMaterializedSRF(fcinfo, 0);
	n = ge_compute_devices(infos, backends);
	for (int i = 0; i < n; i++)
	{
		Datum values[8];
		bool nulls[8] = {0};

		values[0] = CStringGetTextDatum(backends[i]);
		values[1] = text_or_null(infos[i].device, &nulls[1]);
		values[2] = text_or_null(infos[i].name, &nulls[2]);
		values[3] = text_or_null(infos[i].compute_capability, &nulls[3]);
		values[4] = Int64GetDatum((int64) infos[i].memory_bytes);
		nulls[4] = infos[i].memory_bytes == 0;
		values[5] = text_or_null(infos[i].driver, &nulls[5]);
		values[6] = BoolGetDatum(infos[i].usable);
		values[7] = text_or_null(infos[i].reason, &nulls[7]);
		tuplestore_putvalues(answer->setResult, answer->setDesc, values, nulls);
	}
	return (Datum) 0;
}

Datum
ge_last_run(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *answer = (ReturnSetInfo *) fcinfo->resultinfo;
	ListCell *cell;

	InitMaterializedSRF(fcinfo, 0);
	foreach (cell, ge_run_last())
	{
		const GeStage *stage = lfirst(cell);
		Datum values[6];
		bool nulls[6] = {0};

		values[0] = CStringGetTextDatum(stage->name);
		values[1] = Int64GetDatum(stage->rows);
		values[2] = Int64GetDatum(stage->bytes);
		nulls[2] = stage->bytes < 0;
		values[3] = Float8GetDatum(stage->seconds);
		values[4] = text_or_null(stage->backend, &nulls[4]);
		values[5] = text_or_null(stage->detail, &nulls[5]);
		tuplestore_putvalues(answer->setResult, answer->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/*
 * The argument of a call for a parameter, before the call runs; NULL: the function has no
 * such parameter.
 */
static const Node *
find_argument(const FuncExpr *call, const char *name)
{
	int i = ge_argument_position(call->funcid, name);

	return i >= 0 && i < list_length(call->args) ? list_nth(call->args, i) : NULL;
}

/* The rows of a relation by the last ANALYZE; -1 if unknown. */
static double
known_rows(Oid relid)
{
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	double rows = -1;

	if (HeapTupleIsValid(tuple))
	{
		rows = ((Form_pg_class) GETSTRUCT(tuple))->reltuples;
		ReleaseSysCache(tuple);
	}
	return rows;
}

/*
 * Support function of label_encode and target_encode: they return a row for each row of
 * their source.  Their cost is that of reading the source twice and looking up every
 * value.
 */
Datum
ge_rows_support(PG_FUNCTION_ARGS)
{
	Node *request = (Node *) PG_GETARG_POINTER(0);
	Node *node = NULL;
	const Node *source;
	double rows;

	if (IsA(request, SupportRequestRows))
		node = ((SupportRequestRows *) request)->node;
	else if (IsA(request, SupportRequestCost))
		node = ((SupportRequestCost *) request)->node;
	if (!is_funcclause(node))
		PG_RETURN_POINTER(NULL);
	source = find_argument(castNode(FuncExpr, node), "source");
	if (source == NULL || !IsA(source, Const) ||
		((Const *) source)->consttype != REGCLASSOID || ((Const *) source)->constisnull)
		PG_RETURN_POINTER(NULL);
	rows = known_rows(DatumGetObjectId(((Const *) source)->constvalue));
	if (rows < 0)
		PG_RETURN_POINTER(NULL);
	if (IsA(request, SupportRequestRows))
		((SupportRequestRows *) request)->rows = Max(rows, 1);
	else
	{
		((SupportRequestCost *) request)->startup = 1000 + rows * 0.02;
		((SupportRequestCost *) request)->per_tuple = 0;
	}
	PG_RETURN_POINTER(request);
}

/* Whether an argument may name a temporary table, which no worker can read. */
static bool
may_be_temporary(const Node *encoder)
{
	const Const *constant = (const Const *) encoder;
	Oid schema, toast_schema;

	if (IsA(encoder, Const))
		return !constant->constisnull && isTempOrTempToastNamespace(get_rel_namespace(
											 DatumGetObjectId(constant->constvalue)));
	GetTempNamespaceState(&schema, &toast_schema);
	return OidIsValid(schema);
}

/*
 * Support function of label and its like: a query that reads a temporary encoder gets no
 * parallel plan, although the functions are PARALLEL SAFE.  The planner simplifies calls
 * before it checks whether relations may be read in parallel.
 */
Datum
ge_lookup_support(PG_FUNCTION_ARGS)
{
	SupportRequestSimplify *request = (SupportRequestSimplify *) PG_GETARG_POINTER(0);
	const Node *encoder = NULL;

	if (IsA(request, SupportRequestSimplify) && request->root != NULL)
		encoder = find_argument(request->fcall, "encoder");
	if (encoder != NULL && may_be_temporary(encoder))
		request->root->glob->parallelModeOK = false;
	PG_RETURN_POINTER(NULL);
}
