/*
 * overrides.c: options of single columns, as column_options give them.
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/shown.h"
#include "job/internal.h"

static void
override(GeColumnOptions *options, const GeColumnOptions *by)
{
	options->given |= by->given;
	if (by->given & GE_OPTION_NAME)
		options->name = by->name;
	if (by->given & GE_OPTION_SMOOTH)
		options->smooth = by->smooth;
	if (by->given & GE_OPTION_REGULARIZATION)
		options->regularization = by->regularization;
	if (by->given & GE_OPTION_STATS)
		options->stats = by->stats;
	if (by->given & GE_OPTION_MIN_FREQUENCY)
		options->rare.min_frequency = by->rare.min_frequency;
	if (by->given & GE_OPTION_MAX_CATEGORIES)
		options->rare.max_categories = by->rare.max_categories;
	if (by->given & GE_OPTION_LABEL_ORDER)
		options->label_order = by->label_order;
	if (by->given & GE_OPTION_UNSEEN)
		options->unseen = by->unseen;
	if (by->given & GE_OPTION_NULL_VALUE)
		options->null_value = by->null_value;
	if (by->given & GE_OPTION_HANDLE_MISSING)
		options->handle_missing = by->handle_missing;
	if (by->given & GE_OPTION_HANDLE_UNKNOWN)
	{
		options->handle_unknown = by->handle_unknown;
		if (by->handle_unknown != GE_UNKNOWN_VALUE)
			options->has_unknown_value = false;
	}
	if (by->given & GE_OPTION_UNKNOWN_VALUE)
	{
		options->has_unknown_value = true;
		options->unknown_value = by->unknown_value;
	}
}

GeColumnOptions
ge_options_of_column(const GeJobOptions *options, const char *name)
{
	GeColumnOptions result = options->defaults;

	for (int i = 0; i < options->n_overrides; i++)
		if (strcmp(options->overrides[i].column, "*") == 0 ||
			strcmp(options->overrides[i].column, name) == 0)
			override(&result, &options->overrides[i].options);
	if ((result.handle_unknown == GE_UNKNOWN_VALUE) != result.has_unknown_value)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 result.has_unknown_value
					 ? errmsg("unknown_value has no effect on column \"%s\"", name)
					 : errmsg("column \"%s\" needs an unknown_value", name),
				 errhint("handle_unknown \"value\" and an unknown_value go together.")));
	return result;
}

/* Raise: a key of column_options that means nothing for the column. */
GE_NORETURN static void
refuse_key(const char *key, const char *column, const char *why)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("\"%s\" in column_options has no effect on \"%s\"", key,
						   ge_shown(column)),
					errdetail("%s", why)));
}

/* Raise: column_options speak of what the call does not encode. */
GE_NORETURN static void
refuse_column(const GePlan *plan, const char *column)
{
	GeNames known = {.names =
						 palloc_array(char *, plan->n_columns + plan->n_encodings + 1)};
	const char *near;

	for (int i = 0; i < plan->n_columns; i++)
		known.names[known.n++] = unconstify(char *, plan->columns[i].name);
	for (int i = 0; i < plan->n_encodings; i++)
		known.names[known.n++] = unconstify(char *, plan->encodings[i].name);
	near = ge_names_nearest(&known, column);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("column_options name \"%s\", which is not encoded", ge_shown(column)),
			 near != NULL ? errhint("Perhaps you meant \"%s\".", ge_shown(near))
						  : errhint("Name a column that is coded or encoded, the name of "
									"a combination, or \"*\" for all.")));
}

/* Keys that mean nothing without a target encoding. */
static const struct
{
	GeOptionKey key;
	const char *name;
} of_encodings[] = {
	{GE_OPTION_SMOOTH, "smooth"},
	{GE_OPTION_REGULARIZATION, "regularization"},
	{GE_OPTION_STATS, "stats"},
	{GE_OPTION_UNSEEN, "unseen"},
};

static void
check_override(const GePlan *plan, const GeColumnOverride *override)
{
	const char *name = override->column;
	uint32 given = override->options.given;
	int i = ge_plan_find_column(plan, name);
	bool is_encoded = false, is_label = i >= 0 && plan->columns[i].is_label;

	for (int e = 0; e < plan->n_encodings; e++)
		is_encoded |= strcmp(plan->encodings[e].name, name) == 0;
	if (i < 0 && !is_encoded)
		refuse_column(plan, name);
	if (!is_encoded)
		for (int k = 0; k < lengthof(of_encodings); k++)
			if (given & of_encodings[k].key)
				refuse_key(of_encodings[k].name, name, "It has no target encoding.");
	if ((given & GE_OPTION_LABEL_ORDER) && !is_label)
		refuse_key("label_order", name, "It has no label codes.");
	if ((given & (GE_OPTION_MIN_FREQUENCY | GE_OPTION_MAX_CATEGORIES)) && !is_encoded &&
		!is_label)
		refuse_key("min_frequency", name, "It is only part of combinations.");
	if ((given & GE_OPTION_NAME) && !is_encoded && !is_label)
		refuse_key("name", name, "It has no output column.");
	if ((given & GE_OPTION_HANDLE_MISSING) && !is_encoded && !is_label)
		refuse_key("handle_missing", name,
				   "It is only part of combinations, which have options of their own.");
	if ((given & (GE_OPTION_HANDLE_UNKNOWN | GE_OPTION_UNKNOWN_VALUE)) && !is_label)
		refuse_key("handle_unknown", name, "It has no label codes.");
	if ((given & GE_OPTION_NULL_VALUE) && i < 0)
		refuse_key("null_value", name,
				   "The columns of a combination have null_values, not the combination.");
	if ((given & GE_OPTION_NULL_VALUE) && !ge_type_is_text_like(plan->columns[i].type))
		refuse_key("null_value", name, "It is no column of text.");
}

void
ge_plan_check_overrides(const GePlan *plan)
{
	const GeJobOptions *options = &plan->options;

	for (int i = 0; i < options->n_overrides; i++)
		if (!options->overrides[i].is_fitted &&
			strcmp(options->overrides[i].column, "*") != 0)
			check_override(plan, &options->overrides[i]);
}
