/*
 * prior.c: the overall mean and its weight: the only product of all formulas.
 */
#include "backend/finish.h"

GePrior
ge_prior(const GeFinish *finish, GeFigures figures)
{
	GePrior prior;

	prior.unseen = figures.sum / (double) figures.n_targets;
	prior.weighted = finish->smooth * prior.unseen;
	return prior;
}
