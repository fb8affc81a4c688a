/*
 * order_columns.c: the columns that say which rows a row learns from.
 *
 * Their values are read as keys of categories, because keys sort as values do.
 */
#include "postgres.h"
#include "utils/builtins.h"

#include "base/shown.h"
#include "job/internal.h"

static GeFoldKey
resolve_key(const GeSource *fitted, const char *name)
{
	AttrNumber attno = ge_plan_require_column(fitted, name);
	Oid type = TupleDescAttr(ge_source_desc(fitted), attno - 1)->atttypid;

	if (!ge_type_has_natural_form(type))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("split_method => 'ordered' cannot order by column \"%s\" of type "
						"%s",
						ge_shown(name), format_type_be(type)),
				 errhint("Give a view that has the column as a number, date, timestamp, "
						 "interval, text or uuid.")));
	/* texts are compared by their bytes, whatever the collation */
	return (GeFoldKey){.name = pstrdup(name),
					   .attno = attno,
					   .category = ge_category_type_create(name, type, InvalidOid, NULL)};
}

void
ge_plan_resolve_order(GePlan *plan, const GeSource *fitted)
{
	const GeNames *names = &plan->options.order_by;
	const char *delay = plan->options.folds.label_delay;
	AttrNumber attno;

	plan->order_keys = palloc_array(GeFoldKey, names->n + 1);
	for (int i = 0; i < names->n; i++)
		plan->order_keys[i] = resolve_key(fitted, names->names[i]);
	if (delay != NULL && names->n != 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("label_delay needs one column in order_by"),
						errdetail("There are %d.", names->n),
						errhint("Name the column that says when a row became known.")));
	attno = plan->order_keys[0].attno;
	if (delay != NULL)
		plan->label_delay = ge_label_delay_create(
			delay, plan->order_keys[0].name,
			TupleDescAttr(ge_source_desc(fitted), attno - 1)->atttypid);
	/* label codes alone need no order */
	plan->n_order_keys = plan->n_encodings > 0 ? names->n : 0;
}
