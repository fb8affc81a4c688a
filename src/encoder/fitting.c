/*
 * fitting.c: the options that an encoder was fitted with, as those of a job.
 *
 * A job with these options and the encoder's rows would write the encoder's parameters
 * again.
 */
#include "postgres.h"

#include "base/shown.h"
#include "encoder/grow.h"
#include "encoder/json.h"
#include "encoder/load.h"

/* The parameters being read. */
typedef struct Fitting
{
	GeEncoder *encoder;
	GeJson root;
	const char *function;
} Fitting;

/* "auto", or a number. */
static double
read_smooth(GeJson object)
{
	double smooth;

	if (ge_json_is_string(object, "smooth"))
		return GE_SMOOTH_AUTO;
	smooth = ge_json_number(object, "smooth");
	if (smooth < 0)
		ge_encoder_damaged(object.encoder, "Its parameters have a negative \"smooth\".");
	return smooth;
}

/* Statistics that need the values of all rows, which an encoder has not. */
static void
refuse_stat(const Fitting *fitting, const char *column, const GeStat *stat)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("%s cannot count \"%s\"", fitting->function, stat->name),
			 errdetail("Encoder %s has it for \"%s\"; a quantile of parts does not give "
					   "that of the whole.",
					   ge_encoder_name(fitting->encoder), ge_shown(column)),
			 errhint("Fit the encoder anew to all rows, or without this statistic.")));
}

static bool
has_stat(const GeStats *stats, const GeStat *stat)
{
	for (int i = 0; i < stats->n; i++)
		if (strcmp(stats->stats[i].name, stat->name) == 0)
			return true;
	return false;
}

/* Outputs are by target, then statistic: each statistic once, in their order. */
static GeStats
stats_of_outputs(const Fitting *fitting, const char *column,
				 const GeEncoderOutputs *outputs)
{
	GeStat *list = palloc_array(GeStat, outputs->n + 1);
	GeStats stats = {.stats = list};

	for (int i = 0; i < outputs->n; i++)
	{
		const GeStat *stat = &outputs->outputs[i].stat;

		if (stat->kind == GE_FINISH_QUANTILE)
			refuse_stat(fitting, column, stat);
		if (!has_stat(&stats, stat))
			list[stats.n++] = *stat;
	}
	return stats;
}

static void
read_encoding(const Fitting *fitting, GeJson object, const char *column,
			  const GeEncoderOutputs *outputs, GeColumnOptions *options)
{
	options->smooth = read_smooth(object);
	options->regularization = ge_json_number(object, "regularization");
	if (options->regularization <= 0)
		ge_encoder_damaged(
			object.encoder,
			"Its parameters have a \"regularization\" that is not positive.");
	options->stats = stats_of_outputs(fitting, column, outputs);
	options->given |= GE_OPTION_SMOOTH | GE_OPTION_REGULARIZATION | GE_OPTION_STATS;
}

static void
read_rare(GeJson object, GeRareOptions *rare)
{
	if (ge_json_has(object, "min_frequency"))
	{
		rare->min_frequency = ge_json_number(object, "min_frequency");
		if (!ge_min_frequency_is_possible(rare->min_frequency))
			ge_encoder_damaged(object.encoder, "Its parameters have a \"min_frequency\" "
											   "that is neither a whole number of "
											   "rows nor a share of them.");
	}
	if (ge_json_has(object, "max_categories"))
		rare->max_categories =
			(int32) ge_json_int(object, "max_categories", 1, PG_INT32_MAX);
}

static GeNames
read_strings(GeJson object, const char *field, int most)
{
	GeNames strings = {.given = true};
	GeJson list = ge_json_list(object, field, &strings.n);

	if (strings.n > most)
		ge_encoder_damaged(object.encoder,
						   psprintf("The list \"%s\" in its parameters has %d elements.",
									field, strings.n));
	strings.names = palloc_array(char *, strings.n + 1);
	for (int i = 0; i < strings.n; i++)
		strings.names[i] = ge_json_string_at(list, i);
	return strings;
}

static GeColumnOverride
read_column(const Fitting *fitting, GeJson object, const GeEncoderColumn *column)
{
	GeColumnOverride override = {
		.column = column->name, .is_fitted = true, .options = column->options};
	GeColumnOptions *options = &override.options;

	if (column->is_target)
		read_encoding(fitting, object, column->name, &column->outputs, options);
	read_rare(object, &options->rare);
	options->given |= GE_OPTION_MIN_FREQUENCY | GE_OPTION_MAX_CATEGORIES;
	if (ge_json_has(object, "listed"))
	{
		options->categories = read_strings(object, "listed", GE_MAX_CATEGORIES);
		options->categories_are_stored = true;
		options->given |= GE_OPTION_CATEGORIES;
	}
	else if (column->is_label)
	{
		options->label_order = ge_json_word(object, "label_order", ge_label_order_words);
		options->given |= GE_OPTION_LABEL_ORDER;
	}
	return override;
}

static GeColumnOverride
read_combination(const Fitting *fitting, GeJson object,
				 const GeEncoderCombination *combination)
{
	GeColumnOverride override = {
		.column = combination->name, .is_fitted = true, .options = combination->options};

	read_encoding(fitting, object, combination->name, &combination->outputs,
				  &override.options);
	read_rare(object, &override.options.rare);
	override.options.given |= GE_OPTION_MIN_FREQUENCY | GE_OPTION_MAX_CATEGORIES;
	return override;
}

/* The options of every column and combination, as column_options would give them. */
static void
read_overrides(const Fitting *fitting, GeJobOptions *options)
{
	const GeEncoderParameters *parameters = ge_encoder_parameters(fitting->encoder);
	GeColumnOverride *overrides = palloc_array(
		GeColumnOverride, parameters->n_columns + parameters->n_combinations + 1);
	int n, k = 0;
	GeJson list = ge_json_list(fitting->root, "columns", &n);

	for (int i = 0; i < n; i++)
		overrides[k++] =
			read_column(fitting, ge_json_object_at(list, i), &parameters->columns[i]);
	list = ge_json_list(fitting->root, "combinations", &n);
	for (int i = 0; i < n; i++)
		overrides[k++] = read_combination(fitting, ge_json_object_at(list, i),
										  &parameters->combinations[i]);
	options->overrides = overrides;
	options->n_overrides = k;
}

static GeFittedTarget
read_target(GeJson object)
{
	GeFittedTarget target = {.name = ge_json_string(object, "column"),
							 .pos_label = ge_json_string_or_null(object, "pos_label"),
							 .other_label = ge_json_string_or_null(object, "other_label"),
							 .has_classes = ge_json_has(object, "classes"),
							 .has_two_values = ge_json_has(object, "binary")};
	const GeTypeName name = {object.encoder, "target", target.name,
							 ge_json_string(object, "type")};
	int32 typmod;

	if (target.has_classes)
		target.classes = read_strings(object, "classes", GE_MAX_CLASSES);
	ge_encoder_parse_type(&name, &target.type, &typmod);
	return target;
}

static void
read_targets(const Fitting *fitting, GeJobOptions *options)
{
	GeFittedTarget *targets;
	int n;
	GeJson list = ge_json_list(fitting->root, "targets", &n);

	if (n > GE_MAX_TARGETS)
		ge_encoder_damaged(fitting->root.encoder,
						   "Its parameters have too many targets.");
	targets = palloc_array(GeFittedTarget, n + 1);
	options->targets =
		(GeNames){.given = n > 0, .n = n, .names = palloc_array(char *, n + 1)};
	for (int i = 0; i < n; i++)
	{
		targets[i] = read_target(ge_json_object_at(list, i));
		options->targets.names[i] = unconstify(char *, targets[i].name);
	}
	options->fitted_targets = targets;
	options->n_fitted_targets = n;
	options->names_targets = ge_json_bool(fitting->root, "names_targets");
	options->weight_column = ge_json_string_or_null(fitting->root, "weight_column");
}

/* With the type modifiers, that a job takes from its source else. */
static void
read_types(const GeEncoderParameters *parameters, GeJobOptions *options)
{
	GeFittedType *types = palloc_array(GeFittedType, parameters->n_columns + 1);

	for (int i = 0; i < parameters->n_columns; i++)
		types[i] = (GeFittedType){.name = parameters->columns[i].name,
								  .type = parameters->columns[i].type,
								  .has_typmod = true,
								  .typmod = parameters->columns[i].typmod};
	options->fitted_types = types;
}

void
ge_encoder_fitting(GeEncoder *encoder, GeJobOptions *options, const char *function)
{
	const GeEncoderParameters *parameters = ge_encoder_parameters(encoder);
	const Jsonb *jsonb = ge_encoder_read_jsonb(&encoder->cursor, encoder->snapshot);
	Fitting fitting = {.encoder = encoder,
					   .root = ge_json_root(jsonb, ge_encoder_name(encoder)),
					   .function = function};

	ge_encoder_columns_into(parameters, options);
	read_types(parameters, options);
	read_overrides(&fitting, options);
	read_targets(&fitting, options);
	options->defaults = (GeColumnOptions){.smooth = read_smooth(fitting.root)};
	options->fitted_source = parameters->source;
	options->fitted_source_oid = parameters->source_oid;
}
