/*
 * columns.c: which columns of which sources a job uses, by name.
 *
 * The fitted source decides names and types; other sources are matched to it by name, and
 * the types of used columns must be equal.
 */
#include "postgres.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "base/shown.h"
#include "job/internal.h"

/*
 * The type of a column's categories: that of the fitted source, or the encoder's, to which
 * the source is matched.
 */
static void
set_type(const GeJobOptions *options, GeCategoryColumn *column,
		 Form_pg_attribute attribute)
{
	column->type = attribute->atttypid;
	column->typmod = attribute->atttypmod;
	column->collation = attribute->attcollation;
	for (int i = 0; i < options->n_fitted_types; i++)
	{
		const GeFittedType *fitted = &options->fitted_types[i];

		if (strcmp(fitted->name, column->name) != 0)
			continue;
		if (fitted->type != column->type)
		{
			column->type = fitted->type;
			column->typmod = -1;
			column->collation = get_typcollation(column->type);
		}
		if (fitted->has_typmod)
			column->typmod = fitted->typmod;
	}
}

/* The category column of that name in the fitted source, added if it is new. */
static GeCategoryColumn *
use_category_column(GePlan *plan, const GeSource *fitted, const char *name)
{
	Form_pg_attribute attribute;
	GeCategoryColumn *column;
	int i = ge_plan_find_column(plan, name);

	if (i >= 0)
		return &plan->columns[i];
	attribute =
		TupleDescAttr(ge_source_desc(fitted),
					  ge_plan_require_fitted(fitted, name, plan->options.encoder) - 1);
	column = &plan->columns[plan->n_columns++];
	column->name = pstrdup(name);
	set_type(&plan->options, column, attribute);
	column->options = ge_options_of_column(&plan->options, column->name);
	if (!plan->options.null_value_must_apply && !ge_type_is_text_like(column->type))
		column->options.null_value = NULL;
	column->category = ge_category_type_create(
		column->name, column->type, column->collation, column->options.null_value);
	return column;
}

bool
ge_options_leave_out(const GeJobOptions *options, const char *name)
{
	return ge_names_have(&options->targets, name) ||
		   (options->weight_column != NULL &&
			strcmp(options->weight_column, name) == 0) ||
		   (options->folds.column != NULL && strcmp(options->folds.column, name) == 0) ||
		   ge_names_have(&options->folds.group_columns, name) ||
		   ge_names_have(&options->order_by, name) ||
		   ge_names_have(&options->exclude_columns, name);
}

static void
resolve_label_columns(GePlan *plan, const GeSource *fitted)
{
	const GeJobOptions *options = &plan->options;
	TupleDesc desc = ge_source_desc(fitted);

	for (int i = 0; i < options->exclude_columns.n; i++)
	{
		ge_plan_require_column(fitted, options->exclude_columns.names[i]);
		if (ge_names_have(&options->label_columns, options->exclude_columns.names[i]))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("column \"%s\" is in both label_columns and exclude_columns",
							ge_shown(options->exclude_columns.names[i]))));
	}
	if (options->label_columns.given)
	{
		for (int i = 0; i < options->label_columns.n; i++)
			use_category_column(plan, fitted, options->label_columns.names[i])->is_label =
				true;
		return;
	}
	for (int i = 0; i < desc->natts; i++)
	{
		const char *name = ge_source_column_name(fitted, i + 1);

		if (name != NULL && ge_type_is_text_like(TupleDescAttr(desc, i)->atttypid) &&
			!ge_options_leave_out(options, name))
			use_category_column(plan, fitted, name)->is_label = true;
	}
}

/* A column whose encoding would hold its own label. */
static void
refuse_target(const GeJobOptions *options, const char *name, const char *argument)
{
	if (ge_names_have(&options->targets, name))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the target \"%s\" cannot be encoded by itself", ge_shown(name)),
				 errhint("Take it out of %s, or encode a column that is known before the "
						 "target.",
						 argument)));
}

static GeEncoding *
add_encoding(GePlan *plan, const char *name, int n_parts)
{
	GeEncoding *encoding = &plan->encodings[plan->n_encodings];

	CHECK_FOR_INTERRUPTS();
	for (int i = 0; i < plan->n_encodings; i++)
		if (strcmp(plan->encodings[i].name, name) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_COLUMN),
					 errmsg("two target encodings have the name \"%s\"", ge_shown(name)),
					 errhint("Name a combination where it is listed, as in "
							 "{\"name\": [\"a\", \"b\"]}.")));
	plan->n_encodings++;
	encoding->name = name;
	encoding->n_parts = n_parts;
	encoding->parts = palloc_array(int, n_parts);
	encoding->options = ge_options_of_column(&plan->options, name);
	return encoding;
}

static void
resolve_encodings(GePlan *plan, const GeSource *fitted)
{
	const GeJobOptions *options = &plan->options;

	for (int i = 0; i < options->target_columns.n; i++)
	{
		const char *name = options->target_columns.names[i];
		GeCategoryColumn *column;

		refuse_target(options, name,
					  options->is_screening ? "columns" : "target_columns");
		column = use_category_column(plan, fitted, name);
		column->is_target = true;
		add_encoding(plan, column->name, 1)->parts[0] = column - plan->columns;
	}
	for (int i = 0; i < options->n_combinations; i++)
	{
		const GeNames *names = &options->combinations[i];
		GeEncoding *encoding =
			add_encoding(plan, options->combination_names[i], names->n);

		for (int k = 0; k < names->n; k++)
		{
			GeCategoryColumn *column;

			refuse_target(options, names->names[k], "target_combinations");
			column = use_category_column(plan, fitted, names->names[k]);
			column->is_part = true;
			encoding->parts[k] = column - plan->columns;
		}
	}
}

/* Every column that may say something of the target. */
static GeNames
columns_to_screen(const GePlan *plan, const GeSource *fitted)
{
	TupleDesc desc = ge_source_desc(fitted);
	GeNames names = {.given = true, .names = palloc_array(char *, desc->natts + 1)};

	for (int i = 0; i < desc->natts; i++)
	{
		const char *name = ge_source_column_name(fitted, i + 1);
		Oid type = TupleDescAttr(desc, i)->atttypid;

		if (name != NULL && !ge_options_leave_out(&plan->options, name) &&
			(ge_type_is_text_like(type) || ge_type_is_number(type) ||
			 getBaseType(type) == BOOLOID))
			names.names[names.n++] = pstrdup(name);
	}
	return names;
}

void
ge_plan_resolve_columns(GePlan *plan, const GeSource *fitted)
{
	GeJobOptions *options = &plan->options;
	int n_parts = 0;

	if (options->is_screening && !options->target_columns.given)
		options->target_columns = columns_to_screen(plan, fitted);
	for (int i = 0; i < options->n_combinations; i++)
		n_parts += options->combinations[i].n;
	/* never moved: encodings and callers point into it */
	plan->columns = palloc0_array(
		GeCategoryColumn, ge_source_desc(fitted)->natts + n_parts +
							  options->label_columns.n + options->target_columns.n);
	plan->encodings = palloc0_array(GeEncoding, options->target_columns.n +
													options->n_combinations + 1);
	resolve_label_columns(plan, fitted);
	resolve_encodings(plan, fitted);
	ge_plan_resolve_targets(plan, fitted);
	ge_plan_resolve_folds(plan, fitted);
	ge_plan_check_overrides(plan);
}

/* A source that teaches wider integers than the fitted one makes the column's type wider. */
static void
widen_column(GeCategoryColumn *column, Form_pg_attribute attribute,
			 GeCategoryType *category)
{
	if (get_typlen(attribute->atttypid) <= get_typlen(column->type))
		return;
	column->type = attribute->atttypid;
	column->typmod = attribute->atttypmod;
	column->category = category;
}

/*
 * Find the k-th category column in a source by its name; equal values must be one
 * category.
 */
static void
match_column(GePlan *plan, GePlanSource *this, const char *role, int k)
{
	GeCategoryColumn *column = &plan->columns[k];
	AttrNumber attno = ge_plan_require_column(this->source, column->name);
	Form_pg_attribute attribute = TupleDescAttr(ge_source_desc(this->source), attno - 1);

	if (!ge_types_mean_the_same(attribute->atttypid, column->type))
		ereport(
			ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("column \"%s\" has type %s in %s, but %s is expected",
					ge_shown(column->name), format_type_be(attribute->atttypid),
					ge_source_name(this->source), format_type_be(column->type)),
			 errdetail("Values of these types are not the same categories."),
			 /* not format_type_be(): its "character" is one character long */
			 errhint("Give a view as %s that has CAST(%s AS %s).%s", role,
					 quote_identifier(ge_shown(column->name)),
					 format_type_with_typemod(column->type, -1),
					 attribute->atttypid == INT4OID && !ge_type_is_number(column->type)
						 ? " If its values are label codes, the relation is encoded "
						   "already."
						 : "")));
	this->category_attno[k] = attno;
	if (attribute->atttypid == column->type)
	{
		this->category[k] = column->category;
		return;
	}
	this->category[k] =
		ge_category_type_create(column->name, attribute->atttypid,
								attribute->attcollation, column->options.null_value);
	if (this->teaches_labels)
		widen_column(column, attribute, this->category[k]);
}

/*
 * order_by as attribute numbers; none when a source other than the fitted lacks one, or if
 * only the targets that a row learns from follow from it.
 */
static AttrNumber *
resolve_order(const GePlan *plan, const GeSource *source, bool fitted, int *n)
{
	const GeNames *names = &plan->options.order_by;
	AttrNumber *attnos = palloc_array(AttrNumber, Max(names->n, 1));

	*n = names->n;
	if (plan->options.folds.split == GE_SPLIT_ORDERED)
		*n = 0;
	for (int i = 0; i < *n; i++)
	{
		attnos[i] = fitted ? ge_plan_require_column(source, names->names[i])
						   : ge_source_column(source, names->names[i]);
		if (attnos[i] == 0)
			*n = 0;
	}
	return attnos;
}

void
ge_plan_prepare_source(GePlan *plan, int i, const GeSourceSpec *spec)
{
	GePlanSource *this = &plan->sources[i];
	TupleDesc desc = ge_source_desc(this->source);
	Bitmapset *used = NULL;
	AttrNumber *order = NULL;
	int n_order = 0;

	this->category_attno = palloc0_array(AttrNumber, plan->n_columns + 1);
	this->category = palloc0_array(GeCategoryType *, plan->n_columns + 1);
	for (int k = 0; k < plan->n_columns; k++)
	{
		if (!plan->columns[k].is_label && !this->read_encoded)
			continue;
		match_column(plan, this, spec->role, k);
		used = bms_add_member(used, this->category_attno[k]);
	}
	this->target_attno = palloc0_array(AttrNumber, plan->n_targets + 1);
	for (int t = 0; i == 0 && t < plan->n_targets; t++)
	{
		if (plan->targets[t].form == GE_TARGET_NONE)
			continue;
		this->target_attno[t] =
			ge_plan_require_column(this->source, plan->targets[t].name);
		used = bms_add_member(used, this->target_attno[t]);
	}
	if (i == 0 && plan->options.weight_column != NULL && plan->n_encodings > 0)
	{
		this->weight_attno =
			ge_plan_require_column(this->source, plan->options.weight_column);
		used = bms_add_member(used, this->weight_attno);
	}
	if (i == 0)
		used = ge_plan_prepare_folds(plan, this, used);
	if (spec->needs_all_columns)
		for (int k = 0; k < desc->natts; k++)
			if (!TupleDescAttr(desc, k)->attisdropped)
				used = bms_add_member(used, k + 1);
	/* rows that only teach labels need no order */
	if (i == 0 || spec->needs_all_columns)
		order = resolve_order(plan, this->source, i == 0, &n_order);
	ge_source_prepare(this->source, used, order, n_order);
	if (i == 0)
		ge_plan_require_order(plan, this->source);
}
