/*
 * rows.c: label_encode and target_encode, one column as rows.
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

/* Columns of the results. */
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

/* The first columns of both results. */
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
	nulls[ROW_FOLD] = !ge_job_has_folds(answer->run);
	values[ROW_FOLD] =
		nulls[ROW_FOLD] ? (Datum) 0
						: Int32GetDatum(ge_job_fold(answer->run, row->segment, row->at));
	values[ROW_ENCODING] = Float8GetDatum(row->encodings[0].encodings[row->at]);
	nulls[ROW_ENCODING] = row->encodings[0].is_null[row->at];
	tuplestore_putvalues(answer->set->setResult, answer->set->setDesc, values, nulls);
}

/* Read, compute and hand out the rows of the first source. */
static void
answer_rows(GePlan *plan, GeResultConsumer consume, FunctionCallInfo fcinfo)
{
	GeRun *run = ge_job_learn(plan, NULL, NULL);
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
	GeArguments *args = ge_arguments_open(fcinfo);
	GeJobOptions options = {0};
	GeSourceSpec source = {.relation = ge_arg_relation(args, "source"),
						   .role = "source",
						   .teaches_labels = true};
	char *column = ge_arg_text(args, "column_name");
	GeSourceSpec *sources;
	int n_sources;

	options.label_columns = (GeNames){.given = true, .n = 1, .names = &column};
	options.null_value_must_apply = true;
	ge_job_options_read(args, &options);
	sources = ge_label_sources(args, source, &n_sources);
	ge_arguments_done(args);
	InitMaterializedSRF(fcinfo, 0);
	answer_rows(ge_plan_create(&options, sources, n_sources), put_label, fcinfo);
	return (Datum) 0;
}

/* Both forms of target_encode: the columns are in options. */
static Datum
target_encode(FunctionCallInfo fcinfo, GeArguments *args, GeJobOptions *options)
{
	GeSourceSpec source = {.relation = ge_arg_relation(args, "source"),
						   .role = "source",
						   .teaches_labels = true,
						   .read_encoded = true};

	options->label_columns.given = true; /* none */
	ge_job_options_read(args, options);
	ge_arguments_done(args);
	if (options->targets.n == 0)
		ge_arg_refuse_null("target");
	ge_job_options_of_class(options);
	InitMaterializedSRF(fcinfo, 0);
	answer_rows(ge_plan_create(options, &source, 1), put_encoding, fcinfo);
	return (Datum) 0;
}

static Datum
target_encode_one(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeJobOptions options = {0};
	char *column = ge_arg_text(args, "column_name");

	options.target_columns = (GeNames){.given = true, .n = 1, .names = &column};
	return target_encode(fcinfo, args, &options);
}

static Datum
target_encode_joint(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeJobOptions options = {0};
	GeNames columns = ge_arg_names(args, "column_names");

	if (!columns.given)
		ge_arg_refuse_null("column_names");
	if (columns.n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"column_names\" must name at least one column")));
	if (columns.n == 1)
		options.target_columns = columns;
	else
	{
		options.combinations = &columns;
		options.combination_names = palloc_object(const char *);
		options.combination_names[0] = ge_names_joined(&columns);
		options.n_combinations = 1;
	}
	return target_encode(fcinfo, args, &options);
}
