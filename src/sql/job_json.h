/*
 * job_json.h: the options of a job that are JSON.
 */
#ifndef GE_SQL_JOB_JSON_H
#define GE_SQL_JOB_JSON_H

#include "base/arguments.h"
#include "job/options.h"

/* Readers of arguments, as in job_arguments.c; field is a GeGuards. */
extern void ge_read_guards(GeArguments *args, const char *name, void *field);
/* The same; field is a GeJobOptions. */
extern void ge_read_combinations(GeArguments *args, const char *name, void *field);
extern void ge_read_column_options(GeArguments *args, const char *name, void *field);

#endif /* GE_SQL_JOB_JSON_H */
