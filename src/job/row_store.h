/*
 * row_store.h: what the first reading of a source leaves in memory.
 *
 * For every row: one id for each id column, targets and a weight if there are any, and
 * values of columns kept for the output.  Rows are stored in segments, one for each batch; ids take
 * 1, 2 or 4 bytes by the largest in their segment.  Segments arrive in any order;
 * ge_row_store_finish() puts them in ordinal order.
 */
#ifndef GE_JOB_ROW_STORE_H
#define GE_JOB_ROW_STORE_H

#include "postgres.h"

#include "reader/reader.h"

typedef struct GeIds
{
	void *data;	  /* of the segment's n_rows ids; NULL: the column is not read here */
	uint32 width; /* bytes of one: 1, 2 or 4 */
} GeIds;

/* The values of a column that is passed through, kept for the output; none if ids stand for
 * them. */
typedef struct GeKept
{
	void *values;
	uint32 width;	/* bytes of one: 1, 2, 4 or 8, as its type has */
	uint8 *is_null; /* NULL: none is */
} GeKept;

/* The values of a target: at most one of the first two. */
typedef struct GeTargetValues
{
	int64 *ints;
	double *floats;
	uint8 *is_null; /* NULL: none is null */
} GeTargetValues;

typedef struct GeSegment
{
	uint32 chunk;
	uint32 first_row;
	uint32 n_rows;
	uint64 first_ordinal;	 /* after finish */
	GeIds *ids;				 /* one for each id column */
	GeTargetValues *targets; /* one for each target */
	double *weights;		 /* NULL: rows have none */
	GeKept *kept;			 /* one for each kept column of the source */
} GeSegment;

typedef struct GeRowStore
{
	MemoryContext context;
	int n_id_columns;
	int n_targets;
	uint64 n_rows;
	int n_segments;
	int max_segments;
	int n_narrowed; /* segments below this one hold narrow ids */
	GeSegment *segments;
} GeRowStore;

/* In CurrentMemoryContext, where all of it stays. */
extern GeRowStore *ge_row_store_create(int n_id_columns, int n_targets);

/* A segment for a batch: no ids yet; valid until the next append. */
extern GeSegment *ge_row_store_append(GeRowStore *store, const GeBatch *batch);
/* Room for the ids of one column of a segment, 4 bytes each; earlier ids are freed. */
extern uint32 *ge_segment_ids_create(GeRowStore *store, GeSegment *segment, int column);

/* All ids written so far are final: store them in as few bytes as they need. */
extern void ge_row_store_narrow(GeRowStore *store);
/* Narrow one column that was written after the reading. */
extern void ge_row_store_narrow_column(GeRowStore *store, int column);
/* Free one column of every segment. */
extern void ge_row_store_drop(GeRowStore *store, int column);

/* No more segments come: put them in order and number the rows. */
extern void ge_row_store_finish(GeRowStore *store);

/* The ordinal of the first row with an id, after finish; PG_UINT64_MAX: none has it. */
extern uint64 ge_row_store_first(const GeRowStore *store, int column, uint32 id);

static inline uint32
ge_ids_get(const GeIds *ids, uint32 i)
{
	if (ids->width == 1)
		return ((const uint8 *) ids->data)[i];
	if (ids->width == 2)
		return ((const uint16 *) ids->data)[i];
	return ((const uint32 *) ids->data)[i];
}

#endif /* GE_JOB_ROW_STORE_H */
