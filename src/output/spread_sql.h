/*
 * spread_sql.h: the INSERT that fills an output on the servers that hold the source.
 */
#ifndef GE_OUTPUT_SPREAD_SQL_H
#define GE_OUTPUT_SPREAD_SQL_H

#include "postgres.h"

#include "job/job.h"
#include "output/layout.h"

/* The columns of the results of groups: a row for each group of a part. */
enum
{
	GE_SPREAD_PART, /* of ge_plan_group_results(), job/group_results.h */
	GE_SPREAD_FOLD, /* NULL: the part has none */
	GE_SPREAD_KEYS, /* canonical texts, NULL in place of missing ones */
	GE_SPREAD_CODE,
	GE_SPREAD_ENCODINGS,
	GE_SPREAD_N_COLUMNS
};

/* An output to be filled. */
typedef struct GeSpread
{
	const GeOutputLayout *layout;
	const GePlan *plan;
	int source;
	bool out_of_fold;
	Oid relid;
	const char *results; /* in FROM: the results of all groups, AS g */
} GeSpread;

/*
 * INSERT INTO the output SELECT ... FROM the source, joined with the results of its parts.  A
 * row of a group without results raises ERRCODE_DIVISION_BY_ZERO.
 */
extern char *ge_spread_insert(const GeSpread *spread);

#endif /* GE_OUTPUT_SPREAD_SQL_H */
