/*
 * functions_rows.c: label_encode and target_encode, one column as rows.
 */
#include "postgres.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "base/arguments.h"
#include "base/compat.h"
#include "job/job.h"
#include "sql/job_arguments.h"
#include "base/run_log.h"

GE_LOGGED_FUNCTION(ge_label_encode, label_encode);
GE_LOGGED_FUNCTION(ge_target_encode, target_encode_one);
GE_LOGGED_FUNCTION(ge_target_encode_joint, target_encode_joint);

/* Columns of the answers. */
enum
{
	ROW_ORDINAL,
	ROW_SOURCE_TABLE,
	ROW_ROW_ID,
	ROW_CODE,
	ROW_FOLD = ROW_CODE,
	ROW_ENCODING,
	ROW_COLUMNS
};

/* Where rows go. */
typedef struct Answer
{
	const GeRun *run;
	ReturnSetInfo *set;
} Answer;

/* What both answers begin with. */
static void
set_row(const GeResultRow *row, Datum *values, bool *nulls)
{
	values[ROW_ORDINAL] = Int64GetDatum((int64) row->ordinal);
	nulls[ROW_ORDINAL] = false;
	nulls[ROW_SOURCE_TABLE] = nulls[ROW_ROW_ID] = !OidIsValid(row->row.table_oid);
	values[ROW_SOURCE_TABLE] = ObjectIdGetDatum(row->row.table_oid);
	values[ROW_ROW_ID] = PointerGetDatum(&row->row.tid);
}

/* GeResultConsumer */
static void
put_label(const GeResultRow *row, void *arg)
{
	Answer *answer = arg;
	Datum values[ROW_COLUMNS];
	bool nulls[ROW_COLUMNS];

	set_row(row, values, nulls);
	values[ROW_CODE] = Int32GetDatum(row->codes[0].codes[row->at]);
	nulls[ROW_CODE] = row->codes[0].is_null[row->at];
	tuplestore_putvalues(answer->set->setResult, answer->set->setDesc, values, nulls);
}

/* GeResultConsumer */
static void
put_encoding(const GeResultRow *row, void *arg)
{
	Answer *answer = arg;
	Datum values[ROW_COLUMNS];
	bool nulls[ROW_COLUMNS];

	set_row(row, values, nulls);
	values[ROW_FOLD] = Int32GetDatum(ge_job_fold(answer->run, row->segment, row->at));
	nulls[ROW_FOLD] = false;
	values[ROW_ENCODING] = Float8GetDatum(row->encodings[0].encodings[row->at]);
	nulls[ROW_ENCODING] = row->encodings[0].is_null[row->at];
	tuplestore_putvalues(answer->set->setResult, answer->set->setDesc, values, nulls);
}

/* Read, compute and hand out the rows of the first source. */
static void
answer_rows(GePlan *plan, GeResultConsumer consume, FunctionCallInfo fcinfo)
{
	GeRun *run = ge_job_learn(plan);
	Answer answer = {run, (ReturnSetInfo *) fcinfo->resultinfo};
	GeResultCounts counts;

	ge_stage_begin();
	counts = ge_job_rows(run, 0, true, consume, &answer);
	ge_stage_end("rows", counts.rows, -1, "", "%s", "");
	ge_job_close(run);
	ge_plan_close(plan);
}

static Datum
label_encode(PG_FUNCTION_ARGS)
{
	GeJobOptions options = {0};
	GeSourceSpec source = {.relation = ge_arg_relation(fcinfo, 0, "source"),
						   .role = "source",
						   .teaches_labels = true};
	char *column = ge_arg_text(fcinfo, 1, "column_name");
	GeSourceSpec *sources;
	int n_sources;

	options.label_columns = (GeNames){.given = true, .n = 1, .names = &column};
	options.order_by = ge_arg_names(fcinfo, 2, "order_by");
	options.defaults.null_value = ge_arg_text_or_null(fcinfo, 3);
	options.null_value_must_apply = true;
	options.defaults.handle_missing = ge_arg_missing(fcinfo, 4);
	ge_arg_reserved_null(fcinfo, 5, "min_frequency");
	ge_arg_reserved_null(fcinfo, 6, "max_categories");
	sources = ge_label_sources(fcinfo, 7, source, &n_sources);
	InitMaterializedSRF(fcinfo, 0);
	answer_rows(ge_plan_create(&options, sources, n_sources), put_label, fcinfo);
	return (Datum) 0;
}

/* Both forms of target_encode: the columns are in options. */
static Datum
target_encode(FunctionCallInfo fcinfo, GeJobOptions *options)
{
	GeSourceSpec source = {.relation = ge_arg_relation(fcinfo, 0, "source"),
						   .role = "source",
						   .teaches_labels = true,
						   .read_encoded = true};

	options->label_columns.given = true; /* none */
	options->target = ge_arg_text(fcinfo, 2, "target");
	options->folds.n_folds = ge_arg_n_folds(fcinfo, 3);
	options->defaults.smooth = ge_arg_smooth(fcinfo, 4);
	options->folds.column = ge_arg_text_or_null(fcinfo, 7);
	options->folds.split = ge_arg_split(fcinfo, 5, options->folds.column);
	options->order_by = ge_arg_names(fcinfo, 6, "order_by");
	options->folds.seed = ge_arg_int64(fcinfo, 8, "seed");
	options->folds.prior_out_of_fold = ge_arg_prior_out_of_fold(fcinfo, 9);
	ge_arg_stat(fcinfo, 10);
	options->defaults.null_value = ge_arg_text_or_null(fcinfo, 11);
	options->defaults.handle_missing = ge_arg_missing(fcinfo, 12);
	options->target_type = ge_arg_target_type(fcinfo, 13);
	options->pos_label = ge_arg_text_or_null(fcinfo, 14);
	InitMaterializedSRF(fcinfo, 0);
	answer_rows(ge_plan_create(options, &source, 1), put_encoding, fcinfo);
	return (Datum) 0;
}

static Datum
target_encode_one(PG_FUNCTION_ARGS)
{
	GeJobOptions options = {0};
	char *column = ge_arg_text(fcinfo, 1, "column_name");

	options.target_columns = (GeNames){.given = true, .n = 1, .names = &column};
	return target_encode(fcinfo, &options);
}

static Datum
target_encode_joint(PG_FUNCTION_ARGS)
{
	GeJobOptions options = {0};
	GeNames columns = ge_arg_names(fcinfo, 1, "column_names");

	if (!columns.given)
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("argument \"column_names\" must not be null")));
	if (columns.n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"column_names\" must name at least one column")));
	if (columns.n == 1)
		options.target_columns = columns;
	else
	{
		options.combinations = &columns;
		options.n_combinations = 1;
	}
	return target_encode(fcinfo, &options);
}
