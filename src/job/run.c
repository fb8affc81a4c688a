/*
 * run.c: a run before its first step: dictionaries, and the id columns of row stores.
 */
#include "postgres.h"

#include "job/internal.h"

GeRunEncoding *
ge_job_find_encoding(const GeRun *run, int column)
{
	int i = ge_plan_find_encoding(run->plan, column);

	return i < 0 ? NULL : &run->encodings[i];
}

/* An empty set of categories. */
static void
create_categories(GeRun *run, GeCategories *categories, GeKeyKind kind, int part)
{
	categories->kind = kind;
	categories->dictionary = ge_compute_dictionary(run->compute, kind, part);
}

/* An encoding's ids: those of its column, or of an id column of its own. */
static void
create_encoding(GeRun *run, GeRunEncoding *encoding)
{
	int n_parts = encoding->plan->n_parts;
	bool missing_is_category =
		encoding->plan->options.handle_missing == GE_MISSING_CATEGORY;

	if (n_parts == 1)
	{
		encoding->id_column = encoding->plan->parts[0];
		encoding->categories = &run->categories[encoding->id_column];
		encoding->categories->missing_is_category = missing_is_category;
		return;
	}
	encoding->id_column = run->n_id_columns++;
	if (n_parts > 2 && run->spare_id_columns[0] == 0)
	{
		run->spare_id_columns[0] = run->n_id_columns++;
		run->spare_id_columns[1] = run->n_id_columns++;
	}
	encoding->categories = palloc0_object(GeCategories);
	encoding->categories->missing_is_category = missing_is_category;
	create_categories(run, encoding->categories, GE_KEY_INT64,
					  ge_part_of_encoding(run->plan, encoding - run->encodings));
}

static GeRunFit *
create_fits(const GeEncoding *plan)
{
	GeRunFit *fits = palloc0_array(GeRunFit, plan->n_fits + 1);

	for (int i = 0; i < plan->n_fits; i++)
	{
		fits[i].plan = &plan->fits[i];
		fits[i].unseen = palloc0_array(double, plan->fits[i].n_outputs + 1);
	}
	return fits;
}

GeRun *
ge_run_create(const GePlan *plan, GeCompute *compute)
{
	GeRun *run = palloc0_object(GeRun);

	run->plan = plan;
	run->compute = compute;
	run->context = CurrentMemoryContext;
	run->categories = palloc0_array(GeCategories, plan->n_columns + 1);
	run->encodings = palloc0_array(GeRunEncoding, plan->n_encodings + 1);
	run->outputs = palloc0_array(GeRunOutput, plan->n_outputs + 1);
	run->targets = palloc0_array(GeRunTarget, plan->n_targets + 1);
	run->rows = palloc0_array(GeRowStore *, plan->n_sources);
	run->groups = palloc0_array(struct GeGroups *, plan->n_sources);
	run->n_id_columns = plan->n_columns;
	for (int i = 0; i < plan->n_columns; i++)
		create_categories(run, &run->categories[i],
						  ge_category_key_kind(plan->columns[i].category),
						  ge_part_of_column(i));
	for (int i = 0; i < plan->n_encodings; i++)
	{
		run->encodings[i].plan = &plan->encodings[i];
		create_encoding(run, &run->encodings[i]);
		run->encodings[i].fits = create_fits(&plan->encodings[i]);
	}
	if (plan->options.folds.split == GE_SPLIT_CUSTOM)
	{
		run->fold_id_column = run->n_id_columns++;
		run->fold_dictionary =
			ge_compute_dictionary(compute, GE_KEY_INT64, ge_part_of_folds(plan));
	}
	run->first_order_column = run->n_id_columns;
	run->n_id_columns += plan->n_order_keys;
	run->order_dictionaries = palloc_array(GeDictionary *, plan->n_order_keys + 1);
	for (int i = 0; i < plan->n_order_keys; i++)
		run->order_dictionaries[i] = ge_compute_dictionary(
			compute, ge_category_key_kind(plan->order_keys[i].category),
			ge_part_of_folds(plan));
	for (int t = 0; t < plan->n_targets; t++)
	{
		if (plan->targets[t].category == NULL)
			continue;
		run->targets[t].id_column = run->n_id_columns++;
		run->targets[t].dictionary = ge_compute_dictionary(
			compute, ge_category_key_kind(plan->targets[t].category),
			ge_part_of_targets(plan));
	}
	return run;
}
