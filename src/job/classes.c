/*
 * classes.c: a target with classes: each of its values against all others.
 *
 * The names of output columns have the classes, and output tables are created before any
 * row is read for good.  So the target alone is read first, as the call's snapshot has it;
 * a class is a distinct key.
 */
#include "postgres.h"

#include "base/run_log.h"
#include "base/shown.h"
#include "job/distinct.h"
#include "job/grouped.h"
#include "job/internal.h"

typedef struct Finding
{
	const GeTargetColumn *target;
	const char *source;
	GeDistinct *classes;
} Finding;

static void
refuse_many_classes(const Finding *finding)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("target \"%s\" of relation %s has more than %d classes",
					ge_shown(finding->target->name), finding->source, GE_MAX_CLASSES),
			 errhint("Give rare classes one name in a view, or encode a number with "
					 "target_type => 'continuous'.")));
}

/* Outputs are named after classes: without one there would be none. */
static void
refuse_no_class(const GePlan *plan, const GeTargetColumn *target)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("target \"%s\" of relation %s has no values", ge_shown(target->name),
					ge_source_name(plan->sources[0].source)),
			 errdetail("Its classes are its values, and every class gets an "
					   "output column."),
			 errhint("Load rows whose target is known, or give no target.")));
}

/* GeBatchConsumer */
static bool
consume(const GeBatch *batch, void *arg)
{
	Finding *finding = arg;
	const GeKeys *keys = &batch->columns[0].keys;

	for (uint32 i = 0; i < batch->n_rows; i++)
	{
		if (keys->is_missing != NULL && keys->is_missing[i])
			continue;
		if (keys->kind == GE_KEY_INT64
				? !ge_distinct_meet(finding->classes, keys->values[i], NULL, 0)
				: !ge_distinct_meet(finding->classes, 0, keys->bytes + keys->offsets[i],
									keys->offsets[i + 1] - keys->offsets[i]))
			refuse_many_classes(finding);
	}
	return true;
}

static char *
list_classes(const GeTargetColumn *target)
{
	StringInfoData list;

	initStringInfo(&list);
	ge_append_shown(&list, target->classes, target->n_classes, target->n_classes);
	return list.data;
}

/* The one class that a call asks for. */
static void
choose_class(const GePlan *plan, GeTargetColumn *target)
{
	const char *given = plan->options.pos_label;
	char *wanted = ge_category_canonical_text(target->category, given, true);

	for (int i = 0; i < target->n_classes; i++)
		if (strcmp(target->classes[i], wanted) == 0)
		{
			target->first_used = i;
			target->n_used = 1;
			return;
		}
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("pos_label \"%s\" is no class of target \"%s\"",
						   ge_shown(given), ge_shown(target->name)),
					errdetail_internal("Its classes are %s.", list_classes(target))));
}

/* From all rows. */
static GeNames
read_classes(const GePlan *plan, const GeTargetColumn *target, AttrNumber attno)
{
	GeSource *source = plan->sources[0].source;
	Finding finding = {.target = target,
					   .source = ge_source_name(source),
					   .classes = ge_distinct_create(target->category)};
	const GeReadColumn column = {
		.attno = attno, .kind = GE_READ_CATEGORY, .category = target->category};
	GeNames classes;

	ge_stage_begin();
	ge_read(source, &column, 1, ge_job_max_workers(), consume, &finding);
	classes = ge_distinct_texts(finding.classes);
	pfree(finding.classes);
	ge_stage_end("classes", classes.n, -1, "", "of target %s", target->name);
	return classes;
}

void
ge_plan_find_classes(GePlan *plan, GeTargetColumn *target, AttrNumber attno)
{
	const GeFittedTarget *fitted = ge_options_fitted_target(&plan->options, target->name);
	GeNames classes;

	if (fitted != NULL)
		classes = fitted->classes;
	else if (plan->sources[0].grouped != NULL)
		classes = plan->sources[0].grouped->values[target - plan->targets];
	else
		classes = read_classes(plan, target, attno);
	if (fitted == NULL && classes.n == 0)
		refuse_no_class(plan, target);
	target->classes = classes.names;
	target->n_classes = target->n_used = classes.n;
	if (fitted == NULL && plan->options.pos_label_is_class)
		choose_class(plan, target);
}

/* The rows have a value that is no class of the encoder, and its encodings cannot get one. */
static void
refuse_new_class(const GeTargetColumn *target, const char *value)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("target \"%s\" has a class \"%s\" that the encoder lacks",
						   ge_shown(target->name), ge_shown(value)),
					errhint("Fit the encoder anew to all rows.")));
}

/* Both in the order of their keys: rows may lack classes that were met elsewhere. */
static void
match_classes(GeRun *run, int t, const uint32 *ordered, uint32 n)
{
	const GeTargetColumn *target = &run->plan->targets[t];
	uint32 n_shown = Min(n, (uint32) target->n_classes + 1);
	char **texts =
		ge_job_texts(run, target->category, run->targets[t].dictionary, ordered, n_shown);
	int class = 0;

	for (uint32 i = 0; i < n_shown; i++)
	{
		while (class < target->n_classes && strcmp(target->classes[class], texts[i]) != 0)
			class ++;
		if (class == target->n_classes)
			refuse_new_class(target, texts[i]);
		run->targets[t].class_of_id[ordered[i]] = class;
	}
}

void
ge_run_settle_classes(GeRun *run, int t)
{
	GeRunTarget *target = &run->targets[t];
	uint32 n = ge_compute_size(run->compute, target->dictionary);
	uint32 *ordered;

	if (ge_options_fitted_target(&run->plan->options, run->plan->targets[t].name) ==
			NULL &&
		n != run->plan->targets[t].n_classes)
		ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
						errmsg("relation %s gave other rows in the second reading",
							   ge_source_name(run->plan->sources[0].source))));
	ordered = palloc_extended(sizeof(uint32) * ((Size) n + 1), MCXT_ALLOC_HUGE);
	target->class_of_id =
		palloc_extended(sizeof(uint32) * ((Size) n + 1), MCXT_ALLOC_HUGE);
	ge_compute_sort(run->compute, target->dictionary, 1, n, ordered);
	match_classes(run, t, ordered, n);
	pfree(ordered);
	target->bins = (GeBins){0, 0};
	target->largest = 1;
	target->is_binary = target->counts_binary = true;
}
