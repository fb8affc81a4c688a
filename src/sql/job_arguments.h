/*
 * job_arguments.h: the options of a job, read from the arguments of a call.
 */
#ifndef GE_SQL_JOB_ARGUMENTS_H
#define GE_SQL_JOB_ARGUMENTS_H

#include "postgres.h"

#include "base/arguments.h"
#include "job/options.h"
#include "job/plan.h"

/*
 * Read the options for which the called function has parameters; the others stay
 * unchanged.  A call reads its other arguments (names of sources and outputs) itself.
 */
extern void ge_job_options_read(GeArguments *args, GeJobOptions *options);

/* For calls that answer one class: with target_type multiclass pos_label names it. */
extern void ge_job_options_of_class(GeJobOptions *options);

/* The statistics of these names; `name` is the argument's, for messages. */
extern GeStats ge_stats_of_names(const char *name, const GeNames *names);

/* A source, and after it those of argument label_sources; n is their number. */
extern GeSourceSpec *ge_label_sources(GeArguments *args, GeSourceSpec first, int *n);

/*
 * The sources of a preprocess: train, and validation if there is one; the caller fills in
 * the relations.  Returns their number.
 */
extern int ge_preprocess_sources(GeSourceSpec *sources, bool has_validation,
								 bool has_validation_output, bool labels_from_validation);

#endif /* GE_SQL_JOB_ARGUMENTS_H */
