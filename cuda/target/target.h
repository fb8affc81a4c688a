/*
 * target.h: target statistics on the device, as the host sees them.
 */
#ifndef GE_CUDA_TARGET_H
#define GE_CUDA_TARGET_H

#include "runtime/context.h"
#include "target/kernels.h"

#ifdef __cplusplus
extern "C"
{
#endif

/* Rows added before a carry pass over the cells; less in tests. */
#ifndef GE_CARRY_ROWS
#define GE_CARRY_ROWS GE_ROWS_BETWEEN_CARRIES
#endif

	typedef struct GeQuantiles GeQuantiles; /* quantiles.c */

	struct GeTarget
	{
		GeContext *context;
		GeTargetSpec spec;
		GeTargetView view; /* its pointers are into the buffers below */
		bool is_sparse;
		bool is_finished;
		bool prior_out_of_fold; /* this and finishes: known when finished */
		uint32_t n_finishes;
		GeFinish *finishes;
		uint64_t n_added;
		uint64_t uncarried; /* rows and groups since the last carry pass */

		GeBuffer cells;
		GeBuffer keys;
		GeBuffer null_rows;
		GeBuffer category_sums;
		GeBuffer fold_sums;
		GeBuffer all_sum;
		GeBuffer fold_priors;
		GeBuffer finishing; /* finishes, their priors over all rows, their order */
		GeBuffer scratch;
		GeBuffer encodings;
		GeBuffer full;
		GeBuffer flags;
		GeBuffer hot_ids;
		/* an order (ordered.h): of every row until finish, but places, by ordinal, and the
		 * sorted rows by place */
		GeBuffer kept_rows;
		GeBuffer kept_weights;
		GeBuffer places;
		GeBuffer sorted_rows;
		GeQuantiles *quantiles; /* known when finished; NULL: no finish is one */
		/* sparse cells, or quantiles, until finish: of every row by ordinal */
		GeBuffer collected_keys;
		GeBuffer collected_targets;
		GeBuffer collected_weights;
		GeBuffer collected_nulls;
	};

	/* The same as the operations, for rows that are on the device; no waiting. */
	GeStatus ge_cuda_target_add_device(GeTarget *target, const GeRowsView *rows,
									   GeError *error);
	GeStatus ge_cuda_target_rows_device(GeTarget *target, const GeRowsView *rows,
										double *out, GeError *error);
	/* Are rows kept until they can be brought into order? */
	static inline bool
	ge_cuda_wants_quantiles(const GeTarget *target)
	{
		return (target->spec.accumulators & GE_ALL_TARGETS) != 0;
	}

	/* Do rows have folds?  In an order they have none. */
	static inline bool
	ge_cuda_has_folds(const GeTarget *target)
	{
		return target->spec.folds.split != GE_SPLIT_NONE &&
			   target->spec.folds.split != GE_SPLIT_ORDERED;
	}

	/* Add rows that have cells, one by one. */
	GeStatus ge_cuda_target_add_rows(GeTarget *target, const GeRowsView *rows,
									 GeError *error);
	/* The counts of rows without a target are there. */
	GeStatus ge_cuda_target_reserve_null_rows(GeTarget *target, GeError *error);
	/* n rows are about to be added to dense cells, or n groups of rows. */
	GeStatus ge_cuda_target_carry_if_due(GeTarget *target, uint32_t n, GeError *error);
	/* GE_INTERNAL or GE_SUM_OVERFLOW for the flags that kernels have raised. */
	GeStatus ge_cuda_target_check_flags(GeTarget *target, GeError *error);
	/* plan.c: choose how cells are kept, and reserve their memory. */
	GeStatus ge_cuda_target_plan(GeTarget *target, GeError *error);
	/* sparse.c: from the collected rows to sparse cells. */
	GeStatus ge_cuda_target_build_sparse(GeTarget *target, GeError *error);
	void ge_cuda_target_free_collected(GeTarget *target);

	/* ------------------------------------------------- the backend's operations */

	extern const GeTargetAbilities ge_cuda_target_abilities;
	GeStatus ge_cuda_target_create(GeContext *context, const GeTargetSpec *spec,
								   GeTarget **target, GeError *error);
	void ge_cuda_target_free(GeTarget *target);
	GeStatus ge_cuda_target_add(GeTarget *target, const GeTargetRows *rows,
								GeError *error);
	GeStatus ge_cuda_target_add_statistics(GeTarget *target, uint32_t n,
										   const uint32_t *ids, const uint32_t *folds,
										   const GeTargetStatistics *statistics,
										   GeError *error);
	GeStatus ge_cuda_target_finish(GeTarget *target, const GeFinishSpec *spec,
								   GeTargetTotals *totals, double *unseen,
								   GeError *error);
	GeStatus ge_cuda_target_rows(GeTarget *target, const GeTargetRows *rows,
								 double *const *encodings, GeError *error);
	GeStatus ge_cuda_target_statistics(GeTarget *target, uint32_t first_id,
									   uint32_t count,
									   const GeTargetStatistics *statistics,
									   double *const *encodings, GeError *error);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_TARGET_H */
