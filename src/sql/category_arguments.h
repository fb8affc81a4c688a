/*
 * category_arguments.h: options about categories, read from the arguments of a call.
 */
#ifndef GE_SQL_CATEGORY_ARGUMENTS_H
#define GE_SQL_CATEGORY_ARGUMENTS_H

#include "postgres.h"

#include "base/arguments.h"
#include "job/options.h"

/* Readers for the table of job_arguments.c: name is the parameter, field the option's place. */
extern void ge_read_min_frequency(GeArguments *args, const char *name, void *field);
extern void ge_read_max_categories(GeArguments *args, const char *name, void *field);
extern void ge_read_label_order(GeArguments *args, const char *name, void *field);
/* Into a GeJobOptions. */
extern void ge_read_codes_from(GeArguments *args, const char *name, void *field);
/* handle_unknown and unknown_value, into a GeColumnOptions. */
extern void ge_read_unknown(GeArguments *args, const char *name, void *field);

/* handle_unknown and unknown_value: they must go together. */
extern GeUnknown ge_arg_unknown(GeArguments *args, int32 *unknown_value);

#endif /* GE_SQL_CATEGORY_ARGUMENTS_H */
