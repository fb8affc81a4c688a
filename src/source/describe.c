/*
 * describe.c: questions about a source, for its readers.
 */
#include "postgres.h"
#include "utils/memutils.h"

#include "source/internal.h"

Relation
ge_source_relation(const GeSource *source)
{
	return source->relation;
}

TupleDesc
ge_source_desc(const GeSource *source)
{
	return source->given != NULL ? ge_given_desc(source)
								 : RelationGetDescr(source->relation);
}

const char *
ge_source_name(const GeSource *source)
{
	return source->name;
}

void
ge_source_rename(GeSource *source, const char *name, const char *const *columns,
				 GeNames all)
{
	source->name = MemoryContextStrdup(source->context, name);
	source->column_names = columns;
	source->all_names = all;
}

AttrNumber
ge_source_column(const GeSource *source, const char *name)
{
	for (int attno = 1; attno <= ge_source_desc(source)->natts; attno++)
	{
		const char *found = ge_source_column_name(source, attno);

		if (found != NULL && strcmp(found, name) == 0)
			return attno;
	}
	return InvalidAttrNumber;
}

const char *
ge_source_column_name(const GeSource *source, AttrNumber attno)
{
	Form_pg_attribute attribute = TupleDescAttr(ge_source_desc(source), attno - 1);

	if (source->column_names != NULL)
		return source->column_names[attno - 1];
	return attribute->attisdropped ? NULL : NameStr(attribute->attname);
}

GeSourceMode
ge_source_mode(const GeSource *source)
{
	return source->mode;
}

bool
ge_source_has_row_ids(const GeSource *source)
{
	return source->has_row_ids;
}

bool
ge_source_is_ordered(const GeSource *source)
{
	return source->is_ordered;
}

GeHeapRows
ge_source_heap_rows(const GeSource *source)
{
	return (GeHeapRows){.snapshot = source->snapshot,
						.leaves = source->leaves,
						.n_leaves = source->n_leaves};
}

AttrNumber
ge_query_position(const GeSource *source, AttrNumber attno)
{
	if (source->given != NULL)
		return attno;
	return bms_member_index(source->used, attno) + 1;
}

AttrNumber
ge_query_tid_position(const GeSource *source)
{
	return bms_num_members(source->used) + 1;
}
