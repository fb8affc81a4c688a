/*
 * relation.h: the relations that a call is given.
 *
 * A call gets relations by OID, but the user named them.  Their names are read before the
 * first lock, because others may drop, rename or reload a relation while the call waits
 * for a lock.  Once a relation is locked, only its OID is used.
 */
#ifndef GE_BASE_RELATION_H
#define GE_BASE_RELATION_H

#include "postgres.h"
#include "storage/lockdefs.h"

/* A relation as the user gave it, before any lock. */
typedef struct GeRelationRef
{
	Oid relid;
	char *schema;
	char *name;
	Oid owner;
	char kind;
} GeRelationRef;

/*
 * Quoted and qualified name of a relation, for messages and SQL, in CurrentMemoryContext.
 * Error: 42P01 without a relation of that OID.
 */
extern char *ge_relation_name(Oid relid);

/* In CurrentMemoryContext.  Error: 42P01 without a relation of that OID. */
extern GeRelationRef ge_relation_ref(Oid relid);

/*
 * Lock the given relation to the end of the transaction, and return its OID.  If its name
 * means another relation when the lock is granted, the other relation is locked instead;
 * it must have the same owner and be of the same kind.  Errors: 42P01 if the relation was
 * dropped, 55000 if the name means something else by now.
 */
extern Oid ge_relation_lock(const GeRelationRef *given, LOCKMODE mode);

/*
 * Whether the rows of one are rows of the other: they are one relation, or one is a partition
 * or child of the other.  Either may be gone.
 */
extern bool ge_relations_share_rows(Oid a, Oid b);

/* How often this session heard of a change to any relation: equal counts, no change. */
extern uint64 ge_relation_changes(void);

#endif /* GE_BASE_RELATION_H */
