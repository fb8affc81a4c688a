/*
 * copy.c: feeds COPY FROM with the rows of a CSV file.
 *
 * Rows go to COPY as the file has them, line for line, so that the lines which COPY names
 * are the file's; only a field that is NULL by more than COPY knows of becomes COPY's own
 * null text.
 */
#include "postgres.h"
#include "commands/copy.h"
#include "commands/defrem.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "nodes/makefuncs.h"
#include "parser/parse_node.h"
#include "parser/parse_relation.h"
#include "utils/rls.h"

#include "files/copy.h"

typedef struct Feed
{
	GeCsvFile *file;
	const GeCsvColumns *columns;
	bool check_values;
	StringInfoData ready; /* bytes for COPY, from ready.cursor on */
	struct Feed *outer;
} Feed;

/* COPY's callback has no argument: the feed of the innermost COPY. */
static Feed *current_feed = NULL;

/* ------------------------------------------------------------------- what COPY is given */

static void
append_raw(Feed *feed, const GeCsvField *field)
{
	appendBinaryStringInfo(&feed->ready, field->raw, field->raw_length);
}

static void
append_header(Feed *feed)
{
	const GeCsvRecord *header = &feed->file->first;

	for (int i = 0; i < header->n_fields; i++)
	{
		if (i > 0)
			appendStringInfoCharMacro(&feed->ready, feed->file->format.delimiter);
		append_raw(feed, &header->fields[i]);
	}
	appendBinaryStringInfo(&feed->ready, header->line_end, header->line_end_length);
}

/* Up to version 17 COPY takes a line of \. alone for the end of the data. */
static bool
is_end_marker(const GeCsvRecord *record)
{
	const GeCsvField *field = &record->fields[0];

	return record->n_fields == 1 && field->raw_length == 2 &&
		   memcmp(field->raw, "\\.", 2) == 0;
}

static void
append_record(Feed *feed, const GeCsvRecord *record)
{
	const GeCsvFormat *format = &feed->file->format;
	const GeCsvColumns *columns = feed->columns;
	bool in_quotes = is_end_marker(record);

	for (int i = 0; i < record->n_fields; i++)
	{
		const GeCsvField *field = &record->fields[i];

		if (i > 0)
			appendStringInfoCharMacro(&feed->ready, format->delimiter);
		if (ge_csv_is_null(columns, &columns->columns[i], field))
		{
			appendBinaryStringInfo(&feed->ready, columns->null_text,
								   columns->null_length);
			continue;
		}
		if (feed->check_values)
			ge_csv_check_value(&columns->columns[i], field, record->line,
							   feed->file->uri);
		if (in_quotes)
			appendStringInfoChar(&feed->ready, format->quote);
		append_raw(feed, field);
		if (in_quotes)
			appendStringInfoChar(&feed->ready, format->quote);
	}
	appendBinaryStringInfo(&feed->ready, record->line_end, record->line_end_length);
}

/* copy_data_source_cb */
static int
give_bytes(void *buffer, int min_length, int max_length)
{
	Feed *feed = current_feed;
	int n;

	while (feed->ready.len - feed->ready.cursor < max_length)
	{
		GeCsvRecord record;

		if (feed->ready.cursor > 0)
		{
			feed->ready.len -= feed->ready.cursor;
			memmove(feed->ready.data, feed->ready.data + feed->ready.cursor,
					feed->ready.len);
			feed->ready.cursor = 0;
		}
		if (!ge_csv_file_next(feed->file, &record))
			break;
		append_record(feed, &record);
	}
	n = Min(max_length, feed->ready.len - feed->ready.cursor);
	memcpy(buffer, feed->ready.data + feed->ready.cursor, n);
	feed->ready.cursor += n;
	return n;
}

/* ----------------------------------------------------------------------------- COPY */

/* The caller's options, but for what was done already. */
static List *
copy_options(const GeCsvOptions *options)
{
	List *list = NIL;
	ListCell *cell;

	foreach (cell, options->list)
	{
		DefElem *option = lfirst_node(DefElem, cell);

		if (strcmp(option->defname, "encoding") != 0 &&
			strcmp(option->defname, "header") != 0)
			list = lappend(list, option);
	}
	list = lappend(
		list, makeDefElem("encoding",
						  (Node *) makeString(pstrdup(GetDatabaseEncodingName())), -1));
	return lappend(list, makeDefElem("header",
									 (Node *) makeString(
										 pstrdup(options->has_header ? "true" : "false")),
									 -1));
}

static void
name_file(void *uri)
{
	errcontext("file %s", (const char *) uri);
}

/* BeginCopyFrom() leaves to its caller what DoCopy() checks. */
static ParseState *
parse_state(Relation relation)
{
	ParseState *state = make_parsestate(NULL);

	if (check_enable_rls(RelationGetRelid(relation), InvalidOid, false) == RLS_ENABLED)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("COPY FROM not supported with row-level security")));
	(void) addRangeTableEntryForRelation(state, relation, RowExclusiveLock, NULL, false,
										 false);
	return state;
}

static uint64
run_copy(Relation relation, const GeCsvOptions *options)
{
	ParseState *state = parse_state(relation);
	CopyFromState copy = BeginCopyFrom(state, relation, NULL, NULL, false, give_bytes,
									   NIL, copy_options(options));
	uint64 n_rows = CopyFrom(copy);

	EndCopyFrom(copy);
	free_parsestate(state);
	return n_rows;
}

uint64
ge_csv_copy(Relation relation, GeCsvFile *file, const GeCsvColumns *columns,
			const GeCsvOptions *options, bool check_values)
{
	Feed feed = {.file = file,
				 .columns = columns,
				 .check_values = check_values,
				 .outer = current_feed};
	ErrorContextCallback context = {.callback = name_file,
									.arg = unconstify(char *, file->uri)};
	uint64 n_rows = 0;

	initStringInfo(&feed.ready);
	if (file->has_header)
		append_header(&feed);
	context.previous = error_context_stack;
	error_context_stack = &context;
	current_feed = &feed;
	PG_TRY();
	{
		n_rows = run_copy(relation, options);
	}
	PG_FINALLY();
	{
		current_feed = feed.outer;
	}
	PG_END_TRY();
	error_context_stack = context.previous;
	pfree(feed.ready.data);
	return n_rows;
}
