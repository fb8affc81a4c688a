/*
 * seen.h: whether a snapshot sees what a locked relation holds.
 *
 * A call may wait for the lock of a relation, while its snapshot is older: the snapshot of
 * the statement, or of the transaction.  What others did to the relation before the lock was
 * granted is then known to the catalog, but the snapshot does not see the rows that came
 * with it.
 */
#ifndef GE_BASE_SEEN_H
#define GE_BASE_SEEN_H

#include "postgres.h"
#include "utils/snapshot.h"

/*
 * Refuse (40001) a relation that was created, rewritten or redefined after the snapshot was
 * taken: its file, the names of its columns, the query of a view, its partitions or children.
 * The caller holds a lock.
 */
extern void ge_relation_check_seen(Oid relid, Snapshot snapshot);
/* Refuse (40001) one that was created; its rewritten rows are frozen, as an encoder's. */
extern void ge_relation_check_known(Oid relid, Snapshot snapshot);

/* Whether the relation, or its schema, has another name than the snapshot sees. */
extern bool ge_relation_was_renamed(Oid relid, Snapshot snapshot);
/*
 * Refuse (40001) a relation whose rows are others than the snapshot sees.  Reads all of its
 * blocks; what has no blocks is not looked at.
 */
extern void ge_relation_check_rows_seen(Oid relid, Snapshot snapshot);

#endif /* GE_BASE_SEEN_H */
