/*
 * parameters_write.c: the row of kind 'parameters', written.
 *
 * A JSON object that names types and relations, so that an encoder survives dump and
 * restore.  It has one OID, that of the fitted relation, for the warning of transform
 * about training rows.  The OID counts only in the database in which the encoder was
 * fitted.
 */
#include "postgres.h"
#include "access/xact.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/timestamp.h"

#include "encoder/load.h"

static void
append_string(StringInfo json, const char *string)
{
	if (string == NULL)
		appendStringInfoString(json, "null");
	else
		escape_json(json, string);
}

static void
append_field(StringInfo json, const char *field, const char *string)
{
	appendStringInfo(json, ", \"%s\": ", field);
	append_string(json, string);
}

/* Of a column or combination, in the order of its encodings. */
static void
append_outputs(StringInfo json, const GePlan *plan, const GeEncoding *encoding)
{
	appendStringInfoString(json, ", \"outputs\": [");
	for (int k = 0; k < encoding->n_outputs; k++)
	{
		const GeEncodingOutput *output = &plan->outputs[encoding->first_output + k];

		appendStringInfo(json, "%s{\"name\": ", k == 0 ? "" : ", ");
		append_string(json, ge_plan_output_name(plan, encoding->first_output + k, "_TE"));
		append_field(json, "stat", output->stat.name);
		append_field(
			json, "target",
			output->target_column < 0 ? NULL : plan->targets[output->target_column].name);
		append_field(json, "class", output->class);
		appendStringInfoChar(json, '}');
	}
	appendStringInfoChar(json, ']');
}

static void
append_target(StringInfo json, const GeRun *run, int t)
{
	const GeTargetColumn *target = &run->plan->targets[t];

	appendStringInfoString(json, "{\"column\": ");
	append_string(json, target->name);
	append_field(json, "type",
				 format_type_extended(target->type, -1, FORMAT_TYPE_FORCE_QUALIFY));
	append_field(json, "pos_label", run->targets[t].pos_label_used);
	append_field(json, "other_label", run->targets[t].other_label);
	if (target->form == GE_TARGET_TWO_VALUES)
		appendStringInfoString(json, ", \"binary\": true");
	if (target->form == GE_TARGET_CLASSES)
	{
		appendStringInfoString(json, ", \"classes\": [");
		for (int c = 0; c < target->n_classes; c++)
		{
			appendStringInfoString(json, c == 0 ? "" : ", ");
			append_string(json, target->classes[c]);
		}
		appendStringInfoChar(json, ']');
	}
	appendStringInfoChar(json, '}');
}

static void
append_targets(StringInfo json, const GeRun *run)
{
	int n = run->plan->n_encodings == 0 ? 0 : run->plan->n_targets;

	appendStringInfo(json, ", \"names_targets\": %s, \"targets\": [",
					 run->plan->options.names_targets ? "true" : "false");
	for (int t = 0; t < n; t++)
	{
		appendStringInfoString(json, t == 0 ? "" : ", ");
		append_target(json, run, t);
	}
	appendStringInfoChar(json, ']');
	if (run->plan->options.weight_column != NULL)
		append_field(json, "weight_column", run->plan->options.weight_column);
}

static void
append_number(StringInfo json, const char *field, double number)
{
	appendStringInfo(
		json, ", \"%s\": %s", field,
		DatumGetCString(DirectFunctionCall1(float8out, Float8GetDatum(number))));
}

static void
append_smooth(StringInfo json, double smooth)
{
	if (smooth < 0)
		append_field(json, "smooth", "auto");
	else
		append_number(json, "smooth", smooth);
}

/*
 * What transform needs of the options, and those that say how the encoder was made.
 * handle_unknown, unknown_value, unseen and output_name are there only if column_options
 * gave them.
 */
static void
append_options(StringInfo json, const GeColumnOptions *options, bool is_encoded)
{
	append_field(json, "null_value", options->null_value);
	append_field(json, "handle_missing", ge_missing_words[options->handle_missing]);
	if (is_encoded)
	{
		append_smooth(json, options->smooth);
		append_number(json, "regularization", options->regularization);
	}
	if (options->given & GE_OPTION_NAME)
		append_field(json, "output_name", options->name);
	if (is_encoded && (options->given & GE_OPTION_UNSEEN) != 0)
		append_field(json, "unseen", ge_unseen_words[options->unseen]);
	if ((options->given & (GE_OPTION_HANDLE_UNKNOWN | GE_OPTION_UNKNOWN_VALUE)) == 0)
		return;
	append_field(json, "handle_unknown", ge_unknown_words[options->handle_unknown]);
	if (options->has_unknown_value)
		appendStringInfo(json, ", \"unknown_value\": %d", options->unknown_value);
}

/*
 * How many categories have a row, and which values share one.  A column that is only part of
 * combinations has no rows of its own.
 */
static void
append_rare(StringInfo json, const GeRareOptions *rare, const GeCategories *categories,
			bool has_rows)
{
	appendStringInfo(json, ", \"categories\": %u, \"infrequent\": %s",
					 has_rows ? ge_n_kept(categories) : 0,
					 categories->has_infrequent ? "true" : "false");
	if (rare->min_frequency > 0)
		append_number(json, "min_frequency", rare->min_frequency);
	if (rare->max_categories > 0)
		appendStringInfo(json, ", \"max_categories\": %d", rare->max_categories);
}

static void
append_list(StringInfo json, const char *field, const GeNames *strings)
{
	appendStringInfo(json, ", \"%s\": [", field);
	for (int i = 0; i < strings->n; i++)
	{
		appendStringInfoString(json, i == 0 ? "" : ", ");
		append_string(json, strings->names[i]);
	}
	appendStringInfoChar(json, ']');
}

static void
append_column(StringInfo json, const GeRun *run, int i)
{
	const GeCategoryColumn *column = &run->plan->columns[i];

	appendStringInfoString(json, "{\"name\": ");
	append_string(json, column->name);
	append_field(
		json, "type",
		format_type_extended(column->type, column->typmod,
							 FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY));
	append_options(json, &column->options, column->is_target);
	if (column->is_target)
		append_outputs(json, run->plan,
					   &run->plan->encodings[ge_plan_find_encoding(run->plan, i)]);
	appendStringInfo(json, ", \"label\": %s, \"target\": %s",
					 column->is_label ? "true" : "false",
					 column->is_target ? "true" : "false");
	append_rare(json, &column->options.rare, &run->categories[i],
				column->is_label || column->is_target);
	if (column->options.categories.given)
		append_list(json, "listed", &column->options.categories);
	if (column->is_label)
	{
		appendStringInfo(json, ", \"codes\": " INT64_FORMAT, run->categories[i].n_codes);
		append_field(json, "label_order",
					 ge_label_order_words[column->options.label_order]);
	}
	appendStringInfoChar(json, '}');
}

static void
append_combination(StringInfo json, const GeRun *run, const GeRunEncoding *encoding)
{
	appendStringInfoString(json, "{\"name\": ");
	append_string(json, encoding->plan->name);
	append_options(json, &encoding->plan->options, true);
	append_outputs(json, run->plan, encoding->plan);
	appendStringInfoString(json, ", \"columns\": [");
	for (int k = 0; k < encoding->plan->n_parts; k++)
	{
		appendStringInfoString(json, k == 0 ? "" : ", ");
		append_string(json, run->plan->columns[encoding->plan->parts[k]].name);
	}
	appendStringInfoChar(json, ']');
	append_rare(json, &encoding->plan->options.rare, encoding->categories, true);
	appendStringInfoChar(json, '}');
}

/* The fitted relation or file; of a relation that is here its OID, and the database that
 * the OID belongs to. */
static void
append_fitted(StringInfo json, const GePlan *plan)
{
	const GePlanSource *fitted = &plan->sources[0];
	const char *name = fitted->name;
	Oid relid = InvalidOid;

	if (plan->options.fitted_source != NULL)
	{
		name = plan->options.fitted_source;
		relid = plan->options.fitted_source_oid;
	}
	else if (name == NULL)
	{
		relid = RelationGetRelid(ge_source_relation(fitted->source));
		name = ge_relation_name(relid);
	}
	append_field(json, "source", name);
	if (!OidIsValid(relid))
		return;
	appendStringInfo(json, ", \"source_oid\": %u", relid);
	append_field(json, "source_database", ge_encoder_database());
}

/* The columns that are encoded on their own, in the order of the outputs. */
static void
append_target_columns(StringInfo json, const GePlan *plan)
{
	bool first = true;

	appendStringInfoString(json, ", \"target_columns\": [");
	for (int i = 0; i < plan->n_encodings; i++)
	{
		if (plan->encodings[i].n_parts > 1)
			continue;
		appendStringInfoString(json, first ? "" : ", ");
		append_string(json, plan->encodings[i].name);
		first = false;
	}
	appendStringInfoChar(json, ']');
}

char *
ge_encoder_about_text(const GeRun *run)
{
	StringInfoData json;
	int nest = ge_text_form_begin(); /* no setting of the session changes a byte */

	initStringInfo(&json);
	appendStringInfo(&json, "{\"format\": %d", GE_ENCODER_FORMAT);
	append_field(&json, "fitted_at",
				 DatumGetCString(DirectFunctionCall1(
					 timestamptz_out,
					 TimestampTzGetDatum(GetCurrentTransactionStartTimestamp()))));
	append_fitted(&json, run->plan);
	ge_text_form_end(nest);
	return json.data;
}

char *
ge_encoder_options_text(const GeRun *run)
{
	StringInfoData json;
	bool first = true;
	int nest = ge_text_form_begin();

	initStringInfo(&json);
	appendStringInfo(&json, ", \"rows\": " UINT64_FORMAT, ge_job_n_rows(run));
	append_smooth(&json, run->plan->options.defaults.smooth);
	append_targets(&json, run);
	appendStringInfoString(&json, ", \"columns\": [");
	for (int i = 0; i < run->plan->n_columns; i++)
	{
		appendStringInfoString(&json, i == 0 ? "" : ", ");
		append_column(&json, run, i);
	}
	appendStringInfoChar(&json, ']');
	append_target_columns(&json, run->plan);
	appendStringInfoString(&json, ", \"combinations\": [");
	for (int i = 0; i < run->plan->n_encodings; i++)
	{
		if (run->encodings[i].plan->n_parts == 1)
			continue;
		appendStringInfoString(&json, first ? "" : ", ");
		append_combination(&json, run, &run->encodings[i]);
		first = false;
	}
	appendStringInfoChar(&json, ']');
	ge_text_form_end(nest);
	return json.data;
}
