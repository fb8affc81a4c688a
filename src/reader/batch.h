/*
 * batch.h: rows in, columnar batches out.
 *
 * A builder takes slots row by row and keeps, for each column to read, what a GeBatch
 * points to (reader.h).  It converts only the columns to read and has a slot deformed
 * only up to the last of them.  One builder makes many batches, one after the other.
 */
#ifndef GE_READER_BATCH_H
#define GE_READER_BATCH_H

#include "postgres.h"
#include "executor/tuptable.h"

#include "reader/reader.h"

/* A batch holds at most so many rows, ... */
#define GE_BATCH_ROWS 65536
/* ... and is full once its arrays hold so many bytes; one row alone may hold more. */
#define GE_BATCH_BYTES (1024 * 1024)

/*
 * Every array of a batch may be read up to the next multiple of this many bytes, so that
 * it can be sent together with its padding.
 */
#define GE_BATCH_ALIGN 8

typedef struct GeBatchBuilder GeBatchBuilder;

/*
 * In CurrentMemoryContext. desc is that of the source; columns must outlive the builder.
 */
extern GeBatchBuilder *
ge_batch_builder_create(TupleDesc desc, const GeReadColumn *columns, int n_columns);

/* The position of each column in the slots to come. */
extern void ge_batch_set_positions(GeBatchBuilder *builder, const AttrNumber *positions);

/* The rows to come are those of this chunk. */
extern void ge_batch_start_chunk(GeBatchBuilder *builder, uint32 chunk);

/*
 * Append a row.  False when there is no room for it: take the batch, then add the row
 * again.
 */
extern bool ge_batch_add(GeBatchBuilder *builder, TupleTableSlot *slot);

/* The rows added since the last batch, perhaps none; valid until the next add. */
extern const GeBatch *ge_batch_take(GeBatchBuilder *builder);

#endif /* GE_READER_BATCH_H */
