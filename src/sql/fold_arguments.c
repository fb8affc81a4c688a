/*
 * fold_arguments.c: options about folds: how many, and how rows are put into them.
 */
#include "postgres.h"

#include "base/compat.h"
#include "sql/fold_arguments.h"

void
ge_read_n_folds(GeArguments *args, const char *name, void *field)
{
	int32 n_folds = ge_arg_int32(args, name);

	if (n_folds < 2)
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("n_folds must be at least 2"),
			 errdetail("It is %d; out-of-fold values need rows in other folds.", n_folds),
			 errhint("Usual are 5 or 10; for full statistics of all rows call "
					 "gpu_encode.fit() and transform().")));
	*(uint32 *) field = n_folds;
}

/* The words of split_method: how backends split, and where the folds come from. */
static const struct
{
	const char *word;
	GeSplit split;
	GeFoldSource source;
} splits[] = {
	{"interleaved", GE_SPLIT_INTERLEAVED, 0},
	{"contiguous", GE_SPLIT_CONTIGUOUS, 0},
	{"random", GE_SPLIT_RANDOM, 0},
	{"custom", GE_SPLIT_CUSTOM, GE_FOLDS_OF_COLUMN},
	{"hash", GE_SPLIT_CUSTOM, GE_FOLDS_OF_KEYS},
	{"stratified", GE_SPLIT_CUSTOM, GE_FOLDS_OF_TARGETS},
	{"ordered", GE_SPLIT_ORDERED, 0},
};

/* What split_method means if it is NULL. */
static const char *
default_split(const GeFoldOptions *folds)
{
	if (folds->column != NULL)
		return "custom";
	if (folds->group_columns.given)
		return "hash";
	return folds->label_delay != NULL ? "ordered" : "interleaved";
}

GE_NORETURN static void
refuse_contradiction(const char *argument, const char *split)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("%s contradicts split_method => '%s'", argument, split),
					errhint("Leave one of them out.")));
}

/* Names that other programs have for two of the words. */
static void
refuse_foreign_name(const char *name, const char *given)
{
	if (strcmp(given, "continuous") == 0 || strcmp(given, "customize") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid value for argument \"%s\": \"%s\"", name, given),
				 errhint("The name here is \"%s\".",
						 strcmp(given, "continuous") == 0 ? "contiguous" : "custom")));
}

/* Columns that belong to one split, given with another, and the other way round. */
static void
check_columns(const GeFoldOptions *folds, const char *split)
{
	bool is_custom = ge_folds_are_of(folds, GE_FOLDS_OF_COLUMN);

	if (folds->column != NULL && folds->group_columns.given)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("fold_column contradicts group_columns"),
						errhint("Leave one of them out.")));
	if (is_custom && folds->column == NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("split_method => 'custom' needs a fold_column")));
	if (!is_custom && folds->column != NULL)
		refuse_contradiction("fold_column", split);
	if (!ge_folds_are_of(folds, GE_FOLDS_OF_KEYS) && folds->group_columns.given)
		refuse_contradiction("group_columns", split);
	if (folds->split != GE_SPLIT_ORDERED && folds->label_delay != NULL)
		refuse_contradiction("label_delay", split);
	if (folds->group_columns.given && folds->group_columns.n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"group_columns\" must name at least one column")));
}

void
ge_read_split(GeArguments *args, const char *name, void *field)
{
	const char *words[lengthof(splits) + 1] = {NULL};
	GeFoldOptions *folds = field;
	const char *given = ge_arg_text_or_null(args, name);
	int choice;

	folds->column = ge_arg_text_or_null(args, "fold_column");
	folds->group_columns = ge_arg_names(args, "group_columns");
	if (ge_arg_is_declared(args, "label_delay"))
		folds->label_delay = ge_arg_text_or_null(args, "label_delay");
	if (given == NULL)
		given = default_split(folds);
	refuse_foreign_name(name, given);
	for (int i = 0; i < lengthof(splits); i++)
		words[i] = splits[i].word;
	choice = ge_word_choice(name, given, words);
	folds->split = splits[choice].split;
	folds->source = splits[choice].source;
	check_columns(folds, given);
}

void
ge_check_split(const GeJobOptions *options)
{
	if (options->folds.split != GE_SPLIT_ORDERED)
		return;
	if (options->is_screening)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("split_method => 'ordered' has no folds to screen by"),
						errhint("Take another split_method. Rows that are alike in "
								"time, such as those of a day, stay together with "
								"group_columns.")));
	if (options->order_by.n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("split_method => 'ordered' needs order_by"),
				 errhint("Say order_by => ARRAY['...'] with the columns whose values say "
						 "what came earlier.")));
	if (!options->folds.prior_out_of_fold)
		refuse_contradiction("prior => 'global'", "ordered");
}
