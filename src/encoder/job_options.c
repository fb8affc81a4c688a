/*
 * job_options.c: what an encoder has, as options of a job.
 */
#include "postgres.h"

#include "encoder/encoder.h"

void
ge_encoder_columns_into(const GeEncoderParameters *parameters, GeJobOptions *options)
{
	int n = parameters->n_columns, n_combinations = parameters->n_combinations;
	GeFittedType *types = palloc_array(GeFittedType, n + 1);

	options->label_columns =
		(GeNames){.given = true, .names = palloc_array(char *, n + 1)};
	options->n_fitted_types = n;
	options->fitted_types = types;
	for (int i = 0; i < n; i++)
	{
		const GeEncoderColumn *column = &parameters->columns[i];

		types[i] = (GeFittedType){.name = column->name, .type = column->type};
		if (column->is_label)
			options->label_columns.names[options->label_columns.n++] = column->name;
	}
	options->target_columns = parameters->target_columns;
	options->n_combinations = n_combinations;
	options->combinations = palloc_array(GeNames, n_combinations + 1);
	options->combination_names = palloc_array(const char *, n_combinations + 1);
	for (int i = 0; i < n_combinations; i++)
	{
		options->combinations[i] = parameters->combinations[i].names;
		options->combination_names[i] = parameters->combinations[i].name;
	}
}
