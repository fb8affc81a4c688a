/*
 * prior.c: what a finish needs about the rows that its prior counts.
 */
#include "backend/finish.h"

static GePrior
prior_of_mean(const GeFinish *finish, GeFigures figures)
{
	bool is_auto = finish->smooth < 0;
	GePrior prior = ge_mean_prior(is_auto ? 0 : finish->smooth, figures);

	if (is_auto && !figures.empty)
		prior.variance = ge_variance(figures);
	return prior;
}

GePrior
ge_prior(const GeFinish *finish, GeFigures figures)
{
	const double twice = 2 * finish->regularization;
	GePrior prior = {.unseen = 0};

	switch (finish->kind)
	{
		case GE_FINISH_MEAN:
			return prior_of_mean(finish, figures);
		case GE_FINISH_COUNT:
		case GE_FINISH_SUM:
			break;
		case GE_FINISH_FREQUENCY:
			prior.weighted = (double) figures.n_rows;
			break;
		case GE_FINISH_WOE:
			prior.weighted = figures.sum + twice;
			prior.zeros = figures.zeros + twice;
			break;
		default:
			prior.unseen =
				figures.empty ? ge_no_value() : ge_finish_targets(finish, figures, prior);
	}
	return prior;
}
