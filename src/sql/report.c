/*
 * report.c: report, an encoder as a page of HTML.
 */
#include "postgres.h"
#include "fmgr.h"

#include "base/arguments.h"
#include "base/compat.h"
#include "base/run_log.h"
#include "report/report.h"

GE_LOGGED_FUNCTION(ge_report, report_encoder);

static Datum
report_encoder(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeRelationRef encoder_ref = ge_arg_relation(args, "encoder"), output;
	bool has_output = ge_arg_relation_given(args, "output_table", &output);
	GeEncoder *encoder;
	GeReport *report;
	uint64 n_rows = 0;
	text *page;

	ge_arguments_done(args);
	ge_stage_begin();
	encoder = ge_encoder_open_seen(&encoder_ref);
	report = ge_report_read(encoder);
	if (has_output)
		n_rows = ge_report_read_output(report, &output);
	page = ge_report_page(report);
	ge_stage_end("report", (int64) n_rows, -1, "", "%s", ge_encoder_name(encoder));
	ge_encoder_close(encoder);
	PG_RETURN_TEXT_P(page);
}
