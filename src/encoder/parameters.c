/*
 * parameters.c: the row of kind 'parameters', read.
 *
 * Its owner may have written anything into it: what does not fit is reported as damage.
 */
#include "postgres.h"
#include "access/xlog.h"
#include "miscadmin.h"

#include "base/shown.h"
#include "encoder/json.h"
#include "encoder/load.h"

/* Identifies a database: a copy on another server has another identifier. */
char *
ge_encoder_database(void)
{
	return psprintf(UINT64_FORMAT "/%u", GetSystemIdentifier(), MyDatabaseId);
}

/* No job has more of anything; the number would size allocations. */
static GeJson
require_list(GeJson object, const char *field, int *n)
{
	GeJson list = ge_json_list(object, field, n);

	if (*n > GE_ENCODER_MOST)
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

static GeColumnOptions
parse_options(GeJson object)
{
	GeColumnOptions options = {0};

	options.null_value = ge_json_string_or_null(object, "null_value");
	options.handle_missing = ge_json_word(object, "handle_missing", ge_missing_words);
	options.given = GE_OPTION_NULL_VALUE | GE_OPTION_HANDLE_MISSING;
	options.name = ge_json_string_or_null(object, "output_name");
	if (options.name != NULL)
		options.given |= GE_OPTION_NAME;
	if (ge_json_has(object, "unseen"))
	{
		options.unseen = ge_json_word(object, "unseen", ge_unseen_words);
		options.given |= GE_OPTION_UNSEEN;
	}
	if (ge_json_has(object, "handle_unknown"))
	{
		options.handle_unknown = ge_json_word(object, "handle_unknown", ge_unknown_words);
		options.given |= GE_OPTION_HANDLE_UNKNOWN;
	}
	if (ge_json_has(object, "unknown_value"))
	{
		options.unknown_value =
			(int32) ge_json_int(object, "unknown_value", PG_INT32_MIN, PG_INT32_MAX);
		options.given |= GE_OPTION_UNKNOWN_VALUE;
	}
	if ((options.handle_unknown == GE_UNKNOWN_VALUE) !=
		((options.given & GE_OPTION_UNKNOWN_VALUE) != 0))
		ge_encoder_damaged(object.encoder,
						   "Its parameters have an unknown_value that does not go with "
						   "handle_unknown.");
	return options;
}

/* An output column of a column or combination. */
static GeEncoderOutput
parse_output(GeJson object)
{
	GeEncoderOutput output = {.name = ge_json_string_or_null(object, "name"),
							  .target = ge_json_string_or_null(object, "target"),
							  .class = ge_json_string_or_null(object, "class")};

	if (!ge_stat_find(ge_json_string(object, "stat"), &output.stat))
		ge_encoder_damaged(object.encoder, "Its parameters have an unknown statistic.");
	return output;
}

static GeEncoderOutputs
parse_outputs(GeJson object, int *n_outputs)
{
	GeEncoderOutputs outputs;
	GeJson list = require_list(object, "outputs", &outputs.n);

	if (outputs.n == 0)
		ge_encoder_damaged(object.encoder,
						   "An encoding in its parameters has no output.");
	outputs.outputs = palloc_array(GeEncoderOutput, outputs.n);
	for (int i = 0; i < outputs.n; i++)
		outputs.outputs[i] = parse_output(ge_json_object_at(list, i));
	*n_outputs += outputs.n;
	if (*n_outputs > GE_ENCODER_MOST)
		ge_encoder_damaged(object.encoder, "Its parameters list too many outputs.");
	return outputs;
}

static void
parse_column(GeJson object, GeEncoderParameters *parameters)
{
	GeEncoderColumn *column = &parameters->columns[parameters->n_columns];

	column->name = ge_json_string(object, "name");
	if (ge_encoder_find_column(parameters, column->name) != NULL)
		ge_encoder_damaged(object.encoder, "Its parameters list a column twice.");
	column->type_name = ge_json_string(object, "type");
	column->options = parse_options(object);
	column->is_label = ge_json_bool(object, "label");
	column->is_target = ge_json_bool(object, "target");
	if (column->is_target)
		column->outputs = parse_outputs(object, &parameters->n_outputs);
	column->categories = require_categories(object);
	column->has_infrequent = ge_json_bool(object, "infrequent");
	if (column->is_label)
		column->n_codes = ge_json_int(object, "codes", 0, (int64) GE_MAX_CATEGORIES + 2);
	ge_encoder_parse_type(
		&(GeTypeName){object.encoder, "column", column->name, column->type_name},
		&column->type, &column->typmod);
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
	combination->name = ge_json_string(object, "name");
	combination->options = parse_options(object);
	combination->outputs = parse_outputs(object, &parameters->n_outputs);
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

static void
parse_targets(GeJson root, GeEncoderParameters *parameters)
{
	GeJson list = require_list(root, "targets", &parameters->n_targets);

	parameters->targets = palloc_array(GeEncoderTarget, parameters->n_targets + 1);
	for (int i = 0; i < parameters->n_targets; i++)
	{
		GeJson target = ge_json_object_at(list, i);

		parameters->targets[i] =
			(GeEncoderTarget){.name = ge_json_string(target, "column"),
							  .pos_label = ge_json_string_or_null(target, "pos_label")};
	}
}

/* The fitted relation, if this is the database that the encoder was fitted in. */
static Oid
parse_source_oid(GeJson root)
{
	char *database = ge_json_string_or_null(root, "source_database");

	if (database == NULL || strcmp(database, ge_encoder_database()) != 0)
		return InvalidOid;
	return (Oid) ge_json_int(root, "source_oid", 0, PG_UINT32_MAX);
}

static void
check_format(GeJson root)
{
	int64 format = ge_json_int(root, "format", 0, PG_INT32_MAX);

	if (format != GE_ENCODER_FORMAT)
		ge_encoder_refuse_format(root.encoder, format);
}

GeEncoderParameters *
ge_encoder_parameters_parse(const Jsonb *jsonb, const char *encoder)
{
	GeEncoderParameters *parameters = palloc0_object(GeEncoderParameters);
	GeJson root = ge_json_root(jsonb, encoder), list;
	int n;

	check_format(root);
	parameters->source = ge_json_string(root, "source");
	parameters->fitted_at = ge_json_string_or_null(root, "fitted_at");
	parameters->weight_column = ge_json_string_or_null(root, "weight_column");
	parameters->source_oid = parse_source_oid(root);
	parameters->encoder_id = ge_json_string_or_null(root, "encoder_id");
	parameters->names_targets = ge_json_bool(root, "names_targets");
	parse_targets(root, parameters);
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
