/*
 * summary.c: what fit answers about a column or combination.
 */
#include "postgres.h"

#include "encoder/write.h"

static GeFitSummary *
add_summary(GeFitAnswer *answer, const GeFitSummary *summary)
{
	if ((answer->n & (answer->n + 1)) == 0)
		answer->summaries =
			answer->summaries == NULL
				? palloc_array(GeFitSummary, 1)
				: repalloc_array(answer->summaries, GeFitSummary, 2 * (answer->n + 1));
	answer->summaries[answer->n] = *summary;
	return &answer->summaries[answer->n++];
}

void
ge_fit_summarise(GeFitAnswer *answer, const GeRun *run, const GeCategoryColumn *column,
				 const GeRunEncoding *encoding, GeFitStatistics *const *statistics,
				 uint64 missing_rows)
{
	const GeCategories *categories = column != NULL
										 ? &run->categories[column - run->plan->columns]
										 : encoding->categories;
	GeFitSummary summary = {
		.column_name = column != NULL ? column->name : encoding->plan->name,
		.kind = "label",
		.categories = ge_n_kept(categories),
		.rows = ge_job_n_rows(run),
		.missing_rows = missing_rows,
	};

	if (column != NULL && column->is_label)
		add_summary(answer, &summary);
	summary.kind = "target";
	for (int k = 0; encoding != NULL && k < encoding->plan->n_fits; k++)
	{
		const GeFit *fit = &encoding->plan->fits[k];
		GeFitSummary *added = add_summary(answer, &summary);
		const GeTargetColumn *target;

		if (fit->target < 0)
			continue;
		target = &run->plan->targets[fit->target];
		added->target = target->name;
		if (fit->class >= 0)
			added->class = target->classes[fit->class];
		added->has_prior = ge_fit_statistics_prior(statistics[k], &added->prior);
		added->pos_label = run->targets[fit->target].pos_label_used;
	}
}
