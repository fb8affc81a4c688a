/*
 * copy_feed.c: feeds COPY FROM with bytes, and takes its rows.
 *
 * COPY's callback for bytes has no argument, so the feed of the innermost COPY is a
 * static variable.  A trigger of the table may start another COPY, which restores the
 * first feed at its end.
 */
#include "postgres.h"
#include "access/xact.h"
#include "commands/copy.h"
#include "miscadmin.h"
#include "parser/parse_relation.h"
#include "tcop/utility.h"
#include "utils/rls.h"

#include "base/compat.h"
#include "base/compat_copy.h"
#include "files/copy_feed.h"

typedef struct Feed
{
	GeCopyRead read;
	void *arg;
	ErrorContextCallback *context; /* of the call: without COPY's */
	struct Feed *outer;
} Feed;

static Feed *current_feed = NULL;

/* copy_data_source_cb: at least min_length bytes, fewer only at the end. */
static int
give_bytes(void *buffer, int min_length, int max_length)
{
	Feed *feed = current_feed;
	ErrorContextCallback *of_copy = error_context_stack;
	int given = 0;

	error_context_stack = feed->context;
	while (given < min_length)
	{
		size_t more =
			feed->read(feed->arg, (char *) buffer + given, (size_t) max_length - given);

		if (more == 0)
			break;
		given += (int) more;
	}
	error_context_stack = of_copy;
	return given;
}

/* The checks of DoCopy().  The relation's entry stays in the result. */
static ParseState *
check_rights(Relation relation, List *columns)
{
	ParseState *pstate = make_parsestate(NULL);
	Bitmapset *inserted = NULL;
	ListCell *cell;

	foreach (cell, CopyGetAttnums(RelationGetDescr(relation), relation, columns))
		inserted = bms_add_member(inserted,
								  lfirst_int(cell) - FirstLowInvalidHeapAttributeNumber);
	ge_check_insert_rights(pstate, relation, inserted);
	if (check_enable_rls(RelationGetRelid(relation), InvalidOid, false) == RLS_ENABLED)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("cannot import into \"%s\": it has row-level security",
					   RelationGetRelationName(relation)),
				errhint("Import into another table, and use INSERT."));
	if (XactReadOnly && !relation->rd_islocaltemp)
		PreventCommandIfReadOnly("s3_import");
	return pstate;
}

void
ge_copy_check_rights(Relation relation, List *columns)
{
	free_parsestate(check_rights(relation, columns));
}

/* Rows go to the relation, or to put. */
typedef struct Target
{
	Relation relation;
	List *columns;
	List *options;
	GeCopyPut put; /* NULL: into the relation */
	void *put_arg;
} Target;

static void
report_skipped(uint64 n)
{
	if (n > 0)
		ereport(NOTICE, errmsg(UINT64_FORMAT " rows were skipped, because a value does "
											 "not fit its type",
							   n));
}

/* Take dropped columns out of a row. */
static void
squeeze_row(TupleDesc desc, Datum *values, bool *is_null)
{
	int n = 0;

	for (int i = 0; i < desc->natts; i++)
		if (!TupleDescAttr(desc, i)->attisdropped)
		{
			values[n] = values[i];
			is_null[n++] = is_null[i];
		}
}

/* As CopyFrom() reads rows. */
static uint64
put_rows(const Target *target, CopyFromState copy)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext row_context =
		AllocSetContextCreate(caller, "gpu_encode COPY row", ALLOCSET_DEFAULT_SIZES);
	int n_columns = RelationGetNumberOfAttributes(target->relation);
	Datum *values = palloc_array(Datum, n_columns + 1);
	bool *is_null = palloc_array(bool, n_columns + 1);
	ErrorContextCallback context = {
		.callback = CopyFromErrorCallback, .arg = copy, .previous = error_context_stack};
	uint64 n_rows = 0, n_skipped = 0;

	error_context_stack = &context;
	MemoryContextSwitchTo(row_context);
	while (NextCopyFrom(copy, NULL, values, is_null))
	{
		CHECK_FOR_INTERRUPTS();
		if (ge_copy_skips_row(copy))
			n_skipped++;
		else
		{
			squeeze_row(RelationGetDescr(target->relation), values, is_null);
			target->put(target->put_arg, values, is_null);
			n_rows++;
		}
		MemoryContextReset(row_context);
	}
	MemoryContextSwitchTo(caller);
	error_context_stack = context.previous;
	report_skipped(n_skipped);
	MemoryContextDelete(row_context);
	return n_rows;
}

static uint64
run_copy(const Target *target)
{
	ParseState *pstate = check_rights(target->relation, target->columns);
	CopyFromState copy = BeginCopyFrom(pstate, target->relation, NULL, NULL, false,
									   give_bytes, target->columns, target->options);
	uint64 n_rows = target->put == NULL ? CopyFrom(copy) : put_rows(target, copy);

	EndCopyFrom(copy);
	free_parsestate(pstate);
	return n_rows;
}

static uint64
feed_copy(const Target *target, GeCopyRead read, void *arg)
{
	Feed feed = {
		.read = read, .arg = arg, .context = error_context_stack, .outer = current_feed};
	uint64 n_rows = 0;

	current_feed = &feed;
	PG_TRY();
	{
		n_rows = run_copy(target);
	}
	PG_FINALLY();
	{
		current_feed = feed.outer;
	}
	PG_END_TRY();
	return n_rows;
}

uint64
ge_copy_feed(Relation relation, List *columns, List *options, GeCopyRead read, void *arg)
{
	Target target = {.relation = relation, .columns = columns, .options = options};

	return feed_copy(&target, read, arg);
}

uint64
ge_copy_rows(Relation relation, List *options, GeCopyRead read, void *arg, GeCopyPut put,
			 void *put_arg)
{
	Target target = {
		.relation = relation, .options = options, .put = put, .put_arg = put_arg};

	return feed_copy(&target, read, arg);
}
