/*
 * writer.c: a new heap table filled page by page.
 *
 * The layout of pages is that of heap_multi_insert(): line pointers and tuples in the
 * order of rows, the table's fillfactor kept.  A row over the TOAST threshold goes
 * through the toaster, which writes the TOAST table the ordinary way.  The tuple that the
 * toaster returns takes the row's place.  So the order is kept, and the main fork has one
 * writer.
 */
#include "postgres.h"
#include "access/heapam.h"
#include "access/heaptoast.h"
#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/pg_class.h"
#include "pgstat.h"
#include "storage/bufmgr.h"
#include "utils/memutils.h"

#include "page/fill.h"
#include "page/run.h"
#include "page/tuple.h"
#include "page/writer.h"
#include "base/run_log.h"
#include "base/settings.h"

struct GePageWriter
{
	Relation relation;
	GeTupleForm *form;
	GePageRun *run;
	uint64 n_rows;
	int toast_options;			 /* of insertion into the TOAST table */
	MemoryContext toast_context; /* lives for one row */

	Page page;			  /* being filled; NULL: the next row starts one */
	BlockNumber block;	  /* its number */
	GePageRoom room;	  /* what is left of it */
	ItemPointerData self; /* the place of the last row */
};

bool
ge_page_writer_possible(Relation relation)
{
	return ge_setting_page_writer == GE_PAGE_WRITER_AUTO &&
		   relation->rd_rel->relkind == RELKIND_RELATION &&
		   relation->rd_tableam == GetHeapamTableAmRoutine() &&
		   relation->rd_rel->relpersistence != RELPERSISTENCE_TEMP &&
		   relation->rd_createSubid == GetCurrentSubTransactionId() &&
		   !RelationIsLogicallyLogged(relation) &&
		   ge_tuple_form_possible(RelationGetDescr(relation)) &&
		   RelationGetNumberOfBlocks(relation) == 0;
}

GePageWriter *
ge_page_writer_begin(Relation relation, bool frozen)
{
	GePageWriter *writer = palloc0(sizeof(GePageWriter));

	writer->relation = relation;
	writer->form =
		ge_tuple_form_create(RelationGetDescr(relation), GetCurrentTransactionId(),
							 GetCurrentCommandId(true), frozen);
	writer->toast_options = HEAP_INSERT_SKIP_FSM | (frozen ? HEAP_INSERT_FROZEN : 0);
	writer->run = ge_page_run_begin(relation);
	writer->room.reserved =
		RelationGetTargetPageFreeSpace(relation, HEAP_DEFAULT_FILLFACTOR);
	writer->toast_context = AllocSetContextCreate(
		CurrentMemoryContext, "gpu_encode output TOAST", ALLOCSET_DEFAULT_SIZES);
	return writer;
}

/* Make room for a tuple and point self at it.  Returns its place, zeroed. */
static inline char *
add_item(GePageWriter *writer, Size size)
{
	OffsetNumber offset;

	if (writer->page == NULL || !ge_page_room_has(&writer->room, MAXALIGN(size)))
	{
		writer->page = ge_page_run_next(writer->run, &writer->block);
		ge_page_room_empty(&writer->room);
	}
	ge_page_room_take(&writer->room, MAXALIGN(size), 1);
	offset = writer->room.n_items;
	ItemPointerSet(&writer->self, writer->block, offset);
	writer->n_rows++;
	return ge_page_add_item(writer->page, offset, size);
}

static void
check_fits(HeapTuple tuple)
{
	if (MAXALIGN(tuple->t_len) > MaxHeapTupleSize)
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("row is too big for a table page"),
				errdetail("It needs %zu bytes after long values were moved out of it; "
						  "at most %zu are possible.",
						  (Size) tuple->t_len, (Size) MaxHeapTupleSize));
}

static void
put_wide_row(GePageWriter *writer, const Datum *values, const bool *is_null)
{
	MemoryContext caller_context = MemoryContextSwitchTo(writer->toast_context);
	HeapTuple tuple =
		heap_form_tuple(RelationGetDescr(writer->relation), unconstify(Datum *, values),
						unconstify(bool *, is_null));
	char *place;

	tuple =
		heap_toast_insert_or_update(writer->relation, tuple, NULL, writer->toast_options);
	check_fits(tuple);
	place = add_item(writer, tuple->t_len);
	ge_tuple_copy(writer->form, tuple, &writer->self, place);
	MemoryContextSwitchTo(caller_context);
	MemoryContextReset(writer->toast_context);
}

void
ge_page_writer_put(GePageWriter *writer, const Datum *values, const bool *is_null)
{
	bool with_nulls;
	Size size = ge_tuple_size(writer->form, values, is_null, &with_nulls);
	char *place;

	if (size > TOAST_TUPLE_THRESHOLD)
	{
		put_wide_row(writer, values, is_null);
		return;
	}
	place = add_item(writer, size);
	ge_tuple_write(writer->form, values, is_null, with_nulls, &writer->self, place);
}

const GeTupleForm *
ge_page_writer_form(const GePageWriter *writer)
{
	return writer->form;
}

Size
ge_page_writer_reserved(const GePageWriter *writer)
{
	return writer->room.reserved;
}

void
ge_page_writer_append(GePageWriter *writer, char *pages, BlockNumber n_pages,
					  uint64 n_rows)
{
	ge_page_run_append(writer->run, pages, n_pages);
	writer->n_rows += n_rows;
	ge_stage_rows(writer->n_rows);
	writer->page = NULL;
}

void
ge_page_writer_end(GePageWriter *writer)
{
	ge_page_run_end(writer->run);
	pgstat_count_heap_insert(writer->relation, writer->n_rows);
	MemoryContextDelete(writer->toast_context);
	pfree(writer->form);
	pfree(writer);
}
