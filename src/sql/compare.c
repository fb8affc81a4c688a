/*
 * compare.c: compare_encoders, the drift between two encoders.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"

#include "base/arguments.h"
#include "base/compat.h"
#include "base/run_log.h"
#include "encoder/compare.h"

GE_LOGGED_FUNCTION(ge_compare_encoders, compare_encoders);

enum
{
	COLUMN_NAME,
	TARGET,
	CLASS,
	CATEGORIES_BEFORE,
	CATEGORIES_AFTER,
	NEW_CATEGORIES,
	VANISHED_CATEGORIES,
	NEW_SHARE,
	VANISHED_SHARE,
	PSI,
	PRIOR_BEFORE,
	PRIOR_AFTER,
	LARGEST_SHIFT,
	LARGEST_SHIFT_VALUE,
	N_FIELDS
};

typedef struct Row
{
	Datum values[N_FIELDS];
	bool is_null[N_FIELDS];
} Row;

static void
set_field(Row *row, int field, Datum value)
{
	row->values[field] = value;
	row->is_null[field] = false;
}

static void
set_text(Row *row, int field, const char *string)
{
	if (string != NULL)
		set_field(row, field, CStringGetTextDatum(string));
}

static void
set_number(Row *row, int field, double number)
{
	if (!isnan(number))
		set_field(row, field, Float8GetDatum(number));
}

/* What needs the column on both sides. */
static void
set_drift(Row *row, const GeDriftFigures *figures)
{
	set_field(row, NEW_CATEGORIES,
			  Int64GetDatum(figures->lone_categories[GE_DRIFT_AFTER]));
	set_field(row, VANISHED_CATEGORIES,
			  Int64GetDatum(figures->lone_categories[GE_DRIFT_BEFORE]));
	set_number(row, NEW_SHARE, ge_drift_lone_share(figures, GE_DRIFT_AFTER));
	set_number(row, VANISHED_SHARE, ge_drift_lone_share(figures, GE_DRIFT_BEFORE));
	set_number(row, PSI, figures->psi);
}

static void
put_row(const ReturnSetInfo *result, const GeCompared *compared)
{
	const GeDriftFigures *figures = compared->figures;
	Row row;

	memset(row.is_null, true, sizeof row.is_null);
	set_text(&row, COLUMN_NAME, compared->column_name);
	set_text(&row, TARGET, compared->target);
	set_text(&row, CLASS, compared->class);
	if (compared->has[GE_DRIFT_BEFORE])
		set_field(&row, CATEGORIES_BEFORE,
				  Int64GetDatum(figures->categories[GE_DRIFT_BEFORE]));
	if (compared->has[GE_DRIFT_AFTER])
		set_field(&row, CATEGORIES_AFTER,
				  Int64GetDatum(figures->categories[GE_DRIFT_AFTER]));
	if (compared->has[GE_DRIFT_BEFORE] && compared->has[GE_DRIFT_AFTER])
		set_drift(&row, figures);
	set_number(&row, PRIOR_BEFORE, compared->priors[GE_DRIFT_BEFORE]);
	set_number(&row, PRIOR_AFTER, compared->priors[GE_DRIFT_AFTER]);
	set_number(&row, LARGEST_SHIFT, compared->largest_shift);
	set_text(&row, LARGEST_SHIFT_VALUE, compared->largest_shift_value);
	tuplestore_putvalues(result->setResult, result->setDesc, row.values, row.is_null);
}

static Datum
compare_encoders(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeRelationRef before_ref = ge_arg_relation(args, "before"),
				  after_ref = ge_arg_relation(args, "after");
	GeEncoder *before, *after;
	GeCompared *compared;
	int n;

	ge_arguments_done(args);
	InitMaterializedSRF(fcinfo, 0);
	ge_stage_begin();
	before = ge_encoder_open_seen(&before_ref);
	after = ge_encoder_open_seen(&after_ref);
	compared = ge_encoders_compare(before, after, &n);
	for (int i = 0; i < n; i++)
		put_row((ReturnSetInfo *) fcinfo->resultinfo, &compared[i]);
	ge_stage_end("compare", n, -1, "", "%s with %s", ge_encoder_name(before),
				 ge_encoder_name(after));
	ge_encoder_close(before);
	ge_encoder_close(after);
	return (Datum) 0;
}
