/*
 * job_arguments.h: the options of a job, read from the arguments of a call.
 */
#ifndef GE_JOB_ARGUMENTS_H
#define GE_JOB_ARGUMENTS_H

#include "postgres.h"

#include "base/arguments.h"
#include "job/options.h"
#include "job/plan.h"

/*
 * The options that the called function has parameters for; the others stay as they are.
 * A call reads what else it has (names of sources and outputs) by itself.
 */
extern void ge_job_options_read(GeArguments *args, GeJobOptions *options);

/* handle_unknown and unknown_value: they must go together. */
extern GeUnknown ge_arg_unknown(GeArguments *args, int32 *unknown_value);

/* A source, and after it those of argument label_sources; n is their number. */
extern GeSourceSpec *ge_label_sources(GeArguments *args, GeSourceSpec first, int *n);

/* The sources of a preprocess: train, and validation where there is one; the caller says
 * which relations they are.  Returns how many. */
extern int ge_preprocess_sources(GeSourceSpec *sources, bool has_validation,
								 bool has_validation_output, bool labels_from_validation);

#endif /* GE_JOB_ARGUMENTS_H */
