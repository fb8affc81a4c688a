/*
 * parameters.c: the row of kind 'parameters', written and read.
 *
 * A JSON object that names types and relations, so that an encoder survives dump and
 * restore.  It has one OID, that of the fitted relation, for the warning of transform
 * about training rows.  The OID counts only in the database in which the encoder was
 * fitted.
 */
#include "postgres.h"
#include "access/htup_details.h"
#include "access/xlog.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "parser/parse_type.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "base/compat.h"
#include "base/shown.h"
#include "encoder/json.h"
#include "encoder/load.h"

/* ------------------------------------------------------------------------- writing */

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

static void
append_target(StringInfo json, const GeRun *run)
{
	const GeTargetColumn *target = &run->plan->target;

	appendStringInfoString(json, ", \"target\": ");
	if (run->plan->n_encodings == 0)
	{
		appendStringInfoString(json, "null");
		return;
	}
	appendStringInfoString(json, "{\"column\": ");
	append_string(json, target->name);
	append_field(json, "type",
				 format_type_extended(target->type, -1, FORMAT_TYPE_FORCE_QUALIFY));
	append_field(json, "pos_label", run->target.pos_label_used);
	append_field(json, "other_label", run->target.other_label);
	appendStringInfoChar(json, '}');
}

/* Which values share a category. */
static void
append_rare(StringInfo json, const GeRareOptions *rare, const GeCategories *categories)
{
	appendStringInfo(json, ", \"categories\": %u, \"infrequent\": %s",
					 categories->n_known, categories->has_infrequent ? "true" : "false");
	if (rare->min_frequency > 0)
		appendStringInfo(json, ", \"min_frequency\": %s",
						 DatumGetCString(DirectFunctionCall1(
							 float8out, Float8GetDatum(rare->min_frequency))));
	if (rare->max_categories > 0)
		appendStringInfo(json, ", \"max_categories\": %d", rare->max_categories);
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
	append_field(json, "null_value", column->options.null_value);
	appendStringInfo(json, ", \"label\": %s, \"target\": %s",
					 column->is_label ? "true" : "false",
					 column->is_target ? "true" : "false");
	append_rare(json, &column->options.rare, &run->categories[i]);
	if (column->is_label)
	{
		appendStringInfo(json, ", \"codes\": " INT64_FORMAT, run->categories[i].n_codes);
		append_field(json, "label_order",
					 ge_label_order_name(column->options.label_order));
	}
	appendStringInfoChar(json, '}');
}

static void
append_combination(StringInfo json, const GeRun *run, const GeRunEncoding *encoding)
{
	appendStringInfoString(json, "{\"columns\": [");
	for (int k = 0; k < encoding->plan->n_parts; k++)
	{
		appendStringInfoString(json, k == 0 ? "" : ", ");
		append_string(json, run->plan->columns[encoding->plan->parts[k]].name);
	}
	appendStringInfoChar(json, ']');
	append_rare(json, &encoding->plan->options.rare, encoding->categories);
	appendStringInfoChar(json, '}');
}

/* Identifies a database: a copy on another server has another identifier. */
static char *
name_of_database(void)
{
	return psprintf(UINT64_FORMAT "/%u", GetSystemIdentifier(), MyDatabaseId);
}

/* The fitted relation. */
static const char *
name_of_fitted(const GePlanSource *fitted)
{
	if (fitted->name != NULL)
		return fitted->name;
	return ge_relation_name(RelationGetRelid(ge_source_relation(fitted->source)));
}

/* The fitted relation by OID, and the database that the OID belongs to. */
static void
append_fitted(StringInfo json, const GePlanSource *fitted)
{
	if (fitted->name != NULL) /* a file */
		return;
	appendStringInfo(json, ", \"source_oid\": %u",
					 RelationGetRelid(ge_source_relation(fitted->source)));
	append_field(json, "source_database", name_of_database());
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
ge_encoder_parameters_text(const GeRun *run)
{
	StringInfoData json;
	bool first = true;
	int nest = ge_text_form_begin(); /* no setting of the session changes a byte */

	initStringInfo(&json);
	appendStringInfo(&json,
					 "{\"format\": %d, \"rows\": " UINT64_FORMAT ", \"smooth\": %s",
					 GE_ENCODER_FORMAT, run->rows[0]->n_rows,
					 DatumGetCString(DirectFunctionCall1(
						 float8out, Float8GetDatum(run->plan->options.defaults.smooth))));
	append_field(&json, "source", name_of_fitted(&run->plan->sources[0]));
	append_fitted(&json, &run->plan->sources[0]);
	append_field(&json, "null_value", run->plan->options.defaults.null_value);
	append_field(&json, "handle_missing",
				 ge_missing_name(run->plan->options.defaults.handle_missing));
	append_target(&json, run);
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
	appendStringInfoString(&json, "]}");
	ge_text_form_end(nest);
	return json.data;
}

/* ------------------------------------------------------------------------- reading */

/* A number above the columns of any table is damage, and would size allocations. */
static GeJson
require_list(GeJson object, const char *field, int *n)
{
	GeJson list = ge_json_list(object, field, n);

	if (*n > MaxHeapAttributeNumber)
		ge_encoder_damaged(
			object.encoder,
			psprintf("The list \"%s\" in its parameters has %d elements.", field, *n));
	return list;
}

static uint32
require_categories(GeJson object)
{
	return (uint32) ge_json_int(object, "categories", 0, GE_MAX_CATEGORIES);
}

static void
parse_column(GeJson object, GeEncoderParameters *parameters)
{
	GeEncoderColumn *column = &parameters->columns[parameters->n_columns];
	int32 typmod;

	column->name = ge_json_string(object, "name");
	if (ge_encoder_find_column(parameters, column->name) != NULL)
		ge_encoder_damaged(object.encoder, "Its parameters list a column twice.");
	column->type_name = ge_json_string(object, "type");
	column->null_value = ge_json_string_or_null(object, "null_value");
	column->is_label = ge_json_bool(object, "label");
	column->is_target = ge_json_bool(object, "target");
	column->categories = require_categories(object);
	column->has_infrequent = ge_json_bool(object, "infrequent");
	if (column->is_label)
		column->n_codes = ge_json_int(object, "codes", 0, (int64) GE_MAX_CATEGORIES + 2);
	ge_parse_type_string(column->type_name, &column->type, &typmod);
	if (!OidIsValid(column->type))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("encoder %s needs type %s, which does not exist", object.encoder,
						ge_shown(column->type_name)),
				 errdetail("Its column \"%s\" has that type.", ge_shown(column->name))));
	parameters->n_columns++;
}

/* At least two columns, each once, that the encoder has. */
static void
parse_combination(GeJson object, GeEncoderParameters *parameters)
{
	GeEncoderCombination *combination =
		&parameters->combinations[parameters->n_combinations++];
	GeNames *names = &combination->names;
	int n;
	GeJson list = require_list(object, "columns", &n);

	if (n < 2)
		ge_encoder_damaged(object.encoder,
						   "A combination in its parameters has fewer than two columns.");
	combination->categories = require_categories(object);
	combination->has_infrequent = ge_json_bool(object, "infrequent");
	*names = (GeNames){.given = true, .names = palloc_array(char *, n)};
	for (int i = 0; i < n; i++)
	{
		char *name = ge_json_string_at(list, i);

		if (ge_names_have(names, name))
			ge_encoder_damaged(object.encoder,
							   "A combination in its parameters has a column twice.");
		if (ge_encoder_find_column(parameters, name) == NULL)
			ge_encoder_damaged(object.encoder,
							   "A combination has a column that its parameters lack.");
		names->names[names->n++] = name;
	}
}

/*
 * The order of the encoded columns.  They are listed apart from the columns, which stand
 * in the order of labels.
 */
static GeNames
parse_target_columns(GeJson root, const GeEncoderParameters *parameters)
{
	GeNames names = {.given = true};
	int n, n_targets = 0;
	GeJson list = require_list(root, "target_columns", &n);

	for (int i = 0; i < parameters->n_columns; i++)
		n_targets += parameters->columns[i].is_target;
	names.names = palloc_array(char *, n + 1);
	for (int i = 0; i < n; i++)
	{
		char *name = ge_json_string_at(list, i);
		const GeEncoderColumn *column = ge_encoder_find_column(parameters, name);

		if (column == NULL || !column->is_target || ge_names_have(&names, name))
			break;
		names.names[names.n++] = name;
	}
	if (names.n != n || n != n_targets)
		ge_encoder_damaged(root.encoder, "Its parameters list other encoded columns than "
										 "they describe.");
	return names;
}

/* The fitted relation, if this is the database that the encoder was fitted in. */
static Oid
parse_source_oid(GeJson root)
{
	char *database = ge_json_string_or_null(root, "source_database");

	if (database == NULL || strcmp(database, name_of_database()) != 0)
		return InvalidOid;
	return (Oid) ge_json_int(root, "source_oid", 0, PG_UINT32_MAX);
}

static GeMissing
parse_missing(GeJson root)
{
	GeMissing missing;

	if (!ge_missing_find(ge_json_string(root, "handle_missing"), &missing))
		ge_encoder_damaged(root.encoder,
						   "Its parameters have an unknown \"handle_missing\".");
	return missing;
}

static void
check_format(GeJson root)
{
	int64 format = ge_json_int(root, "format", 0, PG_INT32_MAX);

	if (format != GE_ENCODER_FORMAT)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("encoder %s has format " INT64_FORMAT ", but %d is expected",
						root.encoder, format, GE_ENCODER_FORMAT),
				 errhint("It was made by another version of gpu_encode; fit it again.")));
}

GeEncoderParameters *
ge_encoder_parameters_parse(const Jsonb *jsonb, const char *encoder)
{
	GeEncoderParameters *parameters = palloc0_object(GeEncoderParameters);
	GeJson root = ge_json_root(jsonb, encoder), list, target;
	int n;

	check_format(root);
	parameters->source = ge_json_string(root, "source");
	parameters->source_oid = parse_source_oid(root);
	parameters->handle_missing = parse_missing(root);
	parameters->null_value = ge_json_string_or_null(root, "null_value");
	if (ge_json_object_or_null(root, "target", &target))
		parameters->target = ge_json_string(target, "column");
	list = require_list(root, "columns", &n);
	parameters->columns = palloc0_array(GeEncoderColumn, n + 1);
	for (int i = 0; i < n; i++)
		parse_column(ge_json_object_at(list, i), parameters);
	parameters->target_columns = parse_target_columns(root, parameters);
	list = require_list(root, "combinations", &n);
	parameters->combinations = palloc0_array(GeEncoderCombination, n + 1);
	for (int i = 0; i < n; i++)
		parse_combination(ge_json_object_at(list, i), parameters);
	return parameters;
}

const GeEncoderColumn *
ge_encoder_find_column(const GeEncoderParameters *parameters, const char *name)
{
	for (int i = 0; i < parameters->n_columns; i++)
		if (strcmp(parameters->columns[i].name, name) == 0)
			return &parameters->columns[i];
	return NULL;
}
