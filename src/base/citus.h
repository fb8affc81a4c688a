/*
 * citus.h: tables of Citus: how their rows are distributed, and how a table becomes one.
 *
 * Citus keeps the rows of its tables in shards, most of them on other servers.  To the
 * catalog such a table is a plain one, and empty.
 */
#ifndef GE_BASE_CITUS_H
#define GE_BASE_CITUS_H

#include "postgres.h"

/* Whether Citus keeps the rows of a relation elsewhere: its own storage is empty. */
extern bool ge_relation_is_distributed(Oid relid);

typedef enum GeDistributionKind
{
	/* no table of Citus, or one whose rows are here, or this server is a worker of Citus */
	GE_NOT_SPREAD,
	GE_SPREAD_BY_COLUMN,
	GE_SPREAD_AS_ONE, /* all rows are on one server */
	GE_REFERENCE,	  /* every server has all rows */
	GE_SPREAD_OTHERWISE
} GeDistributionKind;

typedef struct GeDistribution
{
	GeDistributionKind kind;
	const char *column; /* GE_SPREAD_BY_COLUMN: its value decides where a row is */
} GeDistribution;

/* In CurrentMemoryContext. */
extern GeDistribution ge_distribution_of(Oid relid);

/*
 * Make a table of this server one of Citus, with the caller's rights.  It has to be closed,
 * and must be no temporary one.
 */
extern void ge_make_reference(Oid relid);
/* Its rows will be where the rows of `like` with equal values in its column are. */
extern void ge_distribute_like(Oid relid, Oid like);

/*
 * Give every server the rows of a query, to the end of the transaction, under a name of
 * letters, digits and underscores.  ge_broadcast_rows() is what stands for them in FROM; a
 * list of their columns has to follow.
 */
extern void ge_broadcast(const char *name, const char *query);
extern char *ge_broadcast_rows(const char *name);

#endif /* GE_BASE_CITUS_H */
