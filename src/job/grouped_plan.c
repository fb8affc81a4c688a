/*
 * grouped_plan.c: the statements that group the rows of a source where they lie.
 *
 * The expressions name functions of this extension, operators and types in full, and take
 * raw columns: postgres_fdw does not send casts to text, COALESCE or COLLATE.
 */
#include "postgres.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "base/citus.h"
#include "base/shown.h"
#include "job/distinct.h"
#include "job/grouped.h"
#include "job/internal.h"
#include "source/pulled.h"

/* Classes of a target, and moments of a group: each is a column of the statements. */
#define MOST_CLASSES 100
#define MOST_MOMENTS 1000

static void
notice_rows_are_read(const GePlanSource *source, const char *obstacle)
{
	ereport(NOTICE,
			(errmsg("the rows of %s are read one by one", ge_source_name(source->source)),
			 errdetail_internal("%s", obstacle)));
}

/* ----------------------------------------------------------------- values of targets */

static char *
category_text(const GePlanSource *source, AttrNumber attno, const char *null_value)
{
	const char *column = ge_group_column(source->source, attno);

	if (null_value == NULL)
		return psprintf("gpu_encode.category_text(%s)", column);
	return psprintf("gpu_encode.category_text(%s, %s)", column,
					quote_literal_cstr(null_value));
}

/* False: there are too many. */
static bool
meet_text(const GeTargetColumn *target, const char *string, GeDistinct *distinct)
{
	StringInfoData bytes;
	int64 number;
	int nest = ge_text_form_begin();
	bool is_read, is_number = ge_category_key_kind(target->category) == GE_KEY_INT64;

	initStringInfo(&bytes);
	is_read = ge_category_key_of_stored_text(target->category, string, &number, &bytes);
	ge_text_form_end(nest);
	if (!is_read)
		ereport(ERROR, (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
						errmsg("target \"%s\" has a value \"%s\" that is none of type %s",
							   ge_shown(target->name), ge_shown(string),
							   format_type_be(target->type))));
	return is_number ? ge_distinct_meet(distinct, number, NULL, 0)
					 : ge_distinct_meet(distinct, 0, (uint8 *) bytes.data, bytes.len);
}

static GeGrouped *
group_by(const GePlanSource *source, GeGrouping grouping)
{
	return ge_grouped_create(source->source, &grouping);
}

/* The most values that a target may have. */
static int
most_values(const GeTargetColumn *target)
{
	return target->form == GE_TARGET_TWO_VALUES ? 2 : MOST_CLASSES;
}

/* The values of a target that is read as keys, in sorted order.  False: they are too many. */
static bool
find_values(const GePlan *plan, int t, GeNames *values)
{
	const GeTargetColumn *target = &plan->targets[t];
	const GePlanSource *fitted = &plan->sources[0];
	char *key = category_text(fitted, fitted->target_attno[t], NULL);
	/* its values and NULL */
	GeGrouped *grouped = group_by(
		fitted, (GeGrouping){.n_keys = 1, .keys = &key, .most = most_values(target) + 1});
	GeDistinct *distinct = ge_distinct_create(target->category);
	TupleTableSlot *slot;
	bool goes_on;

	ge_grouped_rewind(grouped);
	goes_on = !ge_grouped_is_cut(grouped);
	while (goes_on && (slot = ge_grouped_next(grouped)) != NULL)
	{
		slot_getallattrs(slot);
		if (!slot->tts_isnull[0])
			goes_on =
				meet_text(target, TextDatumGetCString(slot->tts_values[0]), distinct);
	}
	ge_grouped_close(grouped);
	*values = ge_distinct_texts(distinct);
	return goes_on && values->n <= most_values(target);
}

/* The values of all targets that are read as keys; or why that needs rows, as a sentence. */
static const char *
find_all_values(const GePlan *plan, GeNames *values)
{
	int n_moments = 0;

	for (int t = 0; t < plan->n_targets; t++)
	{
		const GeTargetColumn *target = &plan->targets[t];

		if (target->category != NULL && !find_values(plan, t, &values[t]))
			return psprintf("Target \"%s\" has more than %d values.",
							ge_shown(target->name), most_values(target));
		n_moments += target->form == GE_TARGET_CLASSES ? values[t].n : 1;
	}
	if (n_moments > MOST_MOMENTS)
		return psprintf("There are more than %d targets and classes.", MOST_MOMENTS);
	return NULL;
}

/* Rows that the call wants to learn from, or to write where they lie. */
static bool
is_remote(const GePlanSource *source)
{
	Relation relation = ge_source_relation(source->source);

	if (source->output == NULL)
		return source->may_be_grouped && ge_source_is_remote(source->source);
	return relation != NULL &&
		   ge_distribution_of(RelationGetRelid(relation)).kind != GE_NOT_SPREAD;
}

struct GePlanGrouped *
ge_plan_group(const GePlan *plan, int s)
{
	const GePlanSource *source = &plan->sources[s];
	struct GePlanGrouped *grouped;
	const char *obstacle;

	if (!is_remote(source))
		return NULL;
	obstacle = ge_group_obstacle(plan, s);
	grouped = palloc0_object(struct GePlanGrouped);
	grouped->values = palloc0_array(GeNames, plan->n_targets + 1);
	if (obstacle == NULL && s == 0)
		obstacle = find_all_values(plan, grouped->values);
	if (obstacle == NULL)
		return grouped;
	notice_rows_are_read(source, obstacle);
	return NULL;
}

/* ------------------------------------------------------------------- the statements */

/* Whether rows have a value of a target that is read as keys; that of two which counts 1. */
static char *
is_value(const GePlan *plan, int t, const char *value)
{
	const GeTargetColumn *target = &plan->targets[t];
	AttrNumber attno = plan->sources[0].target_attno[t];

	if (ge_type_is_text_like(target->type))
		return psprintf("%s OPERATOR(pg_catalog.=) %s",
						category_text(&plan->sources[0], attno, NULL),
						quote_literal_cstr(value));
	return psprintf(
		"%s OPERATOR(pg_catalog.=) %s::%s",
		ge_group_column(plan->sources[0].source, attno), quote_literal_cstr(value),
		format_type_extended(getBaseType(target->type), -1, FORMAT_TYPE_FORCE_QUALIFY));
}

/* The value of two that counts 1; that of all targets alike, if none does. */
static const char *
positive_value(const GePlan *plan, int t)
{
	const GeNames *values = &plan->sources[0].grouped->values[t];
	const char *given = ge_plan_pos_label(plan, t);
	char *wanted = NULL;

	if (given != NULL)
		wanted = ge_category_canonical_text(plan->targets[t].category, given, false);
	if (wanted != NULL)
		return wanted;
	return values->n > 0 ? values->names[values->n - 1] : NULL;
}

/* A target as a number, or a truth value. */
static char *
target_number(const GePlan *plan, int t, int class)
{
	const GeTargetColumn *target = &plan->targets[t];
	const char *column =
		ge_group_column(plan->sources[0].source, plan->sources[0].target_attno[t]);
	const char *value;

	if (target->form == GE_TARGET_FLOATS)
		return psprintf("%s::pg_catalog.float8", column);
	if (target->form == GE_TARGET_INTEGERS)
		return psprintf("%s::pg_catalog.%s", column,
						getBaseType(target->type) == BOOLOID ? "bool" : "int8");
	value = class >= 0 ? target->classes[class] : positive_value(plan, t);
	/* all are NULL: so is any comparison */
	return value == NULL ? pstrdup("NULL::pg_catalog.bool") : is_value(plan, t, value);
}

static char *
moments_of(const GePlan *plan, int t, int class, bool weighted)
{
	AttrNumber weight = plan->sources[0].weight_attno;
	char *number = target_number(plan, t, class);

	if (!weighted || weight == 0)
		return psprintf("gpu_encode.moments(%s)", number);
	return psprintf("gpu_encode.moments(%s, %s::pg_catalog.float8)", number,
					ge_group_column(plan->sources[0].source, weight));
}

bool
ge_groups_have_folds(const GePlan *plan, int source, int encoding)
{
	return source == 0 && encoding >= 0 && plan->encodings[encoding].n_fits > 0 &&
		   plan->options.folds.split == GE_SPLIT_CUSTOM;
}

char *
ge_group_text(const GePlan *plan, int source, int column)
{
	return category_text(&plan->sources[source],
						 plan->sources[source].category_attno[column],
						 plan->columns[column].options.null_value);
}

char *
ge_group_fold(const GePlan *plan)
{
	const GePlanSource *fitted = &plan->sources[0];
	const GeFoldOptions *folds = &plan->options.folds;
	StringInfoData sql;

	if (folds->source == GE_FOLDS_OF_COLUMN)
		return psprintf("%s::pg_catalog.int8",
						ge_group_column(fitted->source, fitted->fold_attno));
	initStringInfo(&sql);
	appendStringInfo(&sql, "gpu_encode.fold_of(%u, '" INT64_FORMAT "'::pg_catalog.int8",
					 folds->n_folds, folds->seed);
	for (int i = 0; i < plan->n_fold_keys; i++)
		appendStringInfo(&sql, ", %s",
						 ge_group_column(fitted->source, plan->fold_keys[i].attno));
	appendStringInfoString(&sql, ")::pg_catalog.int8");
	return sql.data;
}

/* The rows of every category of n columns together, and their moments by fit. */
static GeGrouped *
group_part(const GePlan *plan, int s, int n, const int *columns, int e)
{
	int n_fits = e < 0 || s > 0 ? 0 : plan->encodings[e].n_fits, n_values = 1;
	char **keys = palloc_array(char *, n + 1),
		 **values = palloc_array(char *, n_fits + 1);

	for (int k = 0; k < n; k++)
		keys[k] = ge_group_text(plan, s, columns[k]);
	if (ge_groups_have_folds(plan, s, e))
		keys[n++] = ge_group_fold(plan);
	values[0] = "pg_catalog.count(*)";
	for (int k = 0; k < n_fits; k++)
	{
		const GeFit *fit = &plan->encodings[e].fits[k];

		if (fit->target >= 0)
			values[n_values++] = moments_of(plan, fit->target, fit->class, true);
	}
	return group_by(
		&plan->sources[s],
		(GeGrouping){.n_keys = n, .keys = keys, .n_values = n_values, .values = values});
}

/*
 * Before anything is counted, woe asks whether a target of numbers has zeros and ones alone,
 * in rows of weight 0 too.
 */
static bool
needs_totals(const GePlan *plan)
{
	for (int i = 0; i < plan->n_outputs; i++)
		if (plan->outputs[i].stat.kind == GE_FINISH_WOE)
			return true;
	return false;
}

/* The moments of targets of numbers, whatever the weights of their rows. */
static GeGrouped *
group_totals(const GePlan *plan)
{
	char **values = palloc_array(char *, plan->n_targets + 1);
	int n = 0;

	for (int t = 0; t < plan->n_targets; t++)
		if (plan->targets[t].category == NULL && plan->targets[t].form != GE_TARGET_NONE)
			values[n++] = moments_of(plan, t, -1, false);
	if (n == 0)
		return NULL;
	return group_by(&plan->sources[0],
					(GeGrouping){.n_values = n, .values = values, .most = 1});
}

static void
group_parts(const GePlan *plan, int s)
{
	const GePlanSource *source = &plan->sources[s];
	struct GePlanGrouped *grouped = source->grouped;

	if (s == 0 && needs_totals(plan))
		grouped->totals = group_totals(plan);
	grouped->of_columns = palloc0_array(GeGrouped *, plan->n_columns + 1);
	grouped->of_encodings = palloc0_array(GeGrouped *, plan->n_encodings + 1);
	for (int i = 0; i < plan->n_columns; i++)
	{
		int encoding = source->read_encoded ? ge_plan_find_encoding(plan, i) : -1;

		if (source->category_attno[i] == 0)
			continue;
		/* guards look at the parts of combinations, too */
		if (plan->columns[i].is_label || encoding >= 0 || plan->options.guards.given)
			grouped->of_columns[i] = group_part(plan, s, 1, &i, encoding);
	}
	for (int i = 0; i < plan->n_encodings && source->read_encoded; i++)
		if (plan->encodings[i].n_parts > 1)
			grouped->of_encodings[i] = group_part(plan, s, plan->encodings[i].n_parts,
												  plan->encodings[i].parts, i);
}

/* The statements of columns and combinations. */
static List *
list_parts(const GePlan *plan, const struct GePlanGrouped *grouped)
{
	List *parts = NIL;

	for (int i = 0; i < plan->n_columns; i++)
		if (grouped->of_columns[i] != NULL)
			parts = lappend(parts, grouped->of_columns[i]);
	for (int i = 0; i < plan->n_encodings; i++)
		if (grouped->of_encodings[i] != NULL)
			parts = lappend(parts, grouped->of_encodings[i]);
	return parts;
}

void
ge_plan_group_parts(GePlan *plan, int source)
{
	struct GePlanGrouped *grouped = plan->sources[source].grouped;

	if (grouped == NULL)
		return;
	group_parts(plan, source);
	if (!ge_notice_pulled(list_parts(plan, grouped)))
		ge_plan_close_grouped(plan, source);
}

void
ge_plan_close_grouped(GePlan *plan, int source)
{
	struct GePlanGrouped *grouped = plan->sources[source].grouped;
	ListCell *cell;

	if (grouped == NULL)
		return;
	foreach (cell, list_parts(plan, grouped))
		ge_grouped_close(lfirst(cell));
	if (grouped->totals != NULL)
		ge_grouped_close(grouped->totals);
	plan->sources[source].grouped = NULL;
}
