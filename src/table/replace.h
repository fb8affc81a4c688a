/*
 * replace.h: a table that is there, whose heap a call replaces.
 *
 * Private to table/.  The table and its new heap are held open to the swap, so that no
 * function that the call runs can alter them meanwhile, such as that of an index that the
 * swap of another table builds.
 */
#ifndef GE_TABLE_REPLACE_H
#define GE_TABLE_REPLACE_H

#include "postgres.h"
#include "access/tupdesc.h"
#include "utils/rel.h"

#include "table/table.h"

struct GeReplacement
{
	Relation relation;
	bool is_given;	  /* as GeOutputName has it */
	TupleDesc shape;  /* what the columns must be, from ge_replacement_check() on */
	char persistence; /* of the new heap, likewise */
	Relation heap;	  /* from ge_replacement_make_heap() to the swap: held open, too */
	uint64 n_rows;	  /* of the new heap, when it is filled */
};

/* Fix shape and persistence, and refuse (55000) what stands in the way. */
extern void ge_replacement_check(GeReplacement *replacement, TupleDesc shape,
								 bool logged);

/* Create the new heap, empty.  It is open; close it with NoLock. */
extern Relation ge_replacement_make_heap(GeReplacement *replacement);

/* Names of indexes that call a function, or have a type, which is not PostgreSQL's own. */
extern List *ge_indexes_with_user_code(Relation relation);

/* Refuse (55000) a table with anything that the new rows would pass by (obstacles.c). */
extern void ge_obstacles_refuse(const GeReplacement *replacement);

#endif /* GE_TABLE_REPLACE_H */
