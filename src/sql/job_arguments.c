/*
 * job_arguments.c: the options of a job, read from the arguments of a call.
 *
 * The table below reads the arguments of every function that runs a job.  An option is a
 * line in this table, and a parameter of the SQL functions that have the option.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "base/shown.h"
#include "base/compat.h"
#include "moments/moments.h"
#include "sql/category_arguments.h"
#include "sql/fold_arguments.h"
#include "sql/job_arguments.h"
#include "sql/job_json.h"

/* Readers of arguments: name is the parameter, field the place of the option. */

static void
read_text(GeArguments *args, const char *name, void *field)
{
	*(const char **) field = ge_arg_text_or_null(args, name);
}

static void
read_names(GeArguments *args, const char *name, void *field)
{
	*(GeNames *) field = ge_arg_names(args, name);
}

static void
read_int64(GeArguments *args, const char *name, void *field)
{
	*(int64 *) field = ge_arg_int64(args, name);
}

/* NULL: from the data. */
static void
read_smooth(GeArguments *args, const char *name, void *field)
{
	Datum value;

	*(double *) field = ge_arg_given(args, name, FLOAT8OID, &value)
							? ge_smooth_check(DatumGetFloat8(value))
							: GE_SMOOTH_AUTO;
}

static void
read_prior(GeArguments *args, const char *name, void *field)
{
	static const char *const words[] = {"global", "out_of_fold", NULL};

	*(bool *) field = ge_arg_choice(args, name, words) == 1;
}

static void
read_missing(GeArguments *args, const char *name, void *field)
{
	*(GeMissing *) field = ge_arg_choice(args, name, ge_missing_words);
}

static void
read_encoding_type(GeArguments *args, const char *name, void *field)
{
	static const char *const words[] = {"float8", "float4", NULL};

	*(bool *) field = ge_arg_choice(args, name, words) == 1;
}

static void
read_target_type(GeArguments *args, const char *name, void *field)
{
	static const char *const words[] = {"auto", "binary", "continuous", "multiclass",
										NULL};

	*(GeTargetType *) field = ge_arg_choice(args, name, words);
}

GeStats
ge_stats_of_names(const char *name, const GeNames *names)
{
	GeStat *stats = palloc_array(GeStat, names->n + 1);

	if (names->n == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("argument \"%s\" names no statistic", name)));
	for (int i = 0; i < names->n; i++)
		if (!ge_stat_find(names->names[i], &stats[i]))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("argument \"%s\" names an unknown statistic \"%s\"",
								   name, ge_shown(names->names[i])),
							errhint("Statistics are " GE_STAT_NAMES ".")));
	return (GeStats){names->n, stats};
}

static void
read_stat(GeArguments *args, const char *name, void *field)
{
	char *stat = ge_arg_text(args, name);
	const GeNames names = {.n = 1, .names = &stat};

	*(GeStats *) field = ge_stats_of_names(name, &names);
}

static void
read_stats(GeArguments *args, const char *name, void *field)
{
	GeNames names = ge_arg_texts(args, name);

	if (!names.given)
		ge_arg_refuse_null(name);
	*(GeStats *) field = ge_stats_of_names(name, &names);
	for (int k = 1; k < names.n; k++)
		for (int j = 0; j < k; j++)
			if (strcmp(names.names[j], names.names[k]) == 0)
				ereport(ERROR,
						(errcode(ERRCODE_DUPLICATE_COLUMN),
						 errmsg("argument \"%s\" has \"%s\" twice", name, names.names[k]),
						 errhint("Name each statistic once.")));
}

/* target, or targets: only one of them is given. */
static void
read_target(GeArguments *args, const char *name, void *field)
{
	GeJobOptions *options = field;
	char *target = ge_arg_text_or_null(args, name);

	if (ge_arg_is_declared(args, "targets"))
		options->targets = ge_arg_names(args, "targets");
	options->names_targets = options->targets.given;
	if (target == NULL)
	{
		if (options->names_targets && options->targets.n == 0)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("argument \"targets\" names no column")));
		if (options->targets.n > GE_MAX_TARGETS)
			ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
							errmsg("argument \"targets\" names more than %d columns",
								   GE_MAX_TARGETS)));
		return;
	}
	if (options->names_targets)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("target and targets contradict each other"),
						errhint("Leave one of them out.")));
	options->targets = (GeNames){.given = true, .n = 1, .names = palloc_object(char *)};
	options->targets.names[0] = target;
}

#define FIELD(name) offsetof(GeJobOptions, name)
#define WHOLE 0 /* several fields, or none */

static const struct
{
	const char *name;
	void (*read)(GeArguments *args, const char *name, void *field);
	size_t field;
} job_options[] = {
	{"target", read_target, WHOLE}, /* and targets */
	{"target_columns", read_names, FIELD(target_columns)},
	{"label_columns", read_names, FIELD(label_columns)},
	{"exclude_columns", read_names, FIELD(exclude_columns)},
	{"target_combinations", ge_read_combinations, WHOLE},
	{"n_folds", ge_read_n_folds, FIELD(folds.n_folds)},
	{"smooth", read_smooth, FIELD(defaults.smooth)},
	{"split_method", ge_read_split, FIELD(folds)}, /* and what it needs */
	{"order_by", read_names, FIELD(order_by)},
	{"seed", read_int64, FIELD(folds.seed)},
	{"prior", read_prior, FIELD(folds.prior_out_of_fold)},
	{"weight_column", read_text, FIELD(weight_column)},
	{"stat", read_stat, FIELD(defaults.stats)},
	{"stats", read_stats, FIELD(defaults.stats)},
	{"target_type", read_target_type, FIELD(target_type)},
	{"pos_label", read_text, FIELD(pos_label)},
	{"null_value", read_text, FIELD(defaults.null_value)},
	{"handle_missing", read_missing, FIELD(defaults.handle_missing)},
	{"handle_unknown", ge_read_unknown, FIELD(defaults)}, /* and unknown_value */
	{"min_frequency", ge_read_min_frequency, FIELD(defaults.rare.min_frequency)},
	{"max_categories", ge_read_max_categories, FIELD(defaults.rare.max_categories)},
	{"label_order", ge_read_label_order, FIELD(defaults.label_order)},
	{"codes_from", ge_read_codes_from, WHOLE},
	{"encoding_type", read_encoding_type, FIELD(encodings_are_float4)},
	{"column_options", ge_read_column_options, WHOLE},
	{"guards", ge_read_guards, FIELD(guards)},
};

void
ge_job_options_read(GeArguments *args, GeJobOptions *options)
{
	options->defaults.regularization = 1;
	for (int i = 0; i < lengthof(job_options); i++)
		if (ge_arg_is_declared(args, job_options[i].name))
			job_options[i].read(args, job_options[i].name,
								(char *) options + job_options[i].field);
	ge_check_split(options);
}

void
ge_job_options_of_class(GeJobOptions *options)
{
	options->pos_label_is_class = options->target_type == GE_TARGET_MULTICLASS;
	if (options->pos_label_is_class && options->pos_label == NULL)
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("target_type => 'multiclass' needs a pos_label here"),
						errhint("It names the class whose encodings are wanted.")));
}

GeSourceSpec *
ge_label_sources(GeArguments *args, GeSourceSpec first, int *n)
{
	int n_more;
	GeRelationRef *more = ge_arg_relations(args, "label_sources", &n_more);
	GeSourceSpec *sources = palloc0_array(GeSourceSpec, n_more + 1);

	sources[0] = first;
	for (int k = 0; k < n_more; k++)
		sources[k + 1] = (GeSourceSpec){
			.relation = more[k], .role = "label_sources", .teaches_labels = true};
	*n = n_more + 1;
	return sources;
}

int
ge_preprocess_sources(GeSourceSpec *sources, bool has_validation,
					  bool has_validation_output, bool labels_from_validation)
{
	sources[0] = (GeSourceSpec){.role = "train",
								.teaches_labels = true,
								.read_encoded = true,
								.needs_all_columns = true};
	if (!has_validation)
	{
		if (has_validation_output)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("validation_output needs a validation")));
		return 1;
	}
	if (!has_validation_output && !labels_from_validation)
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("validation has no effect"),
			 errhint(
				 "Give a validation_output, or let labels_from_validation be true.")));
	sources[1] = (GeSourceSpec){.role = "validation",
								.teaches_labels = labels_from_validation,
								.read_encoded = has_validation_output,
								.needs_all_columns = has_validation_output};
	return 2;
}
