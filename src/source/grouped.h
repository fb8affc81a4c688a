/*
 * grouped.h: the rows of a source, grouped where they lie.
 *
 * Rows of a source that lie on other servers need not travel: a statement groups them
 * there, with aggregates that merge.  It is a UNION ALL over the relations that hold the
 * rows, so that foreign servers work at the same time, and each relation gives its own
 * groups: a group may come several times.  A foreign server that cannot compute an
 * expression sends its rows, which are grouped here, with the same result.
 */
#ifndef GE_SOURCE_GROUPED_H
#define GE_SOURCE_GROUPED_H

#include "postgres.h"
#include "executor/tuptable.h"

#include "source/source.h"

/*
 * Whether rows lie on other servers that may group them: in foreign tables of a wrapper
 * that can, in tables of Citus, in partitions that are such.
 */
extern bool ge_source_is_remote(const GeSource *source);
/*
 * Why the rows of a remote source cannot be grouped where they lie, as a sentence for a
 * DETAIL; NULL: they can.  After ge_source_prepare().
 */
extern const char *ge_source_ungroupable(const GeSource *source);

/* SQL expressions over the columns that ge_group_column() names. */
typedef struct GeGrouping
{
	int n_keys;
	char **keys;
	int n_values; /* aggregates */
	char **values;
	int most; /* groups of a relation that are wanted; 0: all */
} GeGrouping;

/* A column of the source in an expression. */
extern char *ge_group_column(const GeSource *source, AttrNumber attno);

typedef struct GeGrouped GeGrouped;

/* Plan the statement, with the caller's rights.  After ge_source_prepare(). */
extern GeGrouped *ge_grouped_create(GeSource *source, const GeGrouping *grouping);
/* The foreign tables whose rows the plan groups here, by OID: of all n_foreign ones. */
extern List *ge_grouped_pulled(const GeGrouped *grouped, int *n_foreign);
/*
 * Run the statement, once, and go to the first group; the next group or NULL: keys, then
 * values.  After ge_source_begin().
 */
extern void ge_grouped_rewind(GeGrouped *grouped);
extern TupleTableSlot *ge_grouped_next(GeGrouped *grouped);
/* The groups that it gave, and whether a relation has more than are wanted. */
extern uint64 ge_grouped_count(const GeGrouped *grouped);
extern bool ge_grouped_is_cut(const GeGrouped *grouped);
/* Before ge_source_close(). */
extern void ge_grouped_close(GeGrouped *grouped);

#endif /* GE_SOURCE_GROUPED_H */
