/*
 * target_scenario.h: one target encoding to be computed: by a backend, and plainly.
 *
 * A scenario is rows and a specification, made from a seed.  scenario_run() has a
 * backend compute it and gives all that it answers; scenario_reference() computes the
 * same by definition, with sums of its own (reference_sum.h).  Results compare bit by
 * bit.
 */
#ifndef GE_TARGET_SCENARIO_H
#define GE_TARGET_SCENARIO_H

#include "backend/finish.h"
#include "support.h"

/* What the targets look like; each asks for other bins. */
typedef enum ScenarioTargets
{
	TARGETS_BINARY_INT,
	TARGETS_BINARY_DOUBLE,
	TARGETS_ZERO,
	TARGETS_SMALL,		/* -3..5 as doubles */
	TARGETS_LATE_LARGE, /* 0/1, but for whole numbers near 2^32 in the last rows */
	TARGETS_LARGE_INT,	/* up to +-(2^32 - 1) */
	TARGETS_HIGH_BIN,	/* multiples of 2^32 */
	TARGETS_INT64,		/* any int64, its extremes too */
	TARGETS_CENTS,
	TARGETS_NORMAL,
	TARGETS_SPOILER, /* +-1e20 beside tenths */
	TARGETS_SUBNORMAL,
	TARGETS_HUGE_BIN,	  /* multiples of 2^992 */
	TARGETS_ANY_EXPONENT, /* all bins */
	N_SCENARIO_TARGETS
} ScenarioTargets;

typedef struct ScenarioOptions
{
	uint64_t seed;
	ScenarioTargets targets;
	uint32_t n_rows;
	uint32_t n_categories;
	GeSplit split;
	uint32_t n_folds; /* as a user asks for it; custom: at most this many */
	double smooth;
	bool prior_out_of_fold;
	bool missing_is_category;
	bool some_null; /* one target in eight */
	bool skewed;	/* half of the rows in category 1 */
	bool several;	/* all finishes of such targets but quantiles, not a mean alone */
	bool weighted;	/* with several: rows have weights, some of them 0 */
	bool quantiles; /* with several, without weights: quantiles too */
	bool monotone;	/* in an order: no row sees fewer rows than one before it */
} ScenarioOptions;

#define MOST_SCENARIO_FINISHES 16

typedef struct Scenario
{
	GeTargetSpec spec;
	GeFinish finishes[MOST_SCENARIO_FINISHES]; /* the first one is a mean */
	GeFinishSpec finish;					   /* with those */
	uint32_t n_rows;
	uint32_t id_width;
	void *ids;
	uint32_t *wide_ids;
	uint32_t *folds;  /* of each row; given to the backend for custom folds only */
	uint32_t *places; /* in an order; else NULL */
	uint32_t *visible;
	int64_t *int_targets;
	double *float_targets;
	uint8_t *target_is_null;
	double *weights;
} Scenario;

/* All that a backend answers. */
typedef struct ScenarioResult
{
	uint32_t n_rows;
	uint32_t n_ids; /* n_categories + 1 */
	uint32_t n_finishes;
	uint32_t n_digits; /* of a sum of targets, of squares, of weights */
	uint32_t n_square_digits;
	uint32_t n_weight_digits;
	GeStatus status; /* the first one that is not GE_OK, then the rest is zero */
	GeTargetTotals totals;
	double unseen[MOST_SCENARIO_FINISHES];
	double *rows;	   /* n_rows for each finish */
	uint64_t *id_rows; /* n_ids each from here on */
	uint64_t *id_targets;
	int64_t *digits; /* n_ids * n_digits */
	int64_t *square_digits;
	int64_t *weight_digits;
	double *least;
	double *greatest;
	double *encodings; /* n_ids for each finish */
} ScenarioResult;

extern Scenario *scenario_make(const ScenarioOptions *options);
extern void scenario_free(Scenario *scenario);

/* Rows [first, first + n) as the backend takes them. */
extern GeTargetRows scenario_rows(const Scenario *scenario, uint32_t first, uint32_t n);

/*
 * Have a backend compute it, the rows given in pieces of 1..largest_piece rows in an
 * order shuffled by `seed`.
 */
extern ScenarioResult *scenario_run(const GeBackend *backend, GeContext *context,
									const Scenario *scenario, uint32_t largest_piece,
									uint64_t seed);
/* Parts of that: rows 0..n-1 in such pieces, and all that a target answers that everything
 * is counted into. */
extern GeStatus scenario_add_rows(const GeBackend *backend, GeTarget *target,
								  const Scenario *scenario, uint32_t n,
								  uint32_t largest_piece, uint64_t seed, GeError *error);
extern GeStatus scenario_answer(const GeBackend *backend, GeTarget *target,
								const Scenario *scenario, uint32_t largest_piece,
								uint64_t seed, ScenarioResult *result, GeError *error);
/* The same with the rows from n_added on counted elsewhere, in some groups for each id and
 * fold (target_groups.c). */
extern ScenarioResult *scenario_run_groups(const GeBackend *backend, GeContext *context,
										   const Scenario *scenario, uint32_t n_added,
										   uint64_t seed);
/* The same of a mean alone by definition (target_reference.c). */
extern ScenarioResult *scenario_reference(const Scenario *scenario);
/* An empty result. */
extern ScenarioResult *scenario_result_make(const Scenario *scenario);
/* The arrays of ids from `first` on, those that the accumulators ask for. */
extern GeTargetStatistics scenario_statistics(const ScenarioResult *result,
											  uint32_t accumulators, uint32_t first);
extern void scenario_result_free(ScenarioResult *result);

/* NULL when both are the same to the bit, else what differs. */
extern const char *scenario_difference(const ScenarioResult *a, const ScenarioResult *b);

/* Print what the options are, for a test that fails. */
extern void scenario_note(const ScenarioOptions *options);

/* Options number i of a long list that visits every kind of target, split and flag. */
extern ScenarioOptions scenario_options(uint32_t i);
#define N_SCENARIOS 420

#endif /* GE_TARGET_SCENARIO_H */
