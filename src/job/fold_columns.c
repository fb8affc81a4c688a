/*
 * fold_columns.c: the columns that a job takes folds from, and whether its folds need an
 * order.
 */
#include "postgres.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"

#include "base/shown.h"
#include "job/internal.h"

/* The fold column of the fitted source: an integer. */
static void
check_fold_column(const GePlan *plan, const GeSource *fitted)
{
	const char *name = plan->options.folds.column;
	Oid type =
		TupleDescAttr(ge_source_desc(fitted), ge_plan_require_column(fitted, name) - 1)
			->atttypid;

	switch (getBaseType(type))
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
			return;
		default:
			ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
							errmsg("fold column \"%s\" has type %s", ge_shown(name),
								   format_type_be(type)),
							errhint("Give a column of integers, or a view in which the "
									"folds are integers.")));
	}
}

static void
add_fold_key(GePlan *plan, const GeSource *fitted, AttrNumber attno)
{
	Form_pg_attribute attribute = TupleDescAttr(ge_source_desc(fitted), attno - 1);
	const char *name = pstrdup(ge_source_column_name(fitted, attno));

	plan->fold_keys[plan->n_fold_keys++] =
		(GeFoldKey){.name = name,
					.attno = attno,
					.category = ge_category_type_create(name, attribute->atttypid,
														attribute->attcollation, NULL)};
}

/* The columns of the primary key, in the order of its index. */
static void
use_primary_key(GePlan *plan, const GeSource *fitted)
{
	Relation rel = ge_source_relation(fitted);
	Oid oid;
	Relation index;

	RelationGetIndexList(rel); /* finds the primary key, too */
	oid = rel->rd_pkindex;
	if (!OidIsValid(oid))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("split_method => 'hash' needs group_columns or a primary key"),
				 errdetail("Relation %s has no primary key.", ge_source_name(fitted)),
				 errhint("Say group_columns => ARRAY['...'] with columns whose values "
						 "decide on a row's fold.")));
	index = RelationIdGetRelation(oid);
	plan->fold_keys =
		palloc_array(GeFoldKey, IndexRelationGetNumberOfKeyAttributes(index));
	for (int i = 0; i < IndexRelationGetNumberOfKeyAttributes(index); i++)
		add_fold_key(plan, fitted, index->rd_index->indkey.values[i]);
	RelationClose(index);
}

static void
use_group_columns(GePlan *plan, const GeSource *fitted)
{
	const GeNames *names = &plan->options.folds.group_columns;

	plan->fold_keys = palloc_array(GeFoldKey, names->n);
	for (int i = 0; i < names->n; i++)
		add_fold_key(plan, fitted, ge_plan_require_column(fitted, names->names[i]));
}

/* Shares of classes need classes. */
static void
check_classes(const GePlan *plan)
{
	const GeTargetColumn *target = plan->targets;

	if (plan->n_targets != 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("split_method => 'stratified' needs one target"),
						errdetail("There are %d.", plan->n_targets)));
	if (target->form == GE_TARGET_TWO_VALUES || target->form == GE_TARGET_CLASSES ||
		getBaseType(target->type) == BOOLOID)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("split_method => 'stratified' needs a target with classes"),
			 errdetail("Target \"%s\" of type %s is a number.", target->name,
					   format_type_be(target->type)),
			 errhint("If the number stands for a class, say target_type => 'binary' or "
					 "'multiclass'.")));
}

void
ge_plan_resolve_folds(GePlan *plan, const GeSource *fitted)
{
	GeFoldOptions *folds = &plan->options.folds;

	if (ge_folds_are_of(folds, GE_FOLDS_OF_COLUMN))
		check_fold_column(plan, fitted);
	if (ge_folds_are_of(folds, GE_FOLDS_OF_KEYS))
	{
		if (folds->group_columns.given)
			use_group_columns(plan, fitted);
		else
			use_primary_key(plan, fitted);
	}
	if (ge_folds_are_of(folds, GE_FOLDS_OF_TARGETS) && plan->n_encodings > 0)
		check_classes(plan);
	if (folds->split == GE_SPLIT_ORDERED)
		ge_plan_resolve_order(plan, fitted);
	/* label codes alone need no fold, and so none of these columns */
	if (plan->n_encodings == 0 && folds->split == GE_SPLIT_CUSTOM &&
		folds->source != GE_FOLDS_OF_COLUMN)
	{
		folds->split = GE_SPLIT_NONE;
		plan->n_fold_keys = 0;
	}
}

Bitmapset *
ge_plan_prepare_folds(GePlan *plan, GePlanSource *source, Bitmapset *used)
{
	if (ge_folds_are_of(&plan->options.folds, GE_FOLDS_OF_COLUMN))
	{
		source->fold_attno =
			ge_plan_require_column(source->source, plan->options.folds.column);
		used = bms_add_member(used, source->fold_attno);
	}
	for (int i = 0; i < plan->n_fold_keys; i++)
		used = bms_add_member(used, plan->fold_keys[i].attno);
	for (int i = 0; i < plan->n_order_keys; i++)
		used = bms_add_member(used, plan->order_keys[i].attno);
	return used;
}

void
ge_plan_require_order(const GePlan *plan, const GeSource *source)
{
	const GeFoldOptions *folds = &plan->options.folds;

	if (plan->n_encodings == 0 || folds->split == GE_SPLIT_NONE ||
		folds->split == GE_SPLIT_ORDERED ||
		(folds->split == GE_SPLIT_CUSTOM && folds->source != GE_FOLDS_OF_TARGETS) ||
		ge_source_is_ordered(source))
		return;
	ereport(
		ERROR,
		(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		 errmsg("relation %s has no physical order to take folds from",
				ge_source_name(source)),
		 errhint("Say order_by => ARRAY['...'] with columns that are unique together, or "
				 "give group_columns or a fold_column.")));
}
