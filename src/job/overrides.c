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
	/* the nearest of the two decides on the order of codes */
	if (by->given & GE_OPTION_CATEGORIES)
		options->given &= ~GE_OPTION_LABEL_ORDER;
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
	if (by->given & GE_OPTION_CATEGORIES)
	{
		options->categories = by->categories;
		options->categories_are_stored = by->categories_are_stored;
		options->label_order = GE_ORDER_VALUE;
	}
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
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 result.has_unknown_value
				 ? errmsg("unknown_value has no effect on column \"%s\"", ge_shown(name))
				 : errmsg("column \"%s\" needs an unknown_value", ge_shown(name)),
			 errhint("handle_unknown \"value\" and an unknown_value go together.")));
	if ((result.given & GE_OPTION_CATEGORIES) && (result.given & GE_OPTION_LABEL_ORDER))
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"label_order\" in column_options has no effect on \"%s\"",
					ge_shown(name)),
			 errdetail("\"categories\" gives its values in the order of their codes."),
			 errhint("Leave one of the two out.")));
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

/* What a column or combination must have for a key to mean anything. */
typedef enum Need
{
	NEEDS_COLUMN,	/* it is no combination */
	NEEDS_TEXT,		/* likewise, and its values are texts */
	NEEDS_OUTPUT,	/* it is coded or encoded, not only part of combinations */
	NEEDS_CODES,	/* it has label codes */
	NEEDS_ENCODING, /* it has a target encoding */
} Need;

static const struct
{
	GeOptionKey key;
	Need need;
	const char *name;
	const char *why; /* it has no effect without that */
} needs[] = {
	{GE_OPTION_SMOOTH, NEEDS_ENCODING, "smooth", "It has no target encoding."},
	{GE_OPTION_REGULARIZATION, NEEDS_ENCODING, "regularization",
	 "It has no target encoding."},
	{GE_OPTION_STATS, NEEDS_ENCODING, "stats", "It has no target encoding."},
	{GE_OPTION_UNSEEN, NEEDS_ENCODING, "unseen", "It has no target encoding."},
	{GE_OPTION_LABEL_ORDER, NEEDS_CODES, "label_order", "It has no label codes."},
	{GE_OPTION_HANDLE_UNKNOWN, NEEDS_CODES, "handle_unknown", "It has no label codes."},
	{GE_OPTION_UNKNOWN_VALUE, NEEDS_CODES, "unknown_value", "It has no label codes."},
	{GE_OPTION_MIN_FREQUENCY, NEEDS_OUTPUT, "min_frequency",
	 "It is only part of combinations."},
	{GE_OPTION_MAX_CATEGORIES, NEEDS_OUTPUT, "max_categories",
	 "It is only part of combinations."},
	{GE_OPTION_NAME, NEEDS_OUTPUT, "name", "It has no output column."},
	{GE_OPTION_HANDLE_MISSING, NEEDS_OUTPUT, "handle_missing",
	 "It is only part of combinations, which have options of their own."},
	{GE_OPTION_NULL_VALUE, NEEDS_COLUMN, "null_value",
	 "The columns of a combination have null_values, not the combination."},
	{GE_OPTION_NULL_VALUE, NEEDS_TEXT, "null_value", "It is no column of text."},
	{GE_OPTION_CATEGORIES, NEEDS_COLUMN, "categories",
	 "The columns of a combination have categories, not the combination."},
};

/* i: the category column of that name; -1: none. */
static bool
is_met(const GePlan *plan, Need need, int i, bool is_encoded)
{
	bool is_label = i >= 0 && plan->columns[i].is_label;

	switch (need)
	{
		case NEEDS_COLUMN:
			return i >= 0;
		case NEEDS_TEXT:
			return i >= 0 && ge_type_is_text_like(plan->columns[i].type);
		case NEEDS_OUTPUT:
			return is_label || is_encoded;
		case NEEDS_CODES:
			return is_label;
		case NEEDS_ENCODING:
			return is_encoded;
	}
	pg_unreachable();
}

static void
check_override(const GePlan *plan, const GeColumnOverride *override)
{
	const char *name = override->column;
	int i = ge_plan_find_column(plan, name);
	bool is_encoded = false;

	for (int e = 0; e < plan->n_encodings; e++)
		is_encoded |= strcmp(plan->encodings[e].name, name) == 0;
	if (i < 0 && !is_encoded)
		refuse_column(plan, name);
	for (int k = 0; k < lengthof(needs); k++)
		if ((override->options.given & needs[k].key) != 0 &&
			!is_met(plan, needs[k].need, i, is_encoded))
			refuse_key(needs[k].name, name, needs[k].why);
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
