/*
 * prior.c: what a finish needs about the rows that its prior counts.
 */
#include "backend/finish.h"

static GePrior
prior_of_mean(const GeFinish *finish, GeFigures figures)
{
	GePrior prior = {.unseen = ge_no_value()};

	if (figures.empty)
		return prior;
	prior.unseen = ge_in_range(figures.sum / figures.weight);
	if (finish->smooth < 0)
		prior.variance = ge_variance(figures);
	else
		prior.weighted = ge_product(finish->smooth, prior.unseen);
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
