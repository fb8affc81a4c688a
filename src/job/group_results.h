/*
 * group_results.h: the groups of a source that is grouped where its rows lie, with their
 * codes and encodings.
 */
#ifndef GE_JOB_GROUP_RESULTS_H
#define GE_JOB_GROUP_RESULTS_H

#include "postgres.h"

#include "job/job.h"

/*
 * A column with its encoding, or a combination: what groups are of, if the source is
 * grouped where its rows lie.
 */
typedef struct GeGroupPart
{
	int column;	  /* -1: a combination */
	int encoding; /* of the plan; -1: the column has none */
	int n_texts;
	const int *columns; /* n_texts: what is grouped by */
	bool has_fold;		/* and by fold */
} GeGroupPart;

/* The parts of a source that have results: codes, encodings, or both. */
extern GeGroupPart *ge_plan_group_results(const GePlan *plan, int source,
										  bool out_of_fold, int *n);

/* One group: where its results stand in their columns. */
typedef struct GeGroupResult
{
	int part; /* of ge_plan_group_results() */
	int32 fold;
	char *const *texts; /* canonical ones; NULL: missing */
	uint32 at;
	const GeResultColumn *code;		 /* NULL: none */
	const GeResultColumn *encodings; /* of the encoding, in the order of its outputs */
} GeGroupResult;

typedef void (*GeGroupConsumer)(const GeGroupResult *group, void *arg);

/* Every group of a source; counted are the rows. */
extern GeResultCounts ge_job_group_results(GeRun *run, int source, bool out_of_fold,
										   GeGroupConsumer consume, void *arg);

#endif /* GE_JOB_GROUP_RESULTS_H */
