/*
 * options.c: the words that options are written in.
 */
#include "postgres.h"

#include <math.h>

#include "base/shown.h"

#include "job/options.h"

const char *const ge_missing_words[] = {"value", "null", "category", "error", NULL};
const char *const ge_unknown_words[] = {"error", "value", "null", "infrequent", NULL};
const char *const ge_unseen_words[] = {"prior", "null", "error", NULL};
const char *const ge_label_order_words[] = {"value", "frequency", NULL};

const GeFittedTarget *
ge_options_fitted_target(const GeJobOptions *options, const char *name)
{
	for (int i = 0; i < options->n_fitted_targets; i++)
		if (strcmp(options->fitted_targets[i].name, name) == 0)
			return &options->fitted_targets[i];
	return NULL;
}

bool
ge_stat_find(const char *name, GeStat *stat)
{
	static const struct
	{
		const char *name;
		GeFinishKind kind;
	} stats[] = {
		{"mean", GE_FINISH_MEAN},
		{"count", GE_FINISH_COUNT},
		{"frequency", GE_FINISH_FREQUENCY},
		{"sum", GE_FINISH_SUM},
		{"var", GE_FINISH_VAR},
		{"std", GE_FINISH_STD},
		{"min", GE_FINISH_MIN},
		{"max", GE_FINISH_MAX},
		{"median", GE_FINISH_QUANTILE},
		{"woe", GE_FINISH_WOE},
	};

	*stat = (GeStat){.percent = 50};
	strlcpy(stat->name, name, sizeof stat->name);
	for (int i = 0; i < lengthof(stats); i++)
	{
		stat->kind = stats[i].kind;
		if (strcmp(name, stats[i].name) == 0)
			return true;
	}
	stat->kind = GE_FINISH_QUANTILE;
	if (name[0] != 'q' || strlen(name) != 3 || strspn(name + 1, "0123456789") != 2)
		return false;
	stat->percent = (name[1] - '0') * 10 + (name[2] - '0');
	return stat->percent > 0;
}

void
ge_unknown_check(GeUnknown unknown, bool value_given)
{
	if (unknown == GE_UNKNOWN_VALUE && !value_given)
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("handle_unknown => 'value' needs an unknown_value"),
						errhint("For example: unknown_value => -1.")));
	if (unknown != GE_UNKNOWN_VALUE && value_given)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown_value has no effect with handle_unknown => '%s'",
						ge_unknown_words[unknown]),
				 errhint("Say handle_unknown => 'value', or leave unknown_value out.")));
}

void
ge_unknown_refuse_infrequent(const char *column)
{
	ereport(
		ERROR,
		(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		 errmsg("column \"%s\" has no category for infrequent values", ge_shown(column)),
		 errdetail("handle_unknown => 'infrequent' sends unknown values there."),
		 errhint("Fit the column with min_frequency or max_categories, or "
				 "choose another handle_unknown.")));
}

void
ge_unknown_value_check(int32 value, const char *column, int64 n_codes)
{
	if (value < 0 || value >= n_codes)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown_value %d is a label code of column \"%s\"", value,
					ge_shown(column)),
			 errdetail("Its codes are 0 to " INT64_FORMAT ".", n_codes - 1),
			 errhint("Give a number that is no code, for example -1. If the encoder has "
					 "this unknown_value, fit the encoder anew.")));
}

bool
ge_min_frequency_is_possible(double value)
{
	/* a share below 1, or whole rows */
	return value > 0 && (value < 1 || (isfinite(value) && floor(value) == value));
}

double
ge_min_frequency_check(double value)
{
	if (ge_min_frequency_is_possible(value))
		return value;
	ereport(
		ERROR,
		(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		 errmsg("min_frequency must be a whole number of rows, 1 or more, or a share of "
				"the rows between 0 and 1"),
		 errdetail("It is %g.", value),
		 errhint("min_frequency => 10 is ten rows, min_frequency => 0.01 one in a "
				 "hundred.")));
}

int32
ge_max_categories_check(int32 value)
{
	if (value >= 1)
		return value;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("max_categories must be at least 1"), errdetail("It is %d.", value)));
}
