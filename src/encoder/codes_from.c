/*
 * codes_from.c: a job that keeps the label codes of an encoder.
 *
 * The encoder's categories are put into the dictionaries of the run before any source is
 * read, with their codes.  Categories that the sources add are coded after them.  A column
 * that the encoder does not code is coded anew.
 */
#include "postgres.h"
#include "utils/builtins.h"

#include "base/run_log.h"
#include "base/shown.h"
#include "encoder/load.h"

GeEncoder *
ge_codes_from_open(GeJobOptions *options)
{
	const GeEncoderParameters *parameters;
	GeEncoder *encoder;
	GeFittedType *types;

	if (!options->has_codes_from)
		return NULL;
	encoder = ge_encoder_open(&options->codes_from);
	parameters = ge_encoder_parameters(encoder);
	types = palloc_array(GeFittedType, parameters->n_columns + 1);
	for (int i = 0; i < parameters->n_columns; i++)
		if (parameters->columns[i].is_label)
			types[options->n_fitted_types++] =
				(GeFittedType){parameters->columns[i].name, parameters->columns[i].type};
	options->fitted_types = types;
	return encoder;
}

/* The label column of the encoder that gives codes to a column of the plan, or NULL. */
static const GeEncoderColumn *
find_given(const GeEncoderParameters *parameters, const GeCategoryColumn *column)
{
	const GeEncoderColumn *given = ge_encoder_find_column(parameters, column->name);

	return column->is_label && given != NULL && given->is_label ? given : NULL;
}

/* An option on which the meaning of codes depends. */
static void
refuse_option(const GeEncoder *encoder, const char *column, const char *option,
			  const char *given, const char *fitted)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s of column \"%s\" is not that of encoder %s", option,
					ge_shown(column), ge_encoder_name(encoder)),
			 errdetail("It is %s, but the encoder was fitted with %s.",
					   given == NULL ? "NULL" : psprintf("\"%s\"", ge_shown(given)),
					   fitted == NULL ? "NULL" : psprintf("\"%s\"", ge_shown(fitted))),
			 errhint("Give %s as the encoder has it, or leave codes_from out.", option)));
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

void
ge_codes_from_check(const GePlan *plan, const GeEncoder *encoder)
{
	const GeEncoderParameters *parameters = ge_encoder_parameters(encoder);

	for (int i = 0; i < plan->n_columns; i++)
	{
		const GeCategoryColumn *column = &plan->columns[i];
		const GeEncoderColumn *given = find_given(parameters, column);

		if (given == NULL)
			continue;
		if (!ge_types_mean_the_same(column->type, given->type))
			refuse_option(encoder, column->name, "the type", format_type_be(column->type),
						  format_type_be(given->type));
		if (!same_text(column->options.null_value, given->options.null_value))
			refuse_option(encoder, column->name, "null_value", column->options.null_value,
						  given->options.null_value);
		if (column->options.handle_missing != given->options.handle_missing)
			refuse_option(encoder, column->name, "handle_missing",
						  ge_missing_words[column->options.handle_missing],
						  ge_missing_words[given->options.handle_missing]);
	}
}

void
ge_codes_from_load(GeRun *run, GeEncoder *encoder)
{
	GeEncoderLoad state;
	int64 n = 0;

	ge_stage_begin();
	ge_encoder_load_begin(&state, run, encoder);
	state.parts = palloc0_array(GeEncoderPart, run->plan->n_columns + 1);
	for (int i = 0; i < run->plan->n_columns; i++)
	{
		const GeCategoryColumn *column = &run->plan->columns[i];
		const GeEncoderColumn *given = find_given(ge_encoder_parameters(encoder), column);

		if (given != NULL)
			state.parts[state.n_parts++] =
				(GeEncoderPart){.name = column->name,
								.i = i,
								.column = column,
								.n_parts = 1,
								.expected = given->categories,
								.has_infrequent = given->has_infrequent,
								.n_codes = given->n_codes};
	}
	ge_encoder_load_columns(&state);
	ge_encoder_load_end(&state);
	for (int i = 0; i < state.n_parts; i++)
	{
		GeCategories *categories = &run->categories[state.parts[i].i];

		categories->codes_given = true;
		categories->n_given = categories->n_known;
		n += categories->n_given;
	}
	ge_stage_end("load", n, -1, ge_compute_name(run->compute), "codes of encoder %s",
				 state.name);
}

/* GeJobSteps */
static void
load_codes(GeRun *run, void *arg)
{
	ge_codes_from_load(run, arg);
}

GeRun *
ge_codes_from_learn(const GePlan *plan, GeEncoder *encoder)
{
	if (encoder == NULL)
		return ge_job_learn(plan, NULL, NULL);
	ge_codes_from_check(plan, encoder);
	return ge_job_learn(plan, load_codes, encoder);
}
