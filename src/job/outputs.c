/*
 * outputs.c: what is learned of each encoding, and the output columns that come of it.
 *
 * Statistics that need no target come first, then those of every target and class.
 */
#include "postgres.h"

#include "base/shown.h"
#include "job/internal.h"

static int
add_output(GePlan *plan, int encoding, const GeStat *stat, const char *target,
		   const char *class)
{
	if ((plan->n_outputs & (plan->n_outputs + 1)) == 0)
		plan->outputs = plan->outputs == NULL
							? palloc_array(GeEncodingOutput, 1)
							: repalloc_array(plan->outputs, GeEncodingOutput,
											 2 * (plan->n_outputs + 1));
	plan->outputs[plan->n_outputs] = (GeEncodingOutput){.encoding = encoding,
														.stat = *stat,
														.target_column = -1,
														.target = target,
														.class = class};
	return plan->n_outputs++;
}

static void
add_to_fit(GeFit *fit, const GeStats *stats, int output)
{
	if (fit->outputs == NULL)
		fit->outputs = palloc_array(int, 2 * stats->n);
	fit->outputs[fit->n_outputs++] = output;
}

/* The statistics of one target or class: a fit. */
static void
add_fit(GePlan *plan, int encoding, GeFit *fit)
{
	const GeStats *stats = &plan->encodings[encoding].options.stats;
	const GeTargetColumn *target = &plan->targets[fit->target];
	const char *name = plan->options.names_targets ? target->name : NULL;
	const char *class = fit->class < 0 ? NULL : target->classes[fit->class];

	for (int k = 0; k < stats->n; k++)
		if (!ge_stat_is_count(&stats->stats[k]))
		{
			int output = add_output(plan, encoding, &stats->stats[k], name, class);

			plan->outputs[output].target_column = fit->target;
			add_to_fit(fit, stats, output);
		}
}

/* Outputs and fits of an encoding: rows are counted with its first fit. */
static void
lay_out_encoding(GePlan *plan, int e)
{
	GeEncoding *encoding = &plan->encodings[e];
	const GeStats *stats = &encoding->options.stats;
	int n_fits = 0;
	bool counts_only = true;

	for (int k = 0; k < stats->n; k++)
		counts_only &= ge_stat_is_count(&stats->stats[k]);
	for (int t = 0; t < plan->n_targets; t++)
		n_fits += plan->targets[t].n_used;
	encoding->fits = palloc0_array(GeFit, n_fits + 1);
	encoding->first_output = plan->n_outputs;
	encoding->fits[0] = (GeFit){.target = -1, .class = -1};
	for (int k = 0; k < stats->n; k++)
		if (ge_stat_is_count(&stats->stats[k]))
			add_to_fit(&encoding->fits[0], stats,
					   add_output(plan, e, &stats->stats[k], NULL, NULL));
	for (int t = 0; t < plan->n_targets && !counts_only; t++)
		for (int c = 0; c < plan->targets[t].n_used; c++)
		{
			GeFit *fit = &encoding->fits[encoding->n_fits++];

			fit->target = t;
			fit->class = plan->targets[t].form == GE_TARGET_CLASSES
							 ? plan->targets[t].first_used + c
							 : -1;
			add_fit(plan, e, fit);
		}
	encoding->n_fits = Max(encoding->n_fits, 1);
	encoding->n_outputs = plan->n_outputs - encoding->first_output;
}

/* The outputs that an encoder has of an encoding. */
static void
lay_out_fitted(GePlan *plan, int e)
{
	const GeJobOptions *options = &plan->options;
	GeEncoding *encoding = &plan->encodings[e];

	encoding->first_output = plan->n_outputs;
	for (int i = 0; i < options->n_fitted_outputs; i++)
	{
		const GeFittedOutput *fitted = &options->fitted_outputs[i];

		if (strcmp(fitted->encoding, encoding->name) == 0)
			add_output(plan, e, &fitted->stat, fitted->target, fitted->class);
	}
	encoding->n_outputs = plan->n_outputs - encoding->first_output;
}

void
ge_plan_lay_out_outputs(GePlan *plan)
{
	for (int e = 0; e < plan->n_encodings; e++)
		if (plan->options.is_transform)
			lay_out_fitted(plan, e);
		else
			lay_out_encoding(plan, e);
}

char *
ge_encoding_name(const char *base, const char *target, const char *te_suffix,
				 const char *class, const GeStat *stat)
{
	StringInfoData name;

	initStringInfo(&name);
	appendStringInfoString(&name, base);
	if (target != NULL)
		appendStringInfo(&name, "_%s", target);
	appendStringInfoString(&name, te_suffix);
	if (class != NULL)
		appendStringInfo(&name, "_%s", class);
	if (stat->kind != GE_FINISH_MEAN)
		appendStringInfo(&name, "_%s", stat->name);
	return name.data;
}

char *
ge_plan_output_name(const GePlan *plan, int output, const char *te_suffix)
{
	const GeEncodingOutput *this = &plan->outputs[output];
	const GeEncoding *encoding = &plan->encodings[this->encoding];

	return ge_encoding_name(ge_output_base(&encoding->options, encoding->name),
							this->target, te_suffix, this->class, &this->stat);
}

const char *
ge_plan_output_hint(const GePlan *plan, int output)
{
	return plan->outputs[output].class != NULL
			   ? "The name of a class is part of it: recode the target to shorter names "
				 "in a "
				 "view, or give the column a shorter \"name\" in column_options."
			   : "Give the column a shorter \"name\" in column_options.";
}
