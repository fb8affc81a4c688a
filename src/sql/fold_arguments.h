/*
 * fold_arguments.h: options about folds, read from the arguments of a call.
 */
#ifndef GE_SQL_FOLD_ARGUMENTS_H
#define GE_SQL_FOLD_ARGUMENTS_H

#include "postgres.h"

#include "base/arguments.h"
#include "job/options.h"

/* Readers for the table of job_arguments.c: name is the parameter, field the option's place. */
extern void ge_read_n_folds(GeArguments *args, const char *name, void *field);
/* split_method, fold_column, group_columns and label_delay, into a GeFoldOptions. */
extern void ge_read_split(GeArguments *args, const char *name, void *field);
/* Refuse what contradicts the split, once all options are read. */
extern void ge_check_split(const GeJobOptions *options);

#endif /* GE_SQL_FOLD_ARGUMENTS_H */
