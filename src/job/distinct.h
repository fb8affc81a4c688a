/*
 * distinct.h: the distinct values of a target with few of them, in sorted order.
 */
#ifndef GE_JOB_DISTINCT_H
#define GE_JOB_DISTINCT_H

#include "postgres.h"

#include "base/names.h"
#include "category/category.h"
#include "job/options.h"

typedef struct GeDistinct GeDistinct;

/* None yet, in CurrentMemoryContext. */
extern GeDistinct *ge_distinct_create(GeCategoryType *category);
/*
 * A value was met: its key, with bytes if it is of that kind; they are copied.  False: it
 * would be one more than GE_MAX_CLASSES.
 */
extern bool ge_distinct_meet(GeDistinct *distinct, int64 value, const uint8 *bytes,
							 uint32 length);
/* The canonical texts of all values that were met, in the order of label codes. */
extern GeNames ge_distinct_texts(const GeDistinct *distinct);

#endif /* GE_JOB_DISTINCT_H */
