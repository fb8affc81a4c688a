/*
 * copy_feed.c: feeds COPY FROM with bytes.
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

static uint64
run_copy(Relation relation, List *columns, List *options)
{
	ParseState *pstate = check_rights(relation, columns);
	CopyFromState copy =
		BeginCopyFrom(pstate, relation, NULL, NULL, false, give_bytes, columns, options);
	uint64 n_rows = CopyFrom(copy);

	EndCopyFrom(copy);
	free_parsestate(pstate);
	return n_rows;
}

uint64
ge_copy_feed(Relation relation, List *columns, List *options, GeCopyRead read, void *arg)
{
	Feed feed = {
		.read = read, .arg = arg, .context = error_context_stack, .outer = current_feed};
	uint64 n_rows = 0;

	current_feed = &feed;
	PG_TRY();
	{
		n_rows = run_copy(relation, columns, options);
	}
	PG_FINALLY();
	{
		current_feed = feed.outer;
	}
	PG_END_TRY();
	return n_rows;
}
