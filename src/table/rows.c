/*
 * rows.c: rows put into a table through its access method, in batches.
 *
 * Rows are copied into tuples until there are 1,000 of them or 64 kB, then written at
 * once, by table_multi_insert() as COPY does.  If the table has an index, a trigger or a
 * constraint, which only the executor obeys, a prepared INSERT writes each row.  INSERT
 * takes any page with room, so only then rows may change their order.  Rows of a new table
 * are not frozen, so older snapshots see none of them.
 */
#include "postgres.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "executor/tuptable.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "nodes/params.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/execute.h"
#include "base/relation.h"
#include "table/rows.h"

#define MAX_BUFFERED_ROWS 1000
#define MAX_BUFFERED_BYTES 65536

struct GeRowBuffer
{
	Relation relation;
	bool by_insert;
	int options; /* of table_multi_insert() */
	BulkInsertState bulk_state;
	CommandId command;
	MemoryContext context;		 /* of the buffer: slots are made here on demand */
	MemoryContext batch_context; /* lives for one flush */
	int n_rows;
	Size n_bytes;
	TupleTableSlot *slots[MAX_BUFFERED_ROWS]; /* NULL: not needed so far */
};

bool
ge_rows_need_insert(Relation relation)
{
	const TupleConstr *constraints = RelationGetDescr(relation)->constr;

	return relation->rd_rel->relhasindex || relation->rd_rel->relispartition ||
		   relation->rd_rel->relrowsecurity || relation->trigdesc != NULL ||
		   relation->rd_rules != NULL ||
		   (constraints != NULL &&
			(constraints->has_not_null || constraints->num_check > 0));
}

GeRowBuffer *
ge_rows_begin(Relation relation, bool frozen)
{
	GeRowBuffer *buffer = palloc0(sizeof(GeRowBuffer));

	buffer->relation = relation;
	buffer->by_insert = ge_rows_need_insert(relation);
	buffer->options = TABLE_INSERT_SKIP_FSM | (frozen ? TABLE_INSERT_FROZEN : 0);
	buffer->context = CurrentMemoryContext;
	buffer->batch_context = AllocSetContextCreate(
		CurrentMemoryContext, "gpu_encode output batch", ALLOCSET_DEFAULT_SIZES);
	if (!buffer->by_insert)
	{
		buffer->bulk_state = GetBulkInsertState();
		buffer->command = GetCurrentCommandId(true);
	}
	return buffer;
}

static void
write_by_multi_insert(GeRowBuffer *buffer)
{
	table_multi_insert(buffer->relation, buffer->slots, buffer->n_rows, buffer->command,
					   buffer->options, buffer->bulk_state);
}

static const char *
insert_sql(Relation relation)
{
	int n_columns = RelationGetNumberOfAttributes(relation);
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "INSERT INTO %s ",
					 ge_relation_name(RelationGetRelid(relation)));
	for (int i = 0; i < n_columns; i++)
		appendStringInfo(&sql, "%s$%d", i == 0 ? "VALUES (" : ", ", i + 1);
	appendStringInfoString(&sql, n_columns == 0 ? "DEFAULT VALUES" : ")");
	return sql.data;
}

static GeExecutable *
prepare_insert(Relation relation)
{
	TupleDesc desc = RelationGetDescr(relation);
	Oid relid = RelationGetRelid(relation);
	Oid *types = palloc_array(Oid, Max(desc->natts, 1));

	for (int i = 0; i < desc->natts; i++)
		types[i] = TupleDescAttr(desc, i)->atttypid;
	return ge_execute_prepare(insert_sql(relation), types, desc->natts, &relid, 1);
}

static void
insert_row(const GeExecutable *insert, TupleTableSlot *slot)
{
	TupleDesc desc = slot->tts_tupleDescriptor;
	ParamListInfo params = makeParamList(desc->natts);

	slot_getallattrs(slot);
	for (int i = 0; i < desc->natts; i++)
		params->params[i] = (ParamExternData){.value = slot->tts_values[i],
											  .isnull = slot->tts_isnull[i],
											  .pflags = PARAM_FLAG_CONST,
											  .ptype = TupleDescAttr(desc, i)->atttypid};
	(void) ge_execute_run(insert, params);
}

static void
write_by_insert(GeRowBuffer *buffer)
{
	const GeExecutable *insert = prepare_insert(buffer->relation);

	for (int i = 0; i < buffer->n_rows; i++)
		insert_row(insert, buffer->slots[i]);
}

static void
flush(GeRowBuffer *buffer)
{
	MemoryContext caller_context;

	if (buffer->n_rows == 0)
		return;
	CHECK_FOR_INTERRUPTS();
	caller_context = MemoryContextSwitchTo(buffer->batch_context);
	if (buffer->by_insert)
		write_by_insert(buffer);
	else
		write_by_multi_insert(buffer);
	MemoryContextSwitchTo(caller_context);
	MemoryContextReset(buffer->batch_context);
	for (int i = 0; i < buffer->n_rows; i++)
		ExecClearTuple(buffer->slots[i]);
	buffer->n_rows = 0;
	buffer->n_bytes = 0;
}

void
ge_rows_put(GeRowBuffer *buffer, const Datum *values, const bool *is_null)
{
	TupleDesc desc = RelationGetDescr(buffer->relation);
	MemoryContext caller_context = MemoryContextSwitchTo(buffer->context);
	TupleTableSlot **slot = &buffer->slots[buffer->n_rows];
	HeapTuple tuple =
		heap_form_tuple(desc, unconstify(Datum *, values), unconstify(bool *, is_null));

	if (*slot == NULL)
		*slot = MakeSingleTupleTableSlot(desc, &TTSOpsHeapTuple);
	ExecStoreHeapTuple(tuple, *slot, true);
	MemoryContextSwitchTo(caller_context);
	buffer->n_rows++;
	buffer->n_bytes += tuple->t_len;
	if (buffer->n_rows == MAX_BUFFERED_ROWS || buffer->n_bytes >= MAX_BUFFERED_BYTES)
		flush(buffer);
}

void
ge_rows_end(GeRowBuffer *buffer)
{
	flush(buffer);
	for (int i = 0; i < MAX_BUFFERED_ROWS && buffer->slots[i] != NULL; i++)
		ExecDropSingleTupleTableSlot(buffer->slots[i]);
	if (buffer->bulk_state != NULL)
	{
		FreeBulkInsertState(buffer->bulk_state);
		table_finish_bulk_insert(buffer->relation, buffer->options);
	}
	MemoryContextDelete(buffer->batch_context);
	pfree(buffer);
}
