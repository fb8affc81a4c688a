/*
 * priors.h: what all rows come to, and all rows but those of a fold.
 */
#ifndef GE_CUDA_TARGET_PRIORS_H
#define GE_CUDA_TARGET_PRIORS_H

#include "target/target.h"

/* The priors of all finishes over all rows; those of folds, if they differ, are sent to the
 * device. */
GeStatus ge_cuda_target_priors(GeTarget *target, GeTargetTotals *totals, GePrior *priors,
							   GeError *error);

#endif /* GE_CUDA_TARGET_PRIORS_H */
