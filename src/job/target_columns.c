/*
 * target_columns.c: targets and the weight column, by the fitted source.
 */
#include "postgres.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "base/shown.h"
#include "job/internal.h"

/* How a target of this type is counted; GE_TARGET_NONE: it cannot be a target. */
static GeTargetForm
natural_form(Oid type)
{
	switch (getBaseType(type))
	{
		case BOOLOID:
		case INT2OID:
		case INT4OID:
		case INT8OID:
			return GE_TARGET_INTEGERS;
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
			return GE_TARGET_FLOATS;
		default:
			return ge_type_is_text_like(type) ? GE_TARGET_TWO_VALUES : GE_TARGET_NONE;
	}
}

/* Options that say one thing of a target contradict what its type says. */
static void
check_target_type(const GeJobOptions *options, const GeTargetColumn *target)
{
	bool is_continuous = options->target_type == GE_TARGET_CONTINUOUS;
	bool has_label = options->pos_label != NULL && !options->pos_label_is_class;

	if (is_continuous && (target->form == GE_TARGET_TWO_VALUES || has_label))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("target_type => 'continuous' contradicts %s",
							   has_label ? "pos_label" : "a target of text")));
	if (options->target_type == GE_TARGET_MULTICLASS && has_label)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("target_type => 'multiclass' contradicts pos_label"),
				 errhint("Leave pos_label out: every class gets encodings of its own.")));
	if (target->form == GE_TARGET_NONE)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of type %s cannot be a target",
						ge_shown(target->name), format_type_be(target->type)),
				 errhint("A target is a number, a boolean, or text with two values.")));
	if (options->target_type == GE_TARGET_MULTICLASS && target->form == GE_TARGET_FLOATS)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("column \"%s\" of type %s has no classes",
							   ge_shown(target->name), format_type_be(target->type)),
						errhint("Classes are texts, integers or booleans.")));
}

/* The form that rows gave the target which were counted elsewhere. */
static GeTargetForm
fitted_form(const GeTargetColumn *target, const GeFittedTarget *fitted)
{
	if (fitted->type != target->type)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("target \"%s\" has type %s, but the encoder was fitted with %s",
						ge_shown(target->name), format_type_be(target->type),
						format_type_be(fitted->type)),
				 errhint("Give a view as source that has CAST(%s AS %s).",
						 quote_identifier(ge_shown(target->name)),
						 format_type_with_typemod(fitted->type, -1))));
	if (fitted->has_classes)
		return GE_TARGET_CLASSES;
	return fitted->has_two_values ? GE_TARGET_TWO_VALUES : target->natural;
}

static void
resolve_target(GePlan *plan, const GeSource *fitted, const char *name)
{
	const GeJobOptions *options = &plan->options;
	const GeFittedTarget *fitted_target = ge_options_fitted_target(options, name);
	GeTargetColumn *target = &plan->targets[plan->n_targets++];
	Form_pg_attribute attribute =
		TupleDescAttr(ge_source_desc(fitted), ge_plan_require_column(fitted, name) - 1);

	*target =
		(GeTargetColumn){.name = pstrdup(name), .type = attribute->atttypid, .n_used = 1};
	if (plan->n_encodings == 0)
		return; /* named only so that it is not coded */
	target->form = target->natural = natural_form(target->type);
	check_target_type(options, target);
	if (fitted_target != NULL)
		target->form = fitted_form(target, fitted_target);
	else if (options->target_type == GE_TARGET_MULTICLASS)
		target->form = GE_TARGET_CLASSES;
	else if (options->target_type == GE_TARGET_BINARY || options->pos_label != NULL)
		target->form = GE_TARGET_TWO_VALUES;
	if (target->form == GE_TARGET_TWO_VALUES || target->form == GE_TARGET_CLASSES)
		target->category = ge_category_type_create(target->name, attribute->atttypid,
												   attribute->attcollation, NULL);
}

static void
resolve_weights(GePlan *plan, const GeSource *fitted)
{
	const char *name = plan->options.weight_column;
	GeTargetForm form;
	Oid type;

	if (name == NULL)
		return;
	type = TupleDescAttr(ge_source_desc(fitted), ge_plan_require_column(fitted, name) - 1)
			   ->atttypid;
	if (ge_names_have(&plan->options.targets, name))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("column \"%s\" is both target and weight_column",
							   ge_shown(name))));
	form = natural_form(type);
	plan->weights_are_ints = form == GE_TARGET_INTEGERS;
	if ((form != GE_TARGET_INTEGERS && form != GE_TARGET_FLOATS) ||
		getBaseType(type) == BOOLOID)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("weight column \"%s\" has type %s", ge_shown(name),
							   format_type_be(type)),
						errhint("Give a column of numbers.")));
}

/* Whether every statistic that is asked for counts rows alone. */
static bool
needs_target(const GePlan *plan)
{
	for (int i = 0; i < plan->n_encodings; i++)
		for (int k = 0; k < plan->encodings[i].options.stats.n; k++)
			if (!ge_stat_is_count(&plan->encodings[i].options.stats.stats[k]))
				return true;
	return false;
}

/* The places of values among all others need each value once. */
static void
check_stats(const GePlan *plan)
{
	for (int i = 0; i < plan->n_encodings; i++)
		for (int k = 0; k < plan->encodings[i].options.stats.n; k++)
		{
			const GeStat *stat = &plan->encodings[i].options.stats.stats[k];

			if (stat->kind == GE_FINISH_QUANTILE && plan->options.weight_column != NULL)
				ereport(ERROR,
						(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						 errmsg("\"%s\" cannot be weighted", stat->name),
						 errhint("Leave \"%s\" or weight_column out.", stat->name)));
		}
}

void
ge_plan_resolve_targets(GePlan *plan, const GeSource *fitted)
{
	const GeJobOptions *options = &plan->options;

	plan->targets = palloc0_array(GeTargetColumn, options->targets.n + 1);
	if (options->is_transform)
		return;
	if (options->targets.n == 0 && options->pos_label != NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("pos_label has no effect without a target")));
	if (options->targets.n > 1 && options->pos_label != NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("pos_label cannot speak of several targets"),
						errhint("Recode the targets to 0 and 1 in a view.")));
	if (options->targets.n == 0 && needs_target(plan))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("target_columns and target_combinations need a target"),
				 errhint("Name the column whose means are wanted: target => '...'.")));
	for (int i = 0; i < options->targets.n; i++)
		resolve_target(plan, fitted, options->targets.names[i]);
	resolve_weights(plan, fitted);
	check_stats(plan);
}
