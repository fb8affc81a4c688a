/*
 * drift_parts.c: the columns and combinations of an encoder, to be compared.
 */
#include "postgres.h"

#include "base/compat.h"
#include "encoder/drift.h"

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool
ge_drift_same_target(const GeDriftTarget *a, const GeDriftTarget *b)
{
	return same_text(a->target, b->target) && same_text(a->class, b->class);
}

int
ge_drift_find_target(const GeDriftPart *part, const GeDriftTarget *wanted)
{
	for (int k = 0; k < part->n_targets; k++)
		if (ge_drift_same_target(&part->targets[k], wanted))
			return k;
	return -1;
}

GeDriftPart *
ge_drift_find_part(GeDriftPart *parts, int n, const char *name, bool is_column)
{
	for (int i = 0; i < n; i++)
		if ((parts[i].n_names == 1) == is_column && strcmp(parts[i].name, name) == 0)
			return &parts[i];
	return NULL;
}

/* The targets and classes of outputs, each once. */
static void
list_targets(GeDriftPart *part)
{
	const GeEncoderOutputs *outputs = part->outputs;

	part->targets = palloc_array(GeDriftTarget, outputs->n + 1);
	for (int i = 0; i < outputs->n; i++)
	{
		const GeEncoderOutput *output = &outputs->outputs[i];
		const GeDriftTarget target = {output->target, output->class};

		if (output->target != NULL && ge_drift_find_target(part, &target) < 0)
			part->targets[part->n_targets++] = target;
	}
	part->priors = palloc_array(double, part->n_targets + 1);
	for (int k = 0; k < part->n_targets; k++)
		part->priors[k] = ge_no_value();
}

GeDriftPart *
ge_drift_parts(const GeEncoder *encoder, int *n)
{
	const GeEncoderParameters *parameters = ge_encoder_parameters(encoder);
	int n_parts = 0;
	GeDriftPart *parts = palloc0_array(GeDriftPart, parameters->n_columns +
														parameters->n_combinations + 1);

	for (int i = 0; i < parameters->n_columns; i++)
	{
		const GeEncoderColumn *column = &parameters->columns[i];

		if (column->is_label || column->is_target)
			parts[n_parts++] = (GeDriftPart){.name = column->name,
											 .n_names = 1,
											 .is_encoded = column->is_target,
											 .categories = column->categories,
											 .has_infrequent = column->has_infrequent,
											 .outputs = &column->outputs};
	}
	for (int i = 0; i < parameters->n_combinations; i++)
	{
		const GeEncoderCombination *combination = &parameters->combinations[i];

		parts[n_parts++] = (GeDriftPart){.name = combination->name,
										 .n_names = combination->names.n,
										 .is_encoded = true,
										 .categories = combination->categories,
										 .has_infrequent = combination->has_infrequent,
										 .outputs = &combination->outputs};
	}
	for (int i = 0; i < n_parts; i++)
	{
		parts[i].number = -1;
		list_targets(&parts[i]);
	}
	*n = n_parts;
	return parts;
}
