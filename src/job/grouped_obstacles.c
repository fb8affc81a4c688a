/*
 * grouped_obstacles.c: why the rows of a source have to be read one by one.
 *
 * Each reason is a sentence for a DETAIL, or two with what would help.
 */
#include "postgres.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "base/citus.h"
#include "base/compat.h"
#include "base/shown.h"
#include "job/grouped.h"
#include "job/internal.h"

static const char *
column_obstacle(const GeCategoryColumn *column)
{
	const char *name = ge_shown(column->name);

	if (!ge_type_has_natural_form(column->type))
		return psprintf("Column \"%s\" has type %s, whose categories depend on settings.",
						name, format_type_be(column->type));
	if (column->options.categories.given)
		return psprintf("Column \"%s\" has a list of categories.", name);
	return NULL;
}

static const char *
encoding_obstacle(const GeEncoding *encoding)
{
	const GeStats *stats = &encoding->options.stats;

	for (int k = 0; k < stats->n; k++)
		if (stats->stats[k].kind == GE_FINISH_QUANTILE)
			return psprintf("Statistic \"%s\" needs the target of every row.",
							stats->stats[k].name);
	return NULL;
}

static const char *
target_obstacle(const GeTargetColumn *target)
{
	if (target->category != NULL && !ge_type_has_natural_form(target->type))
		return psprintf("Target \"%s\" has type %s, whose values depend on settings.",
						ge_shown(target->name), format_type_be(target->type));
	if (target->category != NULL && target->natural == GE_TARGET_FLOATS)
		return psprintf("Target \"%s\" of type %s has two values.",
						ge_shown(target->name), format_type_be(target->type));
	return NULL;
}

/* Only folds that follow from the values of a row are known where the row lies. */
static const char *
fold_obstacle(const GePlan *plan)
{
	const GeFoldOptions *folds = &plan->options.folds;

	if (plan->n_encodings == 0 || folds->split == GE_SPLIT_NONE)
		return NULL;
	if (folds->split != GE_SPLIT_CUSTOM || folds->source == GE_FOLDS_OF_TARGETS)
		return "The folds of split_method depend on other rows; with group_columns or a "
			   "fold_column they do not.";
	for (int i = 0; i < plan->n_fold_keys; i++)
	{
		const GeFoldKey *key = &plan->fold_keys[i];
		Oid type = TupleDescAttr(ge_source_desc(plan->sources[0].source), key->attno - 1)
					   ->atttypid;

		if (!ge_type_has_natural_form(type))
			return psprintf("Column \"%s\" has type %s, whose texts depend on settings.",
							ge_shown(key->name), format_type_be(type));
	}
	return NULL;
}

static const char *
learning_obstacle(const GePlan *plan)
{
	const char *obstacle = fold_obstacle(plan);

	for (int i = 0; i < plan->n_encodings && obstacle == NULL; i++)
		obstacle = encoding_obstacle(&plan->encodings[i]);
	for (int t = 0; t < plan->n_targets && obstacle == NULL; t++)
		obstacle = target_obstacle(&plan->targets[t]);
	return obstacle;
}

/* An output lies where its source lies, by the values of the same column. */
static const char *
output_obstacle(const GePlan *plan, const GePlanSource *source)
{
	GeDistribution distribution =
		ge_distribution_of(RelationGetRelid(ge_source_relation(source->source)));
	int column;

	if (source->output->obstacle != NULL)
		return source->output->obstacle;
	if (distribution.kind == GE_SPREAD_OTHERWISE)
		return "Citus distributes the relation neither by hash nor as a reference table.";
	if (!ge_may_create_temporary())
		return "Results of groups go to the servers from a temporary table, which the "
			   "caller has no right to create.";
	if (distribution.kind != GE_SPREAD_BY_COLUMN || !source->output->replaces_values)
		return NULL;
	column = ge_plan_find_column(plan, distribution.column);
	if (column < 0 || !plan->columns[column].is_label)
		return NULL;
	return psprintf("Citus distributes the relation by column \"%s\", whose values label "
					"codes replace; with a label_suffix they do not.",
					ge_shown(distribution.column));
}

const char *
ge_group_obstacle(const GePlan *plan, int s)
{
	const GePlanSource *source = &plan->sources[s];
	const char *obstacle = ge_source_ungroupable(source->source);

	if (obstacle == NULL && source->output != NULL)
		obstacle = output_obstacle(plan, source);
	for (int i = 0; i < plan->n_columns && obstacle == NULL; i++)
		if (source->category_attno[i] != 0)
			obstacle = column_obstacle(&plan->columns[i]);
	if (obstacle == NULL && s == 0 && !plan->options.is_transform)
		obstacle = learning_obstacle(plan);
	return obstacle;
}
