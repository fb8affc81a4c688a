/*
 * two_values.c: a target with two values, of which one counts 1.
 *
 * pos_label names this value.  Without pos_label the value that sorts last counts 1, and
 * for text a NOTICE says so.  The values' ids become the integers 0 and 1 in the row
 * store.
 */
#include "postgres.h"
#include "utils/builtins.h"

#include "base/shown.h"
#include "job/internal.h"

static void
refuse_many_values(const GeRun *run, int t, uint32 n)
{
	const GeTargetColumn *target = &run->plan->targets[t];
	uint32 *ids = palloc_extended(sizeof(uint32) * (Size) n, MCXT_ALLOC_HUGE);
	uint32 n_shown = Min(n, GE_SHOWN_VALUES);
	StringInfoData values;

	ge_compute_sort(run->compute, run->targets[t].dictionary, 1, n, ids);
	initStringInfo(&values);
	ge_append_shown(
		&values,
		ge_job_texts(run, target->category, run->targets[t].dictionary, ids, n_shown),
		n_shown, n);
	ereport(
		ERROR,
		(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		 errmsg("target \"%s\" has %u values, but two are expected",
				ge_shown(target->name), n),
		 errdetail_internal("They are %s%s", values.data, n > n_shown ? "" : "."),
		 run->plan->options.fitted_source != NULL
			 ? errhint("If each value is a class, fit the encoder anew with target_type "
					   "=> 'multiclass'.")
			 : errhint(
				   "If each value is a class, say target_type => 'multiclass'. A text "
				   "target must have two values, and so must a target with "
				   "pos_label or target_type => 'binary'.")));
}

/* Refuse NaN and infinities in a float or numeric target. */
static void
refuse_not_finite(const GeRun *run, int t, char **texts, const uint32 *ids, uint32 n)
{
	static const char *const not_finite[] = {"NaN", "Infinity", "-Infinity"};
	if (run->plan->targets[t].natural != GE_TARGET_FLOATS)
		return;
	for (uint32 i = 0; i < n; i++)
		for (int k = 0; k < lengthof(not_finite); k++)
			if (strcmp(texts[i], not_finite[k]) == 0)
				ge_run_refuse_target(
					run, t, texts[i],
					ge_row_store_first(run->rows[0], run->targets[t].id_column, ids[i]));
}

const char *
ge_plan_pos_label(const GePlan *plan, int t)
{
	const GeFittedTarget *fitted =
		ge_options_fitted_target(&plan->options, plan->targets[t].name);

	return fitted != NULL ? fitted->pos_label : plan->options.pos_label;
}

/* A value beside the two that the encoder has. */
static void
check_fitted_values(const GeTargetColumn *target, const GeFittedTarget *fitted,
					char **texts, uint32 n)
{
	if (fitted == NULL || fitted->pos_label == NULL || fitted->other_label == NULL)
		return;
	for (uint32 i = 0; i < n; i++)
		if (strcmp(texts[i], fitted->pos_label) != 0 &&
			strcmp(texts[i], fitted->other_label) != 0)
			ereport(
				ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("target \"%s\" has a value \"%s\" that the encoder lacks",
						ge_shown(target->name), ge_shown(texts[i])),
				 errdetail("It was fitted with \"%s\" and \"%s\".",
						   ge_shown(fitted->pos_label), ge_shown(fitted->other_label)),
				 errhint("Fit the encoder anew to all rows.")));
}

/* One value alone does not tell whether it counts 0 or 1. */
static void
refuse_single_value(const GePlan *plan, int t, char **texts, uint32 n)
{
	if (n == 1 && ge_plan_pos_label(plan, t) == NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("target \"%s\" has one value only",
							   ge_shown(plan->targets[t].name)),
						errdetail("It is \"%s\".", ge_shown(texts[0])),
						errhint("Say with pos_label which value counts 1.")));
}

/* Which of the ordered values (0 or 1) counts 1; 2: none of those that occur. */
static uint32
choose_positive(GeRun *run, int t, char **texts, uint32 n)
{
	const GeTargetColumn *target = &run->plan->targets[t];
	const char *given = ge_plan_pos_label(run->plan, t);

	if (given != NULL)
	{
		char *wanted = ge_category_canonical_text(target->category, given, false);

		if (wanted == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("pos_label \"%s\" is no value of target \"%s\"",
							ge_shown(given), ge_shown(target->name)),
					 errdetail("The target has type %s.", format_type_be(target->type))));
		run->targets[t].pos_label_used = wanted;
		for (uint32 i = 0; i < n; i++)
			if (strcmp(texts[i], wanted) == 0)
				return i;
		if (n == 2)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("pos_label \"%s\" is no value of target \"%s\"",
								   ge_shown(given), ge_shown(target->name)),
							errdetail("Its values are \"%s\" and \"%s\".",
									  ge_shown(texts[0]), ge_shown(texts[1]))));
		return 2;
	}
	if (n == 0)
		return 2;
	run->targets[t].pos_label_used = texts[1];
	if (ge_category_is_text_like(target->category) && !run->is_second)
		ereport(NOTICE,
				(errmsg("target \"%s\": \"%s\" counts 1, \"%s\" counts 0",
						ge_shown(target->name), ge_shown(texts[1]), ge_shown(texts[0])),
				 run->plan->n_targets == 1 ? errhint("Say pos_label => '...' to choose.")
										   : 0));
	return 1;
}

/* Replace the ids of the target's values by the integers that they count. */
static void
store_integers(GeRun *run, int t, uint32 positive_id)
{
	GeRowStore *rows = run->rows[0];
	MemoryContext old = MemoryContextSwitchTo(rows->context);

	for (int i = 0; i < rows->n_segments; i++)
	{
		GeSegment *segment = &rows->segments[i];
		GeTargetValues *values = &segment->targets[t];
		const GeIds *ids = &segment->ids[run->targets[t].id_column];

		values->ints = palloc_array(int64, segment->n_rows);
		for (uint32 row = 0; row < segment->n_rows; row++)
		{
			uint32 id = ge_ids_get(ids, row);

			if (id == GE_ID_MISSING && values->is_null == NULL)
				values->is_null = palloc0_array(uint8, segment->n_rows);
			if (id == GE_ID_MISSING)
				values->is_null[row] = 1;
			values->ints[row] = id != GE_ID_MISSING && id == positive_id;
		}
	}
	ge_row_store_drop(rows, run->targets[t].id_column);
	MemoryContextSwitchTo(old);
}

void
ge_run_settle_two_values(GeRun *run, int t)
{
	const GeTargetColumn *column = &run->plan->targets[t];
	GeRunTarget *target = &run->targets[t];
	uint32 n = ge_compute_size(run->compute, target->dictionary);
	const GeFittedTarget *fitted =
		ge_options_fitted_target(&run->plan->options, column->name);
	uint32 ordered[2] = {0}, positive;
	char **texts;

	if (n > 2)
		refuse_many_values(run, t, n);
	ge_compute_sort(run->compute, target->dictionary, 1, n, ordered);
	texts = ge_job_texts(run, column->category, target->dictionary, ordered, n);
	refuse_not_finite(run, t, texts, ordered, n);
	check_fitted_values(column, fitted, texts, n);
	refuse_single_value(run->plan, t, texts, n);
	positive = choose_positive(run, t, texts, n);
	target->first_counts_one = positive == 0;
	for (uint32 i = 0; i < n; i++)
		if (i != positive)
			target->other_label = texts[i];
	if (fitted != NULL && fitted->other_label != NULL)
		target->other_label = fitted->other_label;
	store_integers(run, t, positive < n ? ordered[positive] : GE_ID_MISSING);
	target->bins = (GeBins){0, 0};
	target->largest = 1;
	target->is_binary = target->counts_binary = true;
}
