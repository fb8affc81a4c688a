/*
 * ties.h: rows that tie on all order_by columns are an error.
 */
#ifndef GE_SOURCE_TIES_H
#define GE_SOURCE_TIES_H

#include "executor/tuptable.h"

#include "source/source.h"

typedef struct GeTieCheck GeTieCheck;

/*
 * For the rows of the source's query, which come in the order of order_by; of given rows, for
 * the values of order_by alone.
 */
extern GeTieCheck *ge_tie_check_create(const GeSource *source);
/* Compare with the row before: 22023, naming columns and values, when they tie. */
extern void ge_tie_check(GeTieCheck *check, TupleTableSlot *slot);
extern void ge_tie_check_free(GeTieCheck *check);

#endif /* GE_SOURCE_TIES_H */
