/*
 * prior.c: the overall mean and its weight, the one place with a product.
 */
#include "backend/encoding.h"

GePrior
ge_prior(double sum, uint64_t count, double smooth)
{
	GePrior prior;

	prior.mean = sum / (double) count;
	prior.weighted = smooth * prior.mean;
	return prior;
}
